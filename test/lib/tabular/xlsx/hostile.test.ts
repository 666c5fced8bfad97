import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import type { FileLimits } from '../../../../lib/tabular/table/limits.js'
import {
  readRows,
  relationsXml,
  sheetXml,
  withEntryField,
  workbookParts,
  zipOf,
  type WorkbookText
} from '../../../helpers/workbook-file.js'

type Fault =
  | readonly [code: 'file_unreadable' | 'file_type_unsupported', problem: string]
  | readonly [code: 'file_limit_exceeded', limit: number, unit: string]
  | readonly [code: 'file_too_large', limit: number]

const statuses = { file_unreadable: 422, file_type_unsupported: 415, file_limit_exceeded: 413, file_too_large: 413 }

/** What an error of a fault must be. */
function errorOf ([code, first, unit]: Fault) {
  const params =
    typeof first === 'string' ? { problem: first } : unit === undefined ? { limit: first } : { limit: first, unit }
  return { name: 'CommonsError', code, status: statuses[code], params }
}

const book = async (text: WorkbookText): Promise<Buffer> => await zipOf(workbookParts(text))
const sheet = 'xl/worksheets/sheet1.xml'
const cell = '<row r="1"><c r="A1"><v>1</v></c></row>'
const damaged: Fault = ['file_unreadable', 'it is cut or damaged']
const badXml: Fault = ['file_unreadable', 'its XML is cut or damaged']
const noWorkbook: Fault = ['file_type_unsupported', 'this is no XLSX workbook']
const badRows: Fault = ['file_unreadable', 'its rows are not numbered one after the other']
const badCells: Fault = ['file_unreadable', 'its cells do not stand one after the other']
const badIndex: Fault = ['file_unreadable', 'a cell refers to a text that is not there']

/** Letters that cannot be packed well. */
function noise (length: number): string {
  return randomBytes(length).toString('base64').slice(0, length)
}

const corpus: ReadonlyArray<
  readonly [title: string, make: () => Buffer | Promise<Buffer>, fault: Fault, limits?: Partial<FileLimits>]
