import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import t from 'tap'
import type { Cell, CellKind, TableColumn, TableFrame, TablePages } from '../../../../lib/tabular/table.js'
import { pdfWriter, type PdfOptions } from '../../../../lib/tabular/pdf/writer.js'
import { readPdf, type ReadPdf } from './read-pdf.js'

type Rows = readonly (readonly Cell[])[]

async function * pagesOf (rows: Rows, size = 50): TablePages {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}

async function written (frame: TableFrame, rows: Rows, options?: PdfOptions): Promise<ReadPdf> {
  return readPdf(await buffer(Readable.from(pdfWriter(options)(frame, pagesOf(rows)))))
}

function column (label: string, kind: CellKind = 'text', more: Partial<TableColumn> = {}): TableColumn {
  return { name: label, label, kind, ...more }
}

const two = { title: 'Two', columns: [column('Id', 'number'), column('Name')] }
const textOf = ({ pages }: ReadPdf): string => pages.flatMap(({ lines }) => lines).join('')

await t.test('a page shows lines, facts, header, rows, foot and its number', async t => {
  const frame: TableFrame = {
    title: 'Contracts',
    lines: ['All contracts', 'of the example'],
    facts: [{ label: 'Customer', value: 'ACME' }, { label: 'Open', value: 0 }, { label: 'Paid', value: false }],
    columns: [column('Id', 'number'), column('Name'), column('Active', 'boolean'), column('Changed', 'datetime'), column('Data', 'json')],
    foot: ['Date: 2026-03-01']
  }
  const pdf = await written(frame, [
    [0, 'First', false, '2026-03-01T09:30:00.000Z', { a: [1] }],
    ['9007199254740993', null, true, '2026-03-01T09:30:00.250Z', null]
  ])
  t.match(pdf, { title: 'Contracts', fonts: ['Roboto-Italic', 'Roboto-Medium', 'Roboto-Regular'] })
  t.strictSame(pdf.pages, [{
    width: 595.28,
    height: 841.89,
    lines: [
      'All contracts', 'of the example', 'Customer: ACME', 'Open: 0', 'Paid: false',
      'IdNameActiveChangedData',
      '0Firstfalse2026-03-01 09:30:00Z{"a":[1]}',
      '9007199254740993true2026-03-01 09:30:00.250Z',
      'Date: 2026-03-01', 'Page 1 of 1'
    ],
    fills: ['#eef2f7', '#366092']
  }])
})

await t.test('every page has the header and its number, and every row stands on one page', async t => {
  const { pages } = await written(two, Array.from({ length: 120 }, (_, index) => [index, `row ${index}\nand more`]))
  t.ok(pages.length > 3)
  for (const [index, { lines }] of pages.entries()) {
    t.equal(lines[0], 'IdName')
    t.equal(lines.at(-1), `Page ${index + 1} of ${pages.length}`)
    t.match(lines[1], /^\d+row \d+$/)
    t.equal(lines.at(-2), 'and more')
  }
})

await t.test('a table without rows, and one without columns, are documents', async t => {
  t.strictSame((await written(two, [])).pages[0]?.lines, ['IdName', 'Page 1 of 1'])
  t.strictSame((await written({ title: 'None', lines: ['Nothing'], columns: [] }, [])).pages[0]?.lines, ['Nothing', 'Page 1 of 1'])
})

await t.test('pages are landscape when the table is wide, or when that is asked for', async t => {
  const wide = { title: 'Wide', columns: ['a', 'b', 'c', 'd', 'e', 'f'].map(label => column(label)) }
  const row = wide.columns.map(() => 'a text of some words in each')
  const upright = async (options?: PdfOptions, frame: TableFrame = wide, cells: readonly Cell[] = row): Promise<boolean> => {
    const [page] = (await written(frame, [cells], options)).pages
    return page!.height > page!.width
  }
  t.equal(await upright(), false)
  t.equal(await upright({}, two, [1, 'one']), true)
  t.equal(await upright({ orientation: 'portrait' }), true)
  t.equal(await upright({ orientation: 'landscape' }, two, [1, 'one']), false)
  t.match((await written(two, [], { pageSize: 'LETTER' })).pages, [{ width: 612, height: 792 }])
})

await t.test('Latin, Cyrillic, Greek and Vietnamese text is shown, marks on letters too', async t => {
  const texts = ['Żółć ÄÖÜß œ', 'Съешь ещё этих булок', 'Ξεσκεπάζω την ψυχοφθόρα', 'Trường hợp đặc biệt']
  const { pages } = await written(two, [...texts, 'Tiếng Việt'.normalize('NFD')].map((text, index) => [index, text]))
  t.strictSame(pages[0]?.lines, ['IdName', ...texts.map((text, index) => `${index}${text}`), '4Tiếng Việt', 'Page 1 of 1'])
})

await t.test('what the font cannot show stands as a sign, and a line names it', async t => {
  const frame = { ...two, foot: ['The end'] }
  t.strictSame((await written(frame, [[1, 'a中b']])).pages[0]?.lines, [
    'IdName', '1a\uFFFDb', 'The end', '1 character is not in the font of this document and stands as \uFFFD: U+4E2D', 'Page 1 of 1'
  ])
  const [page] = (await written(frame, [[1, '中文 😀 中 \u0000'], [2, 'กขคฆงจฉชซ']])).pages
  t.strictSame(page?.lines.slice(1, 3), ['1\uFFFD\uFFFD \uFFFD \uFFFD \uFFFD', `2${'\uFFFD'.repeat(9)}`])
  t.match(page?.lines.join(' '), '14 characters are not in the font of this document and stand as \uFFFD: U+4E2D U+6587 U+1F600 U+0000 U+0E01 U+0E02 U+0E04 U+0E06 U+0E07 U+0E08 and more')
})

