import { exportOf } from '../../export/resource-export.js'
import { buffer } from 'node:stream/consumers'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import { scopesOf, type Caller } from '../../resource/write/caller.js'
import { enterRead, leaveRead } from '../../resource/write/rule-call.js'
import type { Resource } from '../../resource/definition/resource.js'
import { csvWriter } from '../../tabular/csv/write-csv.js'
import type { Cell } from '../../tabular/table/table.js'
import type { CellRule, SheetColumn, WorkbookSheet } from '../../tabular/xlsx/write/workbook.js'
import { writeWorkbook } from '../../tabular/xlsx/write/write-workbook.js'
import type { ImportFormat } from '../plan/options.js'
import type { ImportPlan } from '../plan/plan.js'
import { templateColumns, type TemplateColumn, type TemplateOrder } from './template-columns.js'
import { exampleRows, examplesOf } from './template-examples.js'
import { guideSheet, pagesOf, type GuideParts } from './template-guide.js'
import { cellKindOf, cellRuleOf } from './template-kinds.js'
import { readLists, type ValueList } from './template-lists.js'

/** Widths of columns, in characters. */
const narrowest = 12
const widest = 40

/** Which template is wanted. */
export interface TemplateRequest {
  /** Undefined: a workbook where one can be written and imported, else CSV. */
  readonly format: ImportFormat | undefined
  /** Rows with values that an import takes. */
  readonly includeExamples: boolean
  readonly order: TemplateOrder
}

/** A file to fill in. */
export interface TemplateFile {
  readonly name: string
  readonly format: ImportFormat
  readonly columns: readonly TemplateColumn[]
  readonly bytes: Buffer
}

/**
 * Makes an empty file to fill in and import: its first row is the header. A workbook checks what is typed, offers what
 * may be chosen, and has a second sheet that explains the columns.
 *
 * @throws CommonsError `format_unavailable` for a workbook without the package yazl; what permissions and hooks throw
 */
export async function makeTemplate (
  resource: Resource,
  plan: ImportPlan,
  store: ModelStore,
  { format, includeExamples, order }: TemplateRequest,
  caller: Caller
): Promise<TemplateFile> {
  await enterRead(resource, store, caller)
  const columns = templateColumns(resource, plan, store.registry, order)
  const lists = await readLists(columns, store, scopesOf(resource, caller))
  const examples = examplesOf(columns, lists)
  const rows = includeExamples
    ? Array.from({ length: exampleRows }, (_, i) => columns.map(column => examples.get(column)![i]))
    : []
  const parts = { resource, plan, columns, lists, examples }
  const file = await bytesOf(
    format ?? (plan.formats.includes('xlsx') ? 'xlsx' : 'csv'),
    format === undefined && plan.formats.includes('csv'),
    parts,
    rows
  )
  await leaveRead(resource, store, caller, [])
  return { ...file, columns, name: `${exportOf(resource).fileName}-template.${file.format}` }
}

/** @param mayFallBack CSV will do where workbooks cannot be written */
async function bytesOf (
  format: ImportFormat,
  mayFallBack: boolean,
  parts: GuideParts,
  rows: readonly (readonly Cell[])[]
): Promise<Pick<TemplateFile, 'format' | 'bytes'>> {
  if (format === 'csv') return { format, bytes: await csvOf(parts, rows) }
  try {
    return { format, bytes: await buffer(writeWorkbook(sheetsOf(parts, rows))) }
  } catch (error) {
    if (!mayFallBack || !(error instanceof CommonsError) || error.code !== 'format_unavailable') throw error
    return { format: 'csv', bytes: await csvOf(parts, rows) }
  }
}

async function csvOf (
  { resource, plan: { csv }, columns }: GuideParts,
  rows: readonly (readonly Cell[])[]
): Promise<Buffer> {
  // With the mark it is UTF-8 to spreadsheets, and to an import whose files have another encoding.
  const write = csvWriter({ bom: true, ...(csv.delimiter === undefined ? {} : { delimiter: csv.delimiter }) })
  return await buffer(
    write(
      { title: resource.plural, columns: columns.map(column => sheetColumn(column, undefined, [])) },
      pagesOf(rows)
    )
  )
}

function sheetsOf (parts: GuideParts, rows: readonly (readonly Cell[])[]): readonly WorkbookSheet[] {
  const { resource, columns, lists, examples } = parts
  // No other sheet can have this title.
  const title = `${resource.plural} lists`
  const shared = [...new Map([...lists.values()].map(list => [list.values, list])).values()]
  const ruleOf = (column: TemplateColumn): CellRule | undefined => {
    const list = lists.get(column)
    if (list !== undefined) {
      return {
        type: 'list',
        sheet: title,
        column: shared.findIndex(({ values }) => values === list.values),
        count: list.values.length,
        isOpen: list.isOpen
      }
    }
    const {
      isFree,
      column: {
        of: { model, field, rule }
      }
    } = column
    return isFree ? undefined : cellRuleOf(model, field, rule)
  }
  return [
    {
      title: resource.plural,
      columns: columns.map(column => sheetColumn(column, ruleOf(column), examples.get(column)!)),
      rows: pagesOf(rows)
    },
    guideSheet(parts),
    ...(shared.length > 0 ? [listSheet(title, shared)] : [])
  ]
}

function listSheet (title: string, lists: readonly ValueList[]): WorkbookSheet {
  const longest = Math.max(...lists.map(({ values }) => values.length))
  return {
    title,
    hidden: true,
    columns: lists.map(({ kind }, i): SheetColumn => ({ name: `List ${i + 1}`, label: `List ${i + 1}`, kind })),
    rows: pagesOf(Array.from({ length: longest }, (_, row) => lists.map(({ values }) => values[row] ?? null)))
  }
}

function sheetColumn (
  {
    column: {
      name,
      required,
      of: { field }
    },
    codec
  }: TemplateColumn,
  rule: CellRule | undefined,
  examples: readonly Cell[]
): SheetColumn {
  const longest = Math.max(...[name, ...examples].map(value => String(value ?? '').length))
  return {
    name,
    label: name,
    kind: codec === null ? cellKindOf(field) : 'text',
    // The button of the filter stands in the cell of the header too.
    width: Math.min(Math.max(longest + 4, narrowest), widest),
    header: required ? 'required' : 'optional',
    ...(rule === undefined ? {} : { rule })
  }
}