> = [
  ['an empty file', () => Buffer.alloc(0), ['file_unreadable', 'it is empty']],
  ['one byte', () => Buffer.from('P'), noWorkbook],
  ['a picture', () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), noWorkbook],
  ['a PDF', () => Buffer.from('%PDF-1.7\n'), noWorkbook],
  ['CSV', () => Buffer.from('a,b\r\n1,2\r\n'), noWorkbook],
  [
    'an old or an encrypted workbook',
    () => Buffer.from('d0cf11e0a1b11ae10000', 'hex'),
    ['file_type_unsupported', 'an old .xls workbook or an encrypted one; save it as .xlsx']
  ],
  ['the start of a zip alone', () => Buffer.from('PK\x03\x04'), damaged],
  ['a zip without entries', () => zipOf({}), noWorkbook],
  ['a zip of other files', () => zipOf({ 'readme.txt': 'hello' }), ['file_unreadable', 'it holds no workbook']],
  [
    'a .docx',
    () => zipOf({ '_rels/.rels': relationsXml(['officeDocument', 'word/document.bin']), 'word/document.bin': 'x' }),
    ['file_unreadable', 'it holds no workbook']
  ],
  [
    'a document that is called XML',
    () =>
      zipOf({
        '_rels/.rels': relationsXml(['officeDocument', 'word/document.xml']),
        'word/document.xml': '<document/>',
        'word/_rels/document.xml.rels': relationsXml()
      }),
    ['file_unreadable', 'it has no visible sheet']
  ],
  ['a file over the limit', () => book({ rows: cell }), ['file_too_large', 100], { fileSize: 100 }],
  [
    'macros',
    () => book({ rows: cell, parts: { 'xl/vbaProject.bin': 'x' } }),
    ['file_type_unsupported', 'a workbook with macros; save it as .xlsx']
  ],
  [
    'parts whose names differ in case only',
    () => book({ rows: cell, parts: { 'XL/workbook.xml': '<x/>' } }),
    ['file_unreadable', 'two of its parts have one name']
  ],
  [
    'a name that leads out',
    async () =>
      replaced(await book({ rows: cell, parts: { 'xl/AAAAAAAA.xml': '' } }), 'xl/AAAAAAAA.xml', '../../../etc/pas'),
    damaged
  ],
  [
    'an encrypted entry',
    async () => withEntryField(await book({ rows: cell }), sheet, 'flags', 1),
    ['file_unreadable', 'it is encrypted']
  ],
  ['too many parts', () => book({ rows: cell }), ['file_limit_exceeded', 3, 'parts'], { entries: 3 }],
  [
    'more bytes than the limit',
    () => book({ rows: noise(2000) }),
    ['file_limit_exceeded', 3000, 'bytes when it is unpacked'],
    { inflatedSize: 3000 }
  ],
  [
    'a sheet that claims 1 GB',
    async () => withEntryField(await book({ rows: cell }), sheet, 'size', 1e9),
    ['file_limit_exceeded', 100, 'unpacked bytes for each packed one']
  ],
  [
    'a sheet that claims less than it is',
    async () => withEntryField(await book({ rows: cell.padEnd(100_000) }), sheet, 'size', 1000),
    damaged
  ],
  [
    'a sheet that claims more than it is',
    async () => withEntryField(await book({ rows: cell }), sheet, 'size', 1000),
    damaged
  ],
  [
    'a wrong checksum',
    async () => withEntryField(await book({ rows: cell }), sheet, 'crc', 1),
    ['file_unreadable', 'one of its parts is damaged']
  ],
  [
    'a part in the middle changed',
    async () =>
      replaced(
        await book({ parts: { [sheet]: Buffer.from(sheetXml('<row><c><v>1111</v></c></row>')) } }),
        '1111',
        '2222'
      ),
    ['file_unreadable', 'one of its parts is damaged']
  ],
  ['a file that is cut', async () => (await book({ rows: noise(1000) })).subarray(0, -400), damaged],
  ['a file that is cut at its last byte', async () => (await book({ rows: cell })).subarray(0, -1), damaged],
  [
    'more bytes behind the end than programs add',
    async () => Buffer.concat([await book({ rows: cell }), Buffer.alloc(140_000)]),
    damaged
  ],
  [
    'packed bytes that are none',
    async () => {
      const zip = await book({ rows: cell })
      return zip.fill(0xff, zip.indexOf(sheet) + sheet.length, zip.indexOf(sheet) + sheet.length + 40)
    },
    damaged
  ],
  ['XML that is cut', () => book({ parts: { [sheet]: sheetXml(cell).slice(0, -20) } }), badXml],
  ['XML with a tag that is closed by another', () => book({ rows: '<row><c></row></c>' }), badXml],
  ['XML with an unknown entity', () => book({ rows: '<row><c t="str"><v>&bomb;</v></c></row>' }), badXml],
  ['XML with a control character', () => book({ rows: '<row><c t="str"><v>\x01</v></c></row>' }), badXml],
  ['XML that is no XML', () => book({ parts: { [sheet]: 'hello' } }), badXml],
  ['a sheet without any XML', () => book({ parts: { [sheet]: '' } }), badXml],
  [
    'a document type',
    () => book({ parts: { [sheet]: `<!DOCTYPE worksheet>${sheetXml(cell).slice(39)}` } }),
    ['file_unreadable', 'its XML declares a document type']
  ],
  [
    'a billion laughs',
    () =>
      book({
        parts: {
          'xl/workbook.xml':
            '<!DOCTYPE a [<!ENTITY a0 ' +
            `"ha">${Array.from({ length: 30 }, (_, n) => `<!ENTITY a${n + 1} "&a${n};&a${n};">`).join('')}]><workbook>&a30;</workbook>`
        }
      }),
    ['file_unreadable', 'its XML declares a document type']
  ],
  [
    'an external entity',
    () =>
      book({ parts: { [sheet]: '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>' } }),
    ['file_unreadable', 'its XML declares a document type']
  ],
  [
    'bytes that are no UTF-8',
    () => book({ parts: { [sheet]: Buffer.from('<worksheet>\xff</worksheet>', 'latin1') } }),
    ['file_unreadable', 'its XML is not in UTF-8']
  ],
  [
    'UTF-8 that is cut',
    () => book({ parts: { [sheet]: Buffer.from('<worksheet/>\xc3', 'latin1') } }),
    ['file_unreadable', 'its XML is not in UTF-8']
  ],
  [
    'XML that is too deep',
    () => book({ rows: '<a>'.repeat(31) + '</a>'.repeat(31) }),
    ['file_limit_exceeded', 32, 'levels of XML']
  ],
  [
    'one place that never ends',
    () => book({ rows: `<row><c t="str"><v>${noise(2 ** 20).repeat(17)}</v></c></row>` }),
    ['file_limit_exceeded', 2 ** 24, 'characters in one place']
  ],
  [
    'too many rows',
    () => book({ rows: '<row><c><v>1</v></c></row>'.repeat(4) }),
    ['file_limit_exceeded', 2, 'rows'],
    { rows: 2 }
  ],
  [
    'too many columns',
    () => book({ rows: '<row><c r="C1"><v>1</v></c></row>' }),
    ['file_limit_exceeded', 2, 'columns'],
    { columns: 2 }
  ],
  [
    'a value at the end of the sheet',
    () => book({ rows: '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' }),
    ['file_limit_exceeded', 200, 'columns']
  ],
  ['a row beyond the sheet', () => book({ rows: '<row r="1048577"/>' }), badRows],
  ['a row without end', () => book({ rows: '<row r="1e99"/>' }), badRows],
  ['a row 0', () => book({ rows: '<row r="0"/>' }), badRows],
  ['rows that do not grow', () => book({ rows: '<row r="2"/><row r="1"/>' }), badRows],
  [
    'two values for one cell',
    () => book({ rows: `${cell}${cell}` }),
    ['file_unreadable', 'two of its cells stand in one place']
  ],
  ['a cell beyond the sheet', () => book({ rows: '<row><c r="XFE1"><v>1</v></c></row>' }), badCells],
  ['a cell of another row', () => book({ rows: '<row r="1"><c r="A2"><v>1</v></c></row>' }), badCells],
  ['cells that do not grow', () => book({ rows: '<row><c r="B1"/><c r="A1"/></row>' }), badCells],
  ['a cell twice', () => book({ rows: '<row><c r="A1"/><c r="A1"/></row>' }), badCells],
  [
    'too many shared texts',
    () => book({ texts: '<si><t>a</t></si>'.repeat(4) }),
    ['file_limit_exceeded', 3, 'shared texts'],
    { sharedStrings: 3 }
  ],
  [
    'too many characters in shared texts',
    () => book({ texts: '<si><t>ab</t><r><t>cd</t></r></si>'.repeat(3) }),
    ['file_limit_exceeded', 10, 'characters in its shared texts'],
    { sharedStringLength: 10 }
  ],
  [
    'a shared text that is not there',
    () => book({ texts: '<si><t>a</t></si>', rows: '<row><c t="s"><v>1</v></c></row>' }),
    badIndex
  ],
  [
    'a shared text before the first',
    () => book({ texts: '<si><t>a</t></si>', rows: '<row><c t="s"><v>-1</v></c></row>' }),
    badIndex
  ],
  [
    'a shared text that is called',
    () => book({ texts: '<si><t>a</t></si>', rows: '<row><c t="s"><v>length</v></c></row>' }),
    badIndex
  ],
  ['shared texts that are not there at all', () => book({ rows: '<row><c t="s"><v>0</v></c></row>' }), badIndex],
  [
    'hidden sheets only',
    () =>
      book({
        parts: {
          'xl/workbook.xml':
            '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet state="hidden" r:id="rId1"/></sheets></workbook>'
        }
      }),
    ['file_unreadable', 'it has no visible sheet']
  ],
  [
    'a sheet that is not there',
    () => book({ parts: { 'xl/_rels/workbook.xml.rels': relationsXml(['worksheet', 'none.xml']) } }),
    ['file_unreadable', 'one of its parts is missing']
  ],
  [
    'a sheet outside',
    () => book({ parts: { 'xl/_rels/workbook.xml.rels': relationsXml(['worksheet', '../../../etc/passwd']) } }),
    ['file_unreadable', 'one of its parts is missing']
  ],
  [
    'a workbook without relations',
    () => zipOf({ 'xl/workbook.xml': '<workbook/>' }),
    ['file_unreadable', 'one of its parts is missing']
  ],
  [
    'more styles than there can be',
    () =>
      book({ parts: { 'xl/styles.xml': `<styleSheet><cellXfs>${'<xf/>'.repeat(65_537)}</cellXfs></styleSheet>` } }),
    ['file_limit_exceeded', 65_536, 'styles of cells'],
    { inflationRatio: 1e6 }
  ]
]

