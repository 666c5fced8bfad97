import { readdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { defaultLimits, type FileLimits } from '../../../../lib/tabular/table/limits.js'
import { CellError, type SheetRow } from '../../../../lib/tabular/table/table.js'
import { readXlsx } from '../../../../lib/tabular/xlsx/read/read-xlsx.js'
import { until } from '../../../helpers/until.js'
import {
  readRows,
  relationsXml,
  sheetXml,
  workbookParts,
  zipOf,
  type WorkbookText
} from '../../../helpers/workbook-file.js'

const tooLong = 'is longer than 5 characters'
const noNumber = 'holds no number'

async function fileOf (t: Test, text: WorkbookText): Promise<string> {
  const path = join(t.testdir(), 'book.xlsx')
  await writeFile(path, await zipOf(workbookParts(text)))
  return path
}

async function cellsOf (
  t: Test,
  text: WorkbookText,
  limits: Partial<FileLimits> = {}
): Promise<ReadonlyArray<SheetRow['cells']>> {
  return (await readRows(await fileOf(t, text), limits)).map(({ cells }) => cells)
}

await t.test('a file that LibreOffice saved', async t => {
  const path = fileURLToPath(new URL('../../../../../test/fixtures/libreoffice.xlsx', import.meta.url))
  t.strictSame(await readRows(path), [
    { number: 1, cells: ['code', 'born', 'seen', 'starts', 'worked', 'active', 'sum', 'text of formula'] },
    { number: 2, cells: ['007', '1999-12-31', '2024-02-29T13:14:15.000Z', '08:30:00', '36:15:00', true, 3.5, 'ab'] },
    {
      number: 4,
      cells: ['bold and plain', null, null, null, 12, false, new CellError('#DIV/0!'), 'line one\nline two 😀']
    }
  ])
})

await t.test('cells of every type', async t => {
  t.strictSame(
    await cellsOf(t, {
      texts:
        '<si><t>plain</t></si><si><t/></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t xml:space="preserve">text ' +
        '</t></r><rPh sb="0" ' +
        'eb="1"><t>reading</t></rPh></si><si><t>_x0041__x005F_x0041_</t></si><si><t><![CDATA[<cdata>]]> &amp; ' +
        '&#x1F600;</t></si>',
      rows:
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" ' +
        't="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c></row>' +
        '<row r="2"><c r="A2"><v>1.50</v></c><c r="B2" t="n"><v>-1E3</v></c><c r="C2" t="b"><v>1</v></c><c r="D2" ' +
        't="b"><v>0</v></c><c r="E2" t="e"><v>#N/A</v></c></row>' +
        '<row r="3"><c r="A3" t="inlineStr"><is><t> in </t></is></c><c r="B3" ' +
        't="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c><c r="C3" ' +
        't="inlineStr"><is><t></t></is></c><c r="D3" t="inlineStr"/><c r="E3" t="s"><v></v></c></row>' +
        '<row r="4"><c r="A4"><f>1+1</f><v>2</v></c><c r="B4" t="str"><f>x</f><v>_x000D_text</v></c><c r="D4" ' +
        't="str"><f>x</f><v></v></c><c r="E4" t="b"><f>x</f><v>1</v></c></row>' +
        '<row r="5"><c r="A5" t="d"><v>2024-02-29</v></c><c r="B5" t="d"><v>2024-02-29T13:14:15.1239Z</v></c><c ' +
        'r="C5" t="d"><v>2024-02-29T00:00</v></c><c r="D5" t="d"><v>T08:30:00.000</v></c><c r="E5" ' +
        't="d"><v>08:30:00.5</v></c></row>'
    }),
    [
      ['plain', '', 'rich text ', 'A_x0041_', '<cdata> & 😀'],
      [1.5, -1000, true, false, new CellError('#N/A')],
      [' in ', 'ab', ''],
      [2, '\rtext', null, '', true],
      ['2024-02-29', '2024-02-29T13:14:15.123Z', '2024-02-29', '08:30:00', '08:30:00.500']
    ]
  )
})

await t.test('numbers in formats of dates are dates', async t => {
  const formats = ['yyyy-mm-dd', 'h:mm', '[h]:mm', '0" days"', 14, 22, 45, 46, 2]
  const rows =
    `<row>${[45_351.25, 0.25, 1.25, 5, 45_351, 45_351.25, 0.0005, 1.5, 3].map((value, index) => `<c s="${index + 1}"><v>${value}</v></c>`).join('')}<c ` +
    's="99"><v>7</v></c><c s="1"><v>-7</v></c></row>'
  t.strictSame(await cellsOf(t, { formats, rows }), [
    [
      '2024-02-29T06:00:00.000Z',
      '06:00:00',
      '30:00:00',
      5,
      '2024-02-29',
      '2024-02-29T06:00:00.000Z',
      '00:00:43.200',
      '36:00:00',
      3,
      7,
      -7
    ]
  ])
  t.strictSame(
    await cellsOf(t, {
      formats: ['d'],
      from1904: true,
      rows: '<row><c s="1"><v>0</v></c><c s="1"><v>43889</v></c></row>'
    }),
    [['1904-01-01', '2024-02-29']]
  )
})

await t.test('rows keep their numbers, missing cells are null, rows without values are left out', async t => {
  t.strictSame(
    await readRows(
      await fileOf(t, {
        rows: '<row r="3"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c><c r="F3" s="1"/></row><row r="5"/><row r="6"><c r="XFD6" s="1"/></row><row><c><v>3</v></c><c/><c><v>4</v></c></row><row r="1048575"><c r="A1048575" t="inlineStr"><is><t/></is></c></row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t/></is></c><c><v>5</v></c></row>'
      })
    ),
    [
      { number: 3, cells: [null, 1, null, 2] },
      { number: 7, cells: [3, null, 4] },
      { number: 1_048_576, cells: ['', 5] }
    ]
  )
})

await t.test('a cell that cannot be taken is a problem of its row', async t => {
  t.strictSame(
    await readRows(
      await fileOf(t, {
        texts: '<si><t>123456</t></si>',
        rows:
          '<row r="1"><c t="inlineStr"><is><t>12345</t></is></c><c t="inlineStr"><is><t>123456</t></is></c><c><v>1</v></c></row><row r="2"><c t="s"><v>0</v></c></row>' +
          `<row r="3"><c t="str"><v>${'x'.repeat(100_000)}</v></c></row><row r="4"><c><v>0x10</v></c><c t="d"><v>2024-02-30x</v></c></row><row r="5"><c t="d"><v>noon</v></c></row><row r="6"><c t="inlineStr"><is><t>_x0041_2345</t></is></c></row><row r="7"><c><v>1e999</v></c></row>`
      }),
      { cellLength: 5 }
    ),
    [
      { number: 1, cells: ['12345', new CellError('123456', tooLong), 1], problem: `The cell B1 ${tooLong}` },
      { number: 2, cells: [new CellError('', tooLong)], problem: `The cell A2 ${tooLong}` },
      { number: 3, cells: [new CellError('x'.repeat(65_536), tooLong)], problem: `The cell A3 ${tooLong}` },
      {
        number: 4,
        cells: [new CellError('0x10', noNumber), new CellError('2024-02-30x', 'holds no date')],
        problem: `The cell A4 ${noNumber}`
      },
      { number: 5, cells: [new CellError('noon', 'holds no date')], problem: 'The cell A5 holds no date' },
      { number: 6, cells: ['A2345'] },
      { number: 7, cells: [new CellError('1e999', noNumber)], problem: `The cell A7 ${noNumber}` }
    ]
  )
})

await t.test('the first visible sheet is read, hidden ones and charts are passed over', async t => {
  const sheets = [
    ['Lists', 'hidden', 'rId1'],
    ['Secret', 'veryHidden', 'rId2'],
    ['Chart', 'visible', 'rId3'],
    ['Data', '', 'rId4'],
    ['More', '', 'rId5']
  ]
  t.strictSame(
    await cellsOf(t, {
      parts: {
        'xl/workbook.xml': `<x:workbook xmlns:x="a" xmlns:rel="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><x:sheets>${sheets.map(([name, state, id]) => `<x:sheet name="${name}" sheetId="1" ${state === '' ? '' : `state="${state}"`} rel:id="${id}"/>`).join('')}</x:sheets></x:workbook>`,
        'xl/_rels/workbook.xml.rels': relationsXml(
          ['worksheet', 'a.xml'],
          ['worksheet', 'b.xml'],
          ['chartsheet', 'c.xml'],
          ['worksheet', './sub/../Worksheets/DATA.xml'],
          ['worksheet', 'e.xml']
        ),
        'xl/worksheets/data.xml':
          '<x:worksheet xmlns:x="a"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1</x:f><x:v>5</x:v></x:c></x:row></x:sheetData><x:extLst><row><c><v>6</v></c></row></x:extLst></x:worksheet>'
      }
    }),
    [[5]]
  )
})

await t.test('a byte order mark and a missing root relation are taken', async t => {
  t.strictSame(
    await cellsOf(t, { parts: { 'xl/worksheets/sheet1.xml': `\ufeff${sheetXml('<row><c><v>1</v></c></row>')}` } }),
    [[1]]
  )
  const { '_rels/.rels': _, ...parts } = workbookParts({ rows: '<row><c><v>1</v></c></row>' })
  const path = join(t.testdir(), 'book.xlsx')
  await writeFile(path, await zipOf(parts))
  t.strictSame(await readRows(path), [{ number: 1, cells: [1] }])
})

await t.test('a reader that takes slowly is waited for, and one that ends early leaves no file open', async t => {
  const count = 200_000
  const path = await fileOf(t, {
    rows: Array.from(
      { length: count },
      (_, row) => `<row r="${row + 1}"><c r="A${row + 1}"><v>${(row * 7919) % 1_000_003}</v></c></row>`
    ).join('')
  })
  const open = async (): Promise<number> => {
    const targets = await Promise.all(
      (await readdir('/proc/self/fd')).map(async fd => await readlink(`/proc/self/fd/${fd}`).catch(() => ''))
    )
    return targets.filter(target => target === path).length
  }
  let most = 0
  let rows = 0
  for await (const page of readXlsx(path, defaultLimits)) {
    most = Math.max(most, page.length)
    rows += page.length
    if (rows === page.length) t.equal(await open(), 1, 'the file is open while it is read')
    if (rows > 20_000) break
  }
  t.ok(most < 2000, `pages are small: ${most} rows at most`)
  await until('the end of the file', async () => (await open()) === 0)
  t.equal(await open(), 0, 'the file is closed')
  t.equal((await readRows(path)).length, count)
})
