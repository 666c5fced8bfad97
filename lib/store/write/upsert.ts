import { CommonsError } from '../../errors.js'
import type { SqlRunner } from '../../sql/port/runner.js'
import type { Chunk } from '../core/chunk.js'
import { ownRow } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { AvoidableError, diagnosed } from './explain-constraint.js'
import { ItemErrors } from '../core/item-errors.js'
import { insertChunks } from './insert-chunks.js'
import { reportRepeated, rowKeys, sortByKey } from '../core/keys.js'
import { notDeleted } from '../core/soft-delete-filter.js'
import { leadsOrder } from '../core/lock-order.js'
import { inWaves } from './moves.js'
import { prepareUpsert, type PreparedUpsert, type UpsertOptions } from './prepare-upsert.js'
import { ReportBuilder, type BulkReport } from '../core/report.js'
import { untilFree, type FilledRows } from '../slug/slugs.js'
import { existingRows, fillNewRows, upsertSlugs } from '../slug/upsert-slugs.js'
import { writeChunks } from './write-chunks.js'
import { writeUpsert } from './write-upsert.js'
import { type UpsertResult } from './upsert-result.js'

/** Inserts the rows whose key is new and updates the others. Fails as a whole, with all faulty items named. */
export async function upsertRows (
  context: WriteContext,
  items: readonly InputRow[],
  options: UpsertOptions
): Promise<BulkReport> {
  const rows = items.map(ownRow)
  const itemErrors = new ItemErrors()
  const indexes = distinctItems(context, rows, options, itemErrors)
  const lacking = upsertSlugs(context, rows, options.on)
  const job = { context, options, indexes, itemErrors }
  // Items at fault are not going to be written: there is nothing to generate.
  if (lacking.length === 0 || itemErrors.any) return await upsertFilled(job, { rows, lacking: [] })
  return await untilFree(
    context,
    async () => await fillNewRows(context, rows, lacking, options.on, indexes),
    async filled => await upsertFilled(job, filled)
  )
}

interface UpsertJob {
  readonly context: WriteContext
  readonly options: UpsertOptions
  /** The items to write, in the order of their keys. */
  readonly indexes: readonly number[]
  readonly itemErrors: ItemErrors
}

/**
 * PostgreSQL checks the row that an item would insert before it looks for the one that exists. An item that names few
 * fields may break a check constraint so, though its row would not: then rows that exist are updated only.
 */
async function upsertFilled (job: UpsertJob, filled: FilledRows): Promise<BulkReport> {
  const { context, options, indexes } = job
  try {
    return await upsertOnce(job, filled, new Set())
  } catch (error) {
    if (!(error instanceof CommonsError) || error.code !== 'check_violation') throw error
    if (context.runner.inTransaction && !context.isolates) throw new AvoidableError(error)
    const existing = await existingRows(context, filled.rows, options.on, indexes)
    if (existing.size === 0) throw error
    return await upsertOnce(job, filled, existing)
  }
}

/** @param existing items that are not to be inserted */
async function upsertOnce (
  { context, options, indexes, itemErrors }: UpsertJob,
  { rows, lacking }: FilledRows,
  existing: Set<number>
): Promise<BulkReport> {
  const builder = new ReportBuilder(options)
  const generated = new Map(lacking.map(({ field, indexes }) => [field.name, new Set(indexes)]))
  const prepare = (chunk: Chunk): PreparedUpsert =>
    prepareUpsert(context, chunk, options, { generated, existing }, itemErrors)
  const write = async (prepared: PreparedUpsert, runner: SqlRunner): Promise<UpsertResult> => {
    return writeUpsert({ context: { ...context, runner }, options, existing, prepare }, prepared, 1)
  }
  const mayUndo = ({ isMerge }: PreparedUpsert): boolean => isMerge
  const settle = (results: readonly UpsertResult[]): void => {
    const refused = new ItemErrors()
    for (const result of results) refused.include(result.refused)
    refused.throwIfAny()
  }
  const own = { unique: options.on, rows, where: notDeleted(context.model, options.on.where) }
  // One row alone is locked in no order.
  const unordered = indexes.length < 2 || leadsOrder(context.model, options.on) ? null : own
  const results = await diagnosed(
    context,
    { rows, own, hasGeneratedSlugs: lacking.length > 0 },
    async (inner, moves) => {
      const chunks = inWaves(insertChunks(context, rows, indexes), moves)
      return await writeChunks(inner, chunks, itemErrors, { prepare, write, unordered, mayUndo, settle })
    }
  )
  for (const result of results) {
    builder.created += result.created
    builder.updated += result.updated
    builder.unchanged += result.unchanged
    for (const [index, outcome] of result.outcomes) builder.tell(index, outcome)
    for (const [index, row] of result.rows) builder.place(index, row)
  }
  return builder.report()
}

/** Checks the keys and gives the items to write, in the order of their keys. */
function distinctItems (
  context: WriteContext,
  rows: readonly InputRow[],
  { on, onDuplicate }: UpsertOptions,
  itemErrors: ItemErrors
): readonly number[] {
  const keys = rowKeys(context, on, rows)
  keys.forEach((key, index) => {
    if (key !== null) return
    for (const field of on.fields) {
      if (rows[index]?.[field] === undefined || rows[index]?.[field] === null) {
        itemErrors.add('missing_unique_field', index, field, { field })
      }
    }
  })
  const { order, repeated } = sortByKey(keys)
  const left = new Set<number>()
  if (onDuplicate === 'error') reportRepeated(on, repeated, itemErrors)
  else {
    for (const group of repeated) {
      for (const index of onDuplicate === 'first' ? group.slice(1) : group.slice(0, -1)) left.add(index)
    }
  }
  return left.size === 0 ? order : order.filter(index => !left.has(index))
}
