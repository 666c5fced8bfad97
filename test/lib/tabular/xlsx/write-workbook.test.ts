import { EventEmitter, once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { fromBufferPromise } from 'yauzl'
import type { Cell } from '../../../../lib/tabular/table/table.js'
import { columnLetters } from '../../../../lib/tabular/xlsx/reference.js'
import type { SheetColumn, WorkbookOptions, WorkbookSheet } from '../../../../lib/tabular/xlsx/write/workbook.js'
import { writeWorkbook } from '../../../../lib/tabular/xlsx/write/write-workbook.js'
import { readRows } from '../../../helpers/workbook-file.js'

type Page = ReadonlyArray<readonly Cell[]>

async function * pagesOf (...pages: readonly Page[]): AsyncGenerator<Page> {
  yield * pages
}

async function fileOf (sheets: readonly WorkbookSheet[], options: WorkbookOptions = {}): Promise<Buffer> {
  return await buffer(writeWorkbook(sheets, options))
}

/** The parts of a workbook as text, in their order. */
async function partsOf (file: Buffer): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(file)
  const parts = new Map<string, string>()
  for await (const entry of zip.eachEntry()) {
    parts.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)))
  }
  return parts
}

/** What a pattern finds in a part. */
function found (parts: ReadonlyMap<string, string>, path: string, pattern: RegExp): string[] {
  return parts.get(path)!.match(pattern) ?? []
}

const name: SheetColumn = { name: 'name', label: 'Name', kind: 'text' }
const age: SheetColumn = { name: 'age', label: 'Age', kind: 'number' }

await t.test('a sheet is frozen and filtered at its header, and its lines go over its width', async t => {
  const parts = await partsOf(
    await fileOf([
      {
        title: "Bob's",
        columns: [name, age, { name: 'day', label: 'Day', kind: 'date', width: 40 }],
        lines: ['Title'],
        foot: ['End'],
        rows: pagesOf([
          ['Ann', 5, '2024-02-29'],
          ['Bob', 6, null]
        ])
      }
    ])
  )
  t.strictSame(
    [...parts.keys()],
    [
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/worksheets/sheet1.xml',
      'xl/styles.xml',
      'xl/_rels/workbook.xml.rels',
      'xl/workbook.xml'
    ]
  )
  const sheet = 'xl/worksheets/sheet1.xml'
  t.strictSame(found(parts, sheet, /<pane [^>]*>/g), [
    '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>'
  ])
  t.strictSame(found(parts, sheet, /<autoFilter.*<\/mergeCells>/g), [
    '<autoFilter ref="A2:C4"/><mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="A6:C6"/></mergeCells>'
  ])
  t.strictSame(found(parts, 'xl/workbook.xml', /<definedName.*<\/definedName>/g), [
    '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" ' +
      "hidden=\"1\">'Bob''s'!$A$2:$C$4</definedName>"
  ])
  t.strictSame(found(parts, sheet, /width="\d+"/g), ['width="18"', 'width="14"', 'width="40"'])
})

