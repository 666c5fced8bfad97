import { exportOf } from './resource-export.js'
import type { Resource } from '../resource/definition/resource.js'
import type { TableFact, TableFrame } from '../tabular/table/table.js'
import type { ExportColumn } from './columns.js'
import type { ExportRequest } from './request.js'
import type { RowSource } from './row-source.js'

/** What stands around the rows of a file, with the columns that its table has. */
export async function frameOf (
  resource: Resource,
  { format, columns, titles }: ExportRequest,
  { common }: RowSource
): Promise<TableFrame & { readonly columns: readonly ExportColumn[] }> {
  const { title, options } = exportOf(resource)
  const { siteHeader = '', dateLine = format === 'pdf' } = options
  const site = siteHeader
    .split(',')
    .map(line => line.trim())
    .filter(line => line !== '')
  const { facts, left } = await factsOf(columns, common)
  return {
    title,
    columns: left,
    lines: [...site, ...titles],
    facts,
    foot: dateLine ? [`Date: ${new Date().toISOString().slice(0, 10)}`] : []
  }
}

/** The columns of which all rows have one value, as facts, and the others; one column stays in any case. */
async function factsOf (
  columns: readonly ExportColumn[],
  commonOf: RowSource['common']
): Promise<{ readonly facts: readonly TableFact[]; readonly left: readonly ExportColumn[] }> {
  const asked = columns
    .filter(({ canBeCommon }) => canBeCommon)
    .slice(columns.every(({ canBeCommon }) => canBeCommon) ? 1 : 0)
  if (asked.length === 0) return { facts: [], left: columns }
  const values = await commonOf(asked)
  const common = new Map(asked.flatMap((column, i) => (values[i] === null ? [] : [[column, values[i]]])))
  return {
    facts: [...common].map(([{ label }, value]) => ({ label, value })),
    left: columns.filter(column => !common.has(column))
  }
}
