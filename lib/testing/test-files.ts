import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCsv } from '../tabular/csv/read-csv.js'
import { formats } from '../tabular/formats.js'
import { defaultLimits } from '../tabular/table/limits.js'
import { shownCell, type SheetRow, type TableFrame } from '../tabular/table/table.js'
import { readXlsx } from '../tabular/xlsx/read/read-xlsx.js'

export type TestRow = Readonly<Record<string, unknown>>

/**
 * A CSV file of rows; the keys of the first row are the header.
 *
 * @example
 * const file = await csvFile([{ code: 'A', name: 'Ann' }])
 */
export async function csvFile (rows: readonly TestRow[]): Promise<Buffer> {
  return await fileOf('csv', rows)
}

/** The same as a workbook of one sheet. Needs the package `yazl`. */
export async function xlsxFile (rows: readonly TestRow[]): Promise<Buffer> {
  return await fileOf('xlsx', rows)
}

/** The rows of a CSV file by its header; cells are text, empty ones null. */
export async function rowsOfCsv (file: string | Uint8Array): Promise<Record<string, unknown>[]> {
  const rows: SheetRow[] = []
  for await (const page of readCsv(once(Buffer.from(file)), defaultLimits)) rows.push(...page)
  return keyed(rows)
}

/** The rows of a workbook's first sheet by its header. Needs the packages `yauzl` and `saxes`. */
export async function rowsOfXlsx (file: Uint8Array): Promise<Record<string, unknown>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'commons-testing-'))
  try {
    const path = join(folder, 'file.xlsx')
    await writeFile(path, file)
    const rows: SheetRow[] = []
    for await (const page of readXlsx(path, defaultLimits)) rows.push(...page)
    return keyed(rows)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function fileOf (format: 'csv' | 'xlsx', rows: readonly TestRow[]): Promise<Buffer> {
  const names = Object.keys(rows[0] ?? {})
  const columns = names.map(name => ({ name, label: name, kind: kindOfColumn(rows, name) }))
  const frame: TableFrame = { title: 'Sheet1', columns }
  const cells = rows.map(row => names.map(name => row[name] ?? null))
  const parts: Uint8Array[] = []
  for await (const part of formats[format].writer({}, rows.length)(frame, once(cells))) parts.push(part)
  return Buffer.concat(parts)
}

function kindOfColumn (rows: readonly TestRow[], name: string): 'number' | 'boolean' | 'text' {
  const values = rows.map(row => row[name]).filter(value => value !== null && value !== undefined)
  if (values.length > 0 && values.every(value => typeof value === 'number')) return 'number'
  return values.length > 0 && values.every(value => typeof value === 'boolean') ? 'boolean' : 'text'
}

function keyed ([header, ...rows]: readonly SheetRow[]): Record<string, unknown>[] {
  const names = (header?.cells ?? []).map(cell => String(shownCell(cell)))
  return rows.map(({ cells }) => Object.fromEntries(names.map((name, i) => [name, shownCell(cells[i] ?? null)])))
}

async function * once<T> (value: T): AsyncGenerator<T> {
  yield value
}