await t.test('columns carry their formats, so that what is typed below keeps its zeros', async t => {
  const parts = await partsOf(await fileOf([{ title: 'Template', columns: [name, age], rows: pagesOf() }]))
  const formats = found(parts, 'xl/styles.xml', /(?<=<xf )numFmtId="\d+"(?=[^>]*xfId)/g)
  const styles = found(parts, 'xl/worksheets/sheet1.xml', /(?<=<col [^>]*style=")\d+/g)
  t.strictSame(
    styles.map(style => formats[Number(style)]),
    ['numFmtId="49"', 'numFmtId="0"']
  )
})

await t.test('headers have the colour that is asked for', async t => {
  const parts = await partsOf(
    await fileOf([
      {
        title: 'Template',
        columns: [
          name,
          { ...name, header: 'required' },
          { ...name, header: 'optional' },
          { ...name, header: 'plain' }
        ],
        rows: pagesOf()
      }
    ])
  )
  const fills = found(parts, 'xl/styles.xml', /(?<=<fill>).*?(?=<\/fill>)/g)
  const used = found(parts, 'xl/styles.xml', /(?<=<xf [^>]*fillId=")\d+(?="[^>]* xfId)/g)
  const styles = found(parts, 'xl/worksheets/sheet1.xml', /(?<=<c r="[A-D]1" s=")\d+/g)
  t.strictSame(
    styles.map(style => /fgColor rgb="FF(\w+)"/.exec(fills[Number(used[Number(style)])]!)?.[1]),
    ['366092', 'C00000', '548235', '366092']
  )
})

await t.test('rules refer to the values of another sheet, or bound what is typed', async t => {
  const list = {
    type: 'list',
    sheet: 'All: countries',
    column: 1,
    count: 60,
    error: `Pick "one"\n${'x'.repeat(300)}`
  } as const
  const rules = [
    list,
    { type: 'whole', min: 1 },
    { type: 'decimal' },
    { type: 'date', min: '2024-01-01' },
    { type: 'textLength', max: 20, error: 'Too long' }
  ] as const
  const parts = await partsOf(
    await fileOf([
      { title: 'Data', columns: [name, ...rules.map(rule => ({ ...name, rule }))], lines: ['Line'], rows: pagesOf() },
      { title: 'All: countries', hidden: true, columns: [name, name], rows: pagesOf([['PE', 'Peru']]) }
    ])
  )
  const start = (type: string, column: number, error = ''): string =>
    `<dataValidation type="${type}" allowBlank="1" showErrorMessage="1"${error} ` +
    `sqref="${columnLetters(column)}3:${columnLetters(column)}1048576">`
  t.strictSame(found(parts, 'xl/worksheets/sheet1.xml', /<dataValidation .*?<\/dataValidation>/g), [
    `${start('list', 1, ` error="Pick &quot;one&quot;&#10;${'x'.repeat(244)}"`)}<formula1>'All  ` +
      'countries\'!$B$2:$B$61</formula1></dataValidation>',
    `${start('whole', 2)}<formula1>1</formula1><formula2>999999999999999</formula2></dataValidation>`,
    `${start('decimal', 3)}<formula1>-9.99e+307</formula1><formula2>9.99e+307</formula2></dataValidation>`,
    `${start('date', 4)}<formula1>45292</formula1><formula2>2958465</formula2></dataValidation>`,
    `${start('textLength', 5, ' error="Too long"')}<formula1>0</formula1><formula2>20</formula2></dataValidation>`
  ])
  t.strictSame(found(parts, 'xl/workbook.xml', /<sheet .*?>/g), [
    '<sheet name="Data" sheetId="1" r:id="rId1"/>',
    '<sheet name="All  countries" sheetId="2" state="hidden" r:id="rId2"/>'
  ])
  t.strictSame(found(parts, 'xl/worksheets/sheet2.xml', /<autoFilter|tabSelected/g), [])
})

await t.test('a hidden sheet at the start is not the one that is read', async t => {
  const path = join(t.testdir(), 'book.xlsx')
  await writeFile(
    path,
    await fileOf([
      { title: 'Lists', hidden: true, columns: [name], rows: pagesOf([['hidden']]) },
      { title: 'Data', columns: [name], rows: pagesOf([['shown']]) }
    ])
  )
  t.strictSame(await readRows(path), [
    { number: 1, cells: ['Name'] },
    { number: 2, cells: ['shown'] }
  ])
})

await t.test(
  'rows that do not fit go on in a further sheet, each with the header, the foot behind the last',
  async t => {
    const rows = Array.from({ length: 7 }, (_, index) => [`n${index}`, index])
    const sheet = (title: string, count: number): WorkbookSheet => ({
      title,
      columns: [name, age],
      lines: ['Line'],
      foot: ['End'],
      rows: pagesOf(rows.slice(0, 2), rows.slice(2, count))
    })
    const parts = await partsOf(await fileOf([sheet('Staff', 7), sheet('Staff (2)', 3)], { sheetRows: 8 }))
    t.strictSame(found(parts, 'xl/workbook.xml', /(?<=<sheet name=")[^"]*/g), [
      'Staff',
      'Staff (3)',
      'Staff (4)',
      'Staff (2)'
    ])
    t.strictSame(
      [1, 2, 3, 4].map(number => found(parts, `xl/worksheets/sheet${number}.xml`, /(?<=<t>).*?(?=<\/t>)/g)),
      [
        ['Line', 'Name', 'Age', 'n0', 'n1', 'n2'],
        ['Line', 'Name', 'Age', 'n3', 'n4', 'n5'],
        ['Line', 'Name', 'Age', 'n6', 'End'],
        ['Line', 'Name', 'Age', 'n0', 'n1', 'n2', 'End']
      ]
    )
    t.strictSame(found(parts, 'xl/workbook.xml', /\$A\$\d+:\$B\$\d+/g), [
      '$A$2:$B$5',
      '$A$2:$B$5',
      '$A$2:$B$3',
      '$A$2:$B$5'
    ])
  }
)

/** Pages that tell how many were asked for, and how they ended. */
function watchedPages (
  count: number,
  failure?: Error
): { readonly pages: AsyncGenerator<Page>; readonly seen: { asked: number; ended: boolean } } {
  const seen = { asked: 0, ended: false }
  async function * pages (): AsyncGenerator<Page> {
    try {
      for (; seen.asked < count; seen.asked++) {
        await turn()
        yield Array.from({ length: 1000 }, (_, index) => [
          `${Math.sin(seen.asked * 1000 + index)} ${Math.cos(index)}`,
          index
        ])
      }
      if (failure !== undefined) throw failure
    } finally {
      seen.ended = true
    }
  }
  return { pages: pages(), seen }
}

await t.test('pages are asked for as bytes are taken', async t => {
  const { pages, seen } = watchedPages(200)
  const pieces = writeWorkbook([{ title: 'Many', columns: [name, age], rows: pages }])
  await pieces.next()
  for (let time = 0; time < 200; time++) await turn()
  const ahead = seen.asked
  t.ok(ahead < 50, `${ahead} pages were asked for ahead of who takes`)
  t.ok((await buffer(pieces)).length > 1_000_000)
  t.strictSame(seen, { asked: 200, ended: true })
})

await t.test('an iteration that ends early ends that of the pages', async t => {
  for (const pieces of [1, 3, 20]) {
    const { pages, seen } = watchedPages(500)
    let taken = 0
    for await (const piece of writeWorkbook([
      { title: 'Many', columns: [name, age], rows: pages },
      { title: 'More', columns: [name], rows: pagesOf([['x']]) }
    ])) {
      taken += Math.min(piece.length, 1)
      if (taken === pieces) break
    }
    t.equal(taken, pieces)
    t.equal(seen.ended || seen.asked === 0, true, `after ${pieces} pieces and ${seen.asked} pages`)
    t.ok(seen.asked < 100, `${seen.asked} pages`)
  }
})

await t.test('an iteration that ends between two sheets writes no second one', async t => {
  const events = new EventEmitter()
  let rows = 0
  async function * pages (): AsyncGenerator<Page> {
    events.emit('asked')
    await once(events, 'answered')
    yield [['x']]
    rows++
  }
  const pieces = writeWorkbook([
    { title: 'One', columns: [name], rows: pagesOf([['y']]) },
    { title: 'Two', columns: [name], rows: pages() }
  ])
  await Promise.all([once(events, 'asked'), pieces.next()])
  const ended = pieces.return(undefined)
  events.emit('answered')
  await ended
  t.equal(rows, 0)
})

await t.test('an error of the pages is that of the iteration', async t => {
  const failure = new Error('the database is gone')
  for (const count of [0, 30]) {
    const { pages, seen } = watchedPages(count, failure)
    const pieces = writeWorkbook([{ title: 'Many', columns: [name, age], rows: pages }])
    // The first page comes before any bytes, so that its error can be answered.
    if (count > 0) t.notOk((await pieces.next()).done)
    await t.rejects(buffer(pieces), failure)
    t.equal(seen.ended, true)
  }
})