/** A text of the archive in place of one that is as long. */
function replaced (archive: Buffer, from: string, to: string): Buffer {
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1')
}

await t.test('hostile and broken files are refused in plain words', async t => {
  const folder = t.testdir()
  for (const [index, [title, make, fault, limits]] of corpus.entries()) {
    const path = join(folder, `${index}.xlsx`)
    await writeFile(path, await make())
    await t.rejects(readRows(path, limits), errorOf(fault), title)
  }
})

await t.test('a file that is not there is no fault of the one who sent it', async t => {
  await t.rejects(readRows(join(t.testdir(), 'none.xlsx')), { code: 'ENOENT' })
})

await t.test('bombs end early and take little memory', async t => {
  const folder = t.testdir()
  const script = fileURLToPath(new URL('../../../helpers/read-workbook-child.js', import.meta.url))
  const laughs = `<!DOCTYPE a [<!ENTITY a0 "${'ha'.repeat(1000)}">${Array.from({ length: 60 }, (_, n) => `<!ENTITY a${n + 1} "${`&a${n};`.repeat(10)}">`).join('')}]>`
  const blank = await book({ parts: { [sheet]: `<a>${' '.repeat(200_000_000)}</a>` } })
  const bombs: ReadonlyArray<readonly [title: string, zip: Buffer, fault: Fault]> = [
    ['200 kB that unpack to 200 MB', blank, ['file_limit_exceeded', 100, 'unpacked bytes for each packed one']],
    [
      'a sheet that claims 1 GB',
      withEntryField(await book({ rows: cell }), sheet, 'size', 2 ** 30 - 2 ** 20),
      ['file_limit_exceeded', 100, 'unpacked bytes for each packed one']
    ],
    ['200 MB that claim to be few', withEntryField(blank, sheet, 'size', 900_000), damaged],
    [
      'a billion laughs',
      await book({ parts: { [sheet]: `${laughs}<worksheet>&a60;</worksheet>` } }),
      ['file_unreadable', 'its XML declares a document type']
    ],
    [
      'a text that never ends, badly packed',
      await book({ parts: { [sheet]: deepNoise('<row><c t="str"><v>') } }),
      ['file_limit_exceeded', 2 ** 24, 'characters in one place']
    ],
    [
      'a comment that never ends',
      await book({ parts: { [sheet]: deepNoise('<!-- <a>') } }),
      ['file_limit_exceeded', 2 ** 24, 'characters in one place']
    ],
    [
      'shared texts that never end',
      await book({ texts: `<si><t>${noise(1000)}</t></si>`.repeat(80_000) }),
      ['file_limit_exceeded', 100, 'unpacked bytes for each packed one']
    ],
    [
      'few shared texts among much else',
      await book({
        texts:
          Array.from(
            { length: 120_000 },
            (_, n) => `<si><t>text number ${n}</t><x a="${noise(20).repeat(50)}"/></si>`
          ).join('') + '<',
        rows: cell
      }),
      badXml
    ]
  ]
  for (const [title, zip, fault] of bombs) {
    const path = join(folder, 'bomb.xlsx')
    await writeFile(path, zip)
    const { stdout } = await promisify(execFile)(process.execPath, [script, path])
    const { mebibytes, ...outcome } = JSON.parse(stdout) as { readonly mebibytes: number }
    const { code, params } = errorOf(fault)
    t.strictSame(outcome, { rows: 0, code, params }, title)
    t.ok(mebibytes < 100, `${title}: ${mebibytes} MiB above idle`)
    t.comment(`${title}: ${zip.length} bytes, ${mebibytes} MiB`)
  }
})

/** A sheet of 18 MB. */
function deepNoise (start: string): string {
  return sheetXml(start + noise(18 * 2 ** 20))
}
