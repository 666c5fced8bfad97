import { features } from '../../features/features.js'
import { isSlug } from '../../model/is-slug.js'
import type { UniqueMeta } from '../../model/meta.js'
import type { UpsertWrite } from '../../sql/port/write-statements.js'
import type { Chunk } from '../core/chunk.js'
import { readFields } from '../core/columns.js'
import type { WriteContext } from '../core/write-context.js'
import type { ItemErrors } from '../core/item-errors.js'
import { insertColumns, isGenerated } from './insert-columns.js'
import { excludesMarked, notDeleted } from '../core/soft-delete-filter.js'
import { lockFields } from '../core/lock-order.js'
import type { ReportOptions } from '../core/report.js'
import { touches } from '../core/stamps.js'
import { expectedVersions, type Version } from '../core/versions.js'

export interface UpsertOptions extends ReportOptions {
  /** The unique constraint that tells whether a row exists. */
  readonly on: UniqueMeta
  /** Fields to write on rows that exist; absent: all that the rows name, but the key. */
  readonly update: readonly string[] | undefined
  /** What to do with items of the same key. */
  readonly onDuplicate: 'error' | 'first' | 'last'
  /** The version each item expects, by its index; undefined takes any. */
  readonly expected: readonly Version[] | null
  /**
   * Which items write the row that they find, so that it is stamped and counted, though none of its values changes;
   * absent: none.
   */
  readonly touched?: readonly boolean[] | null
}

/** A chunk as the statement that upserts it. */
export interface PreparedUpsert {
  readonly chunk: Chunk
  readonly write: UpsertWrite
  /** Fields that an item lacks for an insert, by its place in the chunk. */
  readonly incomplete: ReadonlyMap<number, readonly string[]>
  readonly isMerge: boolean
}

/** What was found out about the items beforehand. */
interface KnownItems {
  /** Which items have a slug that was generated for them, by field. */
  readonly generated: ReadonlyMap<string, ReadonlySet<number>>
  /** Items that are not to be inserted. */
  readonly existing: ReadonlySet<number>
}

export function prepareUpsert (
  context: WriteContext,
  chunk: Chunk,
  options: UpsertOptions,
  { generated, existing }: KnownItems,
  itemErrors: ItemErrors
): PreparedUpsert {
  const { model, dialect } = context
  const found = readFields(context, chunk, itemErrors)
  const { columns: inserted, incomplete } = insertColumns(context, chunk, found, itemErrors)
  const update = updatedFields(context, options, found.keys())
  // What was generated is for new rows: one that exists keeps its slug and its id.
  const columns = inserted.map(column => {
    const { name } = column.field
    const ours = generated.get(name)
    if (!update.has(name) || (ours === undefined && !isGenerated(column.field))) return column
    const given = chunk.indexes.map(
      (index, i) => ours?.has(index) !== true && found.get(name)?.values[i] !== undefined
    )
    if (!given.includes(false)) return column
    if (given.includes(true)) return { ...column, updating: dialect.encodeFlags(given) }
    update.delete(name)
    return column
  })
  const isTouched = chunk.indexes.some(index => options.touched?.[index])
  const expected = expectedVersions(context, chunk, index => options.expected?.[index], itemErrors)
  // An item that lacks only a slug has a row by the look before. Writers that make such rows side by side would meet in
  // two orders.
  const isUpdateOnly =
    existing.size > 0 || [...incomplete.values()].some(fields => fields.some(field => !isSlug(model, field)))
  const isInsertable = chunk.indexes.map((index, i) => !incomplete.has(i) && !existing.has(index))
  const write: UpsertWrite = {
    model,
    columns,
    on: options.on,
    update,
    touch: touches(context),
    complete: isInsertable.includes(false) ? dialect.encodeFlags(isInsertable) : null,
    expected,
    live: notDeleted(model),
    ...(isTouched ? { forced: dialect.encodeFlags(chunk.indexes.map(index => options.touched![index]!)) } : {}),
    returning:
      options.rows === null
        ? null
        : [...new Set([...options.rows.fields, ...options.on.fields.map(name => model.ownField(name))])],
    ...(isUpdateOnly || expected !== null ? { lock: lockFields(model) } : {})
  }
  const isSparse = columns.some(
    ({ field, named, updating }) => update.has(field.name) && (named === 'some' || updating !== undefined)
  )
  // A row that is soft-deleted may hold the key, which ON CONFLICT would not tell from a row that stays the same.
  const mayBeMarked = !excludesMarked(model, options.on.where)
  // ON CONFLICT gives rows back, and a row may hold its key in another form than the item does.
  const isTold = options.outcomes === true
  return {
    chunk,
    write,
    incomplete,
    isMerge: isSparse || isTouched || write.complete !== null || write.expected !== null || mayBeMarked || isTold
  }
}

/** A row that exists keeps its keys and who made it, and its version is counted, whatever an item says. */
function updatedFields ({ model }: WriteContext, { on, update }: UpsertOptions, named: Iterable<string>): Set<string> {
  const kept = new Set<string | null | undefined>([
    ...on.fields,
    ...model.primaryKey.fields,
    ...features.flatMap(feature => feature.keptByUpsert?.(model.meta.features) ?? [])
  ])
  const wanted = update === undefined ? null : new Set(update)
  return new Set([...named].filter(field => !kept.has(field) && (wanted === null || wanted.has(field))))
}
