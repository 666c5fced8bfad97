import type { DeletedRows } from '../../model/meta.js'
import type { Fallback, WriteColumn } from '../../sql/port/statement-parts.js'
import type { UpdateWrite } from '../../sql/port/write-statements.js'
import { chunksOf, type Chunk } from '../core/chunk.js'
import { columnOf, isRow, keyColumns, ownRow, readFields } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { selectedBy, reportKeyed, writeKeyed } from './write-by-key.js'
import { type KeyedJob } from './keyed-job.js'
import { reportRepeated, rowKeys, sortByKey } from '../core/keys.js'
import { replaceFallback } from '../core/replace-fallback.js'
import { ReportBuilder, type BulkReport, type ReportOptions } from '../core/report.js'
import { readSelectors } from '../core/selector.js'
import { statementLock } from '../core/lock-order.js'
import { touches } from '../core/stamps.js'
import { expectedVersions, type Version } from '../core/versions.js'

export interface UpdateItem {
  readonly where: InputRow
  readonly data: InputRow
  /** Version the row must have. */
  readonly version?: Version
  /** Write the row, so that it is stamped and counted, though none of its values changes. Default: false. */
  readonly touch?: boolean
}

export interface UpdateOptions extends ReportOptions {
  /** `sparse`: a field that an item does not name keeps its value. `replace`: an optional one goes to its default. */
  readonly mode: 'sparse' | 'replace'
  /** `report`: items without a row, or with another version, are reported. `error`: they fail the whole batch. */
  readonly unmatched: 'report' | 'error'
  /** Whether items may select soft-deleted rows. Default: `exclude`. */
  readonly deleted?: DeletedRows
}

/** Updates rows by key, each with its own values. */
export async function updateRows (
  context: WriteContext,
  items: readonly UpdateItem[],
  options: UpdateOptions
): Promise<BulkReport> {
  const itemErrors = new ItemErrors()
  const data = items.map(item => ownRow(item?.data))
  const selectors = items.map(item => item?.where)
  const selection = readSelectors(context, selectors, itemErrors, options.deleted)
  const { order, repeated } = sortByKey(rowKeys(context, selection.unique, selection.rows))
  reportRepeated(selection.unique, repeated, itemErrors)
  const expected = items.map(item => item?.version)
  const compareOf = (chunk: Chunk): readonly WriteColumn[] =>
    updateOf(job, options, chunk, [], new ItemErrors())?.columns ?? []
  const touched = items.map(item => item?.touch === true)
  const job: KeyedJob = {
    context,
    selection,
    selectors,
    expected,
    rows: options.rows,
    known: selection.where,
    idle: 'unchanged',
    compareOf
  }
  const results = await writeKeyed(job, {
    itemErrors,
    chunks: chunksOf(data, context.chunkRows, order),
    values: data,
    statementOf: chunk => {
      const write = updateOf(job, options, chunk, touched, itemErrors)
      return write === null ? null : context.dialect.update(write)
    },
    returning: options.rows?.fields ?? null,
    unmatched: options.unmatched
  })
  const builder = new ReportBuilder(options)
  reportKeyed(builder, results, 'updated')
  return builder.report()
}

/** Null when the items name nothing to write. */
function updateOf (
  { context, selection, expected, rows }: KeyedJob,
  { mode }: UpdateOptions,
  chunk: Chunk,
  touched: readonly boolean[],
  itemErrors: ItemErrors
): UpdateWrite | null {
  const isTouched = chunk.indexes.some(index => touched[index])
  const { model } = context
  const found = readFields(context, chunk, itemErrors)
  const columns = model.meta.fields.flatMap(field => {
    // The version is counted, never set.
    if (field.name === model.meta.features.version?.field) return []
    const values = found.get(field.name)
    const fallback: Fallback | null =
      mode === 'replace' ? replaceFallback(context, selection.unique, field) : { kind: 'keep' }
    if (fallback === null) {
      chunk.rows.forEach((row, i) => {
        if (isRow(row) && values?.values[i] === undefined) itemErrors.add('required', chunk.indexes[i]!, field.name)
      })
    }
    if (values === undefined && (fallback?.kind ?? 'keep') === 'keep') return []
    return [columnOf(context, chunk, field, values, fallback ?? { kind: 'keep' }, itemErrors)]
  })
  const write: UpdateWrite = {
    model,
    rows: chunk.rows.length,
    keys: keyColumns(context, selectedBy(selection, chunk), selection.unique.fields, itemErrors),
    where: selection.where,
    columns,
    touch: touches(context),
    expected: expectedVersions(context, chunk, index => expected?.[index], itemErrors),
    returning: rows?.fields ?? null,
    ...statementLock(context.model, chunk),
    ...(isTouched ? { forced: context.dialect.encodeFlags(chunk.indexes.map(index => touched[index]!)) } : {})
  }
  return columns.length === 0 && !isTouched ? null : write
}