await t.test('blanks of other widths, soft hyphens and joiners do no harm', async t => {
  t.strictSame((await written(two, [[1, '1\u202F234\u2003x, so\u00ADft, \u{1D173}\u{E0001}end\ttab']])).pages[0]?.lines, ['IdName', '11 234\u2003x, soft, end    tab', 'Page 1 of 1'])
})

await t.test('text is never taken for markup, images, links or files', async t => {
  const cells = ['<b>bold</b> **x**', '{"image":"/etc/hostname"}', 'http://127.0.0.1:9/x.png', 'data:image/png;base64,AAAA']
  const frame = { ...two, lines: ['{"qr":"x"}'], facts: [{ label: '<i>', value: { attachment: '/etc/passwd' } }], foot: ['[1](http://127.0.0.1:9)'] }
  const pdf = await written(frame, [...cells, { text: 'object', link: 'http://127.0.0.1:9', image: '/etc/hostname' }].map((cell, index) => [index, cell]))
  t.match(pdf.pages[0]?.lines, [
    '{"qr":"x"}', '<i>: {"attachment":"/etc/passwd"}', 'IdName',
    ...cells.map((cell, index) => `${index}${cell}`), /^4\{"text":"object","link":/
  ])
  t.notMatch(pdf.dictionaries, /\/(Annots|XObject|EmbeddedFile|URI|JavaScript)\b/)
})

await t.test('a word without blanks goes on in the next line, all of it', async t => {
  const pdf = await written(two, [[1, 'x'.repeat(5000)], [2, 'after']])
  t.equal(textOf(pdf).match(/x/g)?.length, 5000)
  const longest = Math.max(...pdf.pages.flatMap(({ lines }) => lines).map(line => line.length))
  t.ok(longest < 150, String(longest))
})

await t.test('a row that is taller than a page loses nothing, wherever it stands', async t => {
  for (const place of [0, 1]) {
    const rows: Cell[][] = [[1, 'before'], [2, 'after']]
    rows.splice(place, 0, [3, 'word\n'.repeat(200)])
    const pdf = await written(two, rows)
    t.equal(textOf(pdf).match(/word/g)?.length, 200)
    t.match(textOf(pdf), /after/)
  }
})

await t.test('a label that is taller than a page is cut short', async t => {
  const { pages } = await written({ title: 'Label', columns: [column('Label '.repeat(2000), 'text', { width: 8 }), column('Name')] }, [['a', 'b']])
  t.equal(pages.length, 1)
  t.match(pages[0]?.lines.join(''), /^Label.*….*abPage 1 of 1$/)
})

await t.test('many columns fit by smaller letters, then by broken words, which a line says', async t => {
  const columns = (count: number): TableFrame => ({ title: 'Many', columns: Array.from({ length: count }, (_, index) => column(`Column ${index}`)) })
  const row = (count: number): string[] => Array.from({ length: count }, (_, index) => `value${index}`)
  t.notMatch(textOf(await written(columns(15), [row(15)])), /too narrow/)
  const text = textOf(await written(columns(60), [row(60)]))
  t.match(text, 'The page is too narrow for the columns of this table: words and numbers are broken.')
  t.equal(text.match(/v/g)?.length, 60)
  await t.rejects(written(columns(67), [row(67)]), { code: 'file_limit_exceeded', params: { limit: 66, unit: 'columns' } })
})

await t.test('a row more than the limit is refused before the first byte, and the pages are ended', async t => {
  let ended = false
  async function * pages (): TablePages {
    try {
      for (let index = 0; ; index++) yield [[index, 'a'], [index, 'b']]
    } finally {
      ended = true
    }
  }
  const bytes: Uint8Array[] = []
  await t.rejects(async () => { for await (const part of pdfWriter({ rows: 5 })(two, pages())) bytes.push(part) }, { code: 'file_limit_exceeded', params: { limit: 5, unit: 'rows' } })
  t.strictSame({ ended, bytes }, { ended: true, bytes: [] })
  t.equal((await written(two, [[1, 'a'], [2, 'b']], { rows: 2 })).pages.length, 1)
  await t.rejects(written(two, Array.from({ length: 5 }, () => [1, 'x'.repeat(1_000_000)])), { code: 'file_limit_exceeded', params: { limit: 4_000_000, unit: 'characters' } })
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
  t.strictSame((await written({ ...two, lines: ['Title'], foot: ['Foot'] }, [[1, 'a']], { font: { normal } })).fonts, ['Roboto-Italic'])
})

await t.test('without the package the error says what to install', async t => {
  const root = t.testdir({ 'package.json': '{"type":"module"}' })
  await mkdir(join(root, 'lib'))
  for (const part of ['errors.js', 'tabular']) await cp(new URL(`../../../../lib/${part}`, import.meta.url), join(root, 'lib', part), { recursive: true })
  const absent = await import(pathToFileURL(join(root, 'lib/tabular/pdf/writer.js')).href) as { pdfWriter: typeof pdfWriter }
  await t.rejects(buffer(Readable.from(absent.pdfWriter()(two, pagesOf([[1, 'a']])))), {
    code: 'format_unavailable', status: 501, params: { format: 'pdf', package: 'pdfmake' }, message: 'Files of the type pdf need the package pdfmake on the server: npm install pdfmake'
  })
})
