import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { KeyedWrite } from '../../sql/port/statement-parts.js'
import type { Chunk } from './chunk.js'
import type { WriteContext, InputRow } from './write-context.js'

interface LockOrder {
  readonly unique: UniqueMeta
  /** When rows were last upserted by this unique constraint. */
  readonly upsertedAt: number
}

/**
 * Model → the unique constraint in whose order its rows are locked. An upsert can lock rows in no other order than that
 * of its key, since it also makes rows, so the first upsert of a model decides; until then it is the primary key.
 */
const orders = new WeakMap<Model, LockOrder>()

/** Notes an upsert. True where it locks rows in the same order as all other writes of the model. */
export function leadsOrder (model: Model, on: UniqueMeta): boolean {
  const order = orders.get(model)
  if (order !== undefined && order.unique !== on) return false
  orders.set(model, { unique: on, upsertedAt: performance.now() })
  return true
}

/** The unique constraint in whose order the rows of a model are locked. */
export function lockOrder (model: Model): UniqueMeta {
  return orders.get(model)?.unique ?? model.primaryKey
}

/** The same as fields, for a statement. */
export function lockFields (model: Model): readonly FieldMeta[] {
  return lockOrder(model).fields.map(name => model.ownField(name))
}

/** Milliseconds after an upsert for which statements that find rows by other keys lock them in its order. */
const upsertsFor = 10_000

/**
 * Rows that a statement locks so at most: the sizes at which clients of an API meet. Larger ones do where writers have
 * met.
 */
const orderedRows = 1000

/**
 * The lock of a statement that finds its rows by key. It costs half of the statement's time again, so it is taken only
 * while there are upserts, which would meet it in another order. A single row has no order.
 */
export function statementLock (model: Model, { rows }: Chunk): Pick<KeyedWrite, 'lock'> {
  return rows.length > 1 && rows.length <= orderedRows && hasUpserts(model) ? { lock: lockFields(model) } : {}
}

/** Whether the statements of a batch lock all of its rows in that order. */
export function isOrdered ({ model, chunkRows }: WriteContext, rows: readonly InputRow[]): boolean {
  return rows.length === 1 || (rows.length <= Math.min(orderedRows, chunkRows) && hasUpserts(model))
}

function hasUpserts (model: Model): boolean {
  return performance.now() - (orders.get(model)?.upsertedAt ?? -Infinity) < upsertsFor
}
