import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import t from 'tap'
import type { TableFrame, TablePages } from '../../../../lib/tabular/table/table.js'
import { pdfWriter, type PdfOptions } from '../../../../lib/tabular/pdf/writer.js'
import { column, pagesOf, two, type Rows } from './frames.js'
import { readPdf, type ReadPdf } from './read-pdf.js'

async function written (frame: TableFrame, rows: Rows, options?: PdfOptions): Promise<ReadPdf> {
  return readPdf(await buffer(Readable.from(pdfWriter(options)(frame, pagesOf(rows)))))
}

await t.test('a page shows lines, facts, header, rows, foot and its number', async t => {
  const frame: TableFrame = {
    title: 'Contracts',
    lines: ['All contracts', 'of the example'],
    facts: [
      { label: 'Customer', value: 'ACME' },
      { label: 'Open', value: 0 },
      { label: 'Paid', value: false }
    ],
    columns: [
      column('Id', 'number'),
      column('Name'),
      column('Active', 'boolean'),
      column('Changed', 'datetime'),
      column('Data', 'json')
    ],
    foot: ['Date: 2026-03-01']
  }
  const pdf = await written(frame, [
    [0, 'First', false, '2026-03-01T09:30:00.000Z', { a: [1] }],
    ['9007199254740993', null, true, '2026-03-01T09:30:00.250Z', null]
  ])
  t.match(pdf, { title: 'Contracts', fonts: ['Roboto-Italic', 'Roboto-Medium', 'Roboto-Regular'] })
  t.strictSame(pdf.pages, [
    {
      width: 595.28,
      height: 841.89,
      lines: [
        'All contracts',
        'of the example',
        'Customer: ACME',
        'Open: 0',
        'Paid: false',
        'IdNameActiveChangedData',
        '0Firstfalse2026-03-01 09:30:00Z{"a":[1]}',
        '9007199254740993true2026-03-01 09:30:00.250Z',
        'Date: 2026-03-01',
        'Page 1 of 1'
      ],
      fills: ['#eef2f7', '#366092']
    }
  ])
})

await t.test('a row more than the limit is refused before the first byte, and the pages are ended', async t => {
  let ended = false
  async function * pages (): TablePages {
    try {
      for (let index = 0; ; index++) {
        yield [
          [index, 'a'],
          [index, 'b']
        ]
      }
    } finally {
      ended = true
    }
  }
  const bytes: Uint8Array[] = []
  await t.rejects(
    async () => {
      for await (const part of pdfWriter({ rows: 5 })(two, pages())) bytes.push(part)
    },
    { code: 'file_limit_exceeded', params: { limit: 5, unit: 'rows' } }
  )
  t.strictSame({ ended, bytes }, { ended: true, bytes: [] })
  t.match(
    (
      await written(
        two,
        [
          [1, 'a'],
          [2, 'b']
        ],
        { rows: 2, pageSize: 'LETTER', orientation: 'landscape' }
      )
    ).pages,
    [{ width: 792, height: 612 }]
  )
  await t.rejects(
    written(
      two,
      Array.from({ length: 5 }, () => [1, 'x'.repeat(1_000_000)])
    ),
    { code: 'file_limit_exceeded', params: { limit: 4_000_000, unit: 'characters' } }
  )
  const wide = { title: 'Wide', columns: Array.from({ length: 67 }, (_, index) => column(`Column ${index}`)) }
  await t.rejects(written(wide, []), { code: 'file_limit_exceeded', params: { limit: 66, unit: 'columns' } })
})

await t.test('a layout that takes longer than it may is ended', async t => {
  await t.rejects(written(two, [['1', 'a']], { seconds: 0.001 }), {
    code: 'file_limit_exceeded',
    params: { limit: 0.001, unit: 'seconds of layout in it' }
  })
  t.equal((await written(two, [['1', 'a']])).pages.length, 1, 'the next document is made')
})

await t.test('an error of the pages comes through', async t => {
  async function * pages (): TablePages {
    yield [[1, 'a']]
    throw new Error('the database is gone')
  }
  await t.rejects(buffer(Readable.from(pdfWriter()(two, pages()))), { message: 'the database is gone' })
})

await t.test('the event loop goes on while the document is made, and an early end stops the making', async t => {
  const rows = Array.from({ length: 3000 }, (_, index) => [index, `name of the row ${index}`])
  const bytes = pdfWriter()(two, pagesOf(rows))[Symbol.asyncIterator]()
  const first = bytes.next().catch((error: unknown) => error)
  const turns = async (): Promise<string> => {
    for (let turn = 0; turn < 1000; turn++) await setImmediate()
    return 'turns'
  }
  t.equal(await Promise.race([first, turns()]), 'turns')
  t.strictSame(await bytes.return!(), { value: undefined, done: true })
  t.match(await first, { name: 'AbortError' })
})

await t.test('a font that is not there, or lies elsewhere, is an error and not fetched', async t => {
  await t.rejects(written(two, [], { font: { normal: '/nowhere/font.ttf' } }), { message: /font\.ttf/ })
  await t.rejects(written(two, [], { font: { normal: 'http://127.0.0.1:9/font.ttf' } }), { message: /denied/ })
})

await t.test('a font of the developer is used for all letters', async t => {
  const normal = fileURLToPath(import.meta.resolve('pdfmake/fonts/Roboto/Roboto-Italic.ttf'))
  t.strictSame((await written({ ...two, lines: ['Title'], foot: ['Foot'] }, [[1, 'a']], { font: { normal } })).fonts, [
    'Roboto-Italic'
  ])
})

await t.test('without the package the error says what to install', async t => {
  // Outside of the project, where no directory above has the package.
  const root = await mkdtemp(join(tmpdir(), 'tabular-'))
  t.teardown(() => rm(root, { recursive: true }))
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  await mkdir(join(root, 'lib'))
  for (const part of ['errors.js', 'load-peer.js', 'stream', 'tabular', 'text']) {
    await cp(new URL(`../../../../lib/${part}`, import.meta.url), join(root, 'lib', part), { recursive: true })
  }
  const absent = (await import(pathToFileURL(join(root, 'lib/tabular/pdf/writer.js')).href)) as {
    pdfWriter: typeof pdfWriter
  }
  await t.rejects(buffer(Readable.from(absent.pdfWriter()(two, pagesOf([[1, 'a']])))), {
    code: 'format_unavailable',
    status: 501,
    params: { format: 'pdf', package: 'pdfmake' },
    message: 'Files of the type pdf need the package pdfmake on the server: npm install pdfmake'
  })
})
