import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { defaultLimits, type FileLimits } from '../../lib/tabular/table/limits.js'
import type { SheetRow } from '../../lib/tabular/table/table.js'
import { readXlsx } from '../../lib/tabular/xlsx/read/read-xlsx.js'

/** Parts of an archive by their path; what is text is packed, bytes are stored as they are. */
export type Parts = Readonly<Record<string, string | Buffer>>

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export interface WorkbookText {
  /** XML of the rows. */
  readonly rows?: string
  /** XML of the shared texts. */
  readonly texts?: string
  /** Codes of number formats, for the styles 1, 2 …; a number is one that files need not tell. */
  readonly formats?: ReadonlyArray<string | number>
  readonly from1904?: boolean
  /** Parts that stand beside or instead of those that are made. */
  readonly parts?: Parts
}

/** The parts of a workbook of one sheet as spreadsheets write it, its shared texts behind the sheet. */
export function workbookParts ({ rows = '', texts, formats = [], from1904 = false, parts = {} }: WorkbookText): Parts {
  return {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': relationsXml(['officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml':
      `<workbook xmlns="${main}" ` +
      `xmlns:r="${relations}"><workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets><sheet name="One" sheetId="1" ` +
      'r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relationsXml(
      ['worksheet', 'worksheets/sheet1.xml'],
      ['styles', 'styles.xml'],
      ...(texts === undefined ? [] : [['sharedStrings', '/xl/sharedStrings.xml'] as const])
    ),
    'xl/worksheets/sheet1.xml': sheetXml(rows),
    'xl/styles.xml':
      '<styleSheet ' +
      `xmlns="${main}"><numFmts>${formats.map((code, index) => (typeof code === 'number' ? '' : `<numFmt numFmtId="${200 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)).join('')}</numFmts>` +
      `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats.map((code, index) => `<xf numFmtId="${typeof code === 'number' ? code : 200 + index}"/>`).join('')}</cellXfs></styleSheet>`,
    ...(texts === undefined ? {} : { 'xl/sharedStrings.xml': `<sst xmlns="${main}">${texts}</sst>` }),
    ...parts
  }
}

export function sheetXml (rows: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`
}

/** The relations `rId1`, `rId2` … of a part. */
export function relationsXml (...targets: ReadonlyArray<readonly [type: string, target: string]>): string {
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets
    .map(
      ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${relations}/${type}" Target="${target}"/>`
    )
    .join('')}</Relationships>`
}

/** An archive of parts. */
export async function zipOf (parts: Parts): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [path, part] of Object.entries(parts)) {
    if (typeof part === 'string') zip.addBuffer(Buffer.from(part), path)
    else zip.addBuffer(part, path, { compress: false })
  }
  zip.end()
  return await buffer(zip.outputStream)
}

/** An archive with one field of an entry in its directory overwritten, as a liar would. */
export function withEntryField (archive: Buffer, path: string, field: keyof typeof entryFields, value: number): Buffer {
  const changed = Buffer.from(archive)
  const directory = changed.readUInt32LE(changed.length - 6)
  const entry = changed.indexOf(path, directory) - 46
  const [offset, bytes] = entryFields[field]
  changed.writeUIntLE(value, entry + offset, bytes)
  return changed
}

const entryFields = { flags: [8, 2], crc: [16, 4], size: [24, 4] } as const

/** All rows of a workbook. */
export async function readRows (path: string, limits: Partial<FileLimits> = {}): Promise<readonly SheetRow[]> {
  const rows: SheetRow[] = []
  for await (const page of readXlsx(path, { ...defaultLimits, ...limits })) rows.push(...page)
  return rows
}

/** A cell of text. */
export function textCell (text: string): string {
  return `<c t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`
}

/** A workbook whose first row has headers; rows are lists of the XML of cells. */
export async function workbookOf (
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  text: WorkbookText = {}
): Promise<Buffer> {
  const xml = [headers.map(textCell), ...rows].map(cells => `<row>${cells.join('')}</row>`).join('')
  return await zipOf(workbookParts({ ...text, rows: xml }))
}
