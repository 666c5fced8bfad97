import { buffer } from 'node:stream/consumers'
import yazl from 'yazl'
import type { Random } from './random.js'
import { text } from './values.js'

/** Headers of the imports of the example. */
const headers: readonly (readonly string[])[] = [
  ['contractNumber', 'year', 'amount', 'status', 'note', 'customer'],
  ['name', 'code', 'first_name', 'last_name', 'email', 'department_code'],
  ['slug', 'name'],
  ['title', 'content', 'published']
]

function csvOf (random: Random): Buffer {
  const columns = random.pick(headers)
  const cell = (): string =>
    random.chance(0.3)
      ? `"${text(random).replaceAll('"', '""')}"`
      : text(random)
        .replaceAll(/[\r\n",;]/g, '')
        .slice(0, 2000)
  const lines = random.some(6, () => columns.map(cell).join(random.chance(0.95) ? ',' : ';'))
  return Buffer.from([columns.join(','), ...lines].join(random.pick(['\n', '\r\n'])))
}

/** A workbook whose parts are written by hand, so that they may be anything. */
async function workbookOf (random: Random): Promise<Buffer> {
  const columns = random.pick(headers)
  // eslint-disable-next-line no-control-regex
  const escaped = (value: string): string => value.replaceAll(/[&<>"\u0000-\u0008\ud800-\udfff]/g, '').slice(0, 5000)
  const cells = (values: readonly string[], row: number): string =>
    values
      .map((value, i) => {
        const reference = random.chance(0.95)
          ? `${String.fromCharCode(65 + i)}${row}`
          : random.pick(['', 'ZZZZ1', '1A', 'A0'])
        const type = random.pick(['inlineStr', 'inlineStr', 'str', 'n', 'b', 'd', 'e', 's', 'x'])
        return type === 'inlineStr'
          ? `<c r="${reference}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`
          : `<c r="${reference}" t="${type}" s="${random.below(4)}"><v>${escaped(value)}</v></c>`
      })
      .join('')
  const rows = [columns, ...random.some(5, () => columns.map(() => text(random)))]
  const sheet =
    '<worksheet ' +
    `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows.map((row, i) => `<row r="${i + 1}">${i === 0 ? row.map((name, c) => `<c r="${String.fromCharCode(65 + c)}1" t="inlineStr"><is><t>${name}</t></is></c>`).join('') : cells(row, i + 1)}</row>`).join('')}</sheetData></worksheet>`
  const zip = new yazl.ZipFile()
  const add = (name: string, content: string): void => {
    if (random.chance(0.97)) zip.addBuffer(Buffer.from(content), name)
  }
  add(
    '[Content_Types].xml',
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
  )
  add(
    '_rels/.rels',
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
  )
  add(
    'xl/workbook.xml',
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="s1"/></sheets></workbook>'
  )
  add(
    'xl/_rels/workbook.xml.rels',
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
  )
  add('xl/worksheets/sheet1.xml', random.chance(0.9) ? sheet : sheet.slice(0, random.below(sheet.length)))
  zip.end()
  return await buffer(zip.outputStream)
}

/** Bytes that were cut, turned over or doubled. */
function mutated (random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes
  const at = random.below(bytes.length)
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes])
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(text(random)), bytes.subarray(at)])
    default: {
      const copy = Buffer.from(bytes)
      for (let i = 0; i <= random.below(8); i++) copy[random.below(copy.length)] = random.below(256)
      return copy
    }
  }
}

/** A file to import, sound or not. */
export async function file (random: Random): Promise<Buffer> {
  const bytes = random.chance(0.5) ? csvOf(random) : await workbookOf(random)
  return random.chance(0.4) ? mutated(random, bytes) : bytes
}
