import { dependentsOf } from '../../../lib/store/core/dependents.js'
import type { Model, Registry } from '../../../lib/model/registry.js'
import { createStore } from '../../binding/store.js'
import type { Call } from '../query/calls.js'
import { delegateOf, type Below } from '../query/delegates.js'
import { inTransaction } from '../query/in-transaction.js'
import { listOf, type Input } from '../query/input.js'
import { keySelect, selectorOf } from '../query/row-keys.js'
import { deletionMarks } from './stamped.js'
import { conditionOf } from '../query/visible.js'

/**
 * Prisma's `delete`: on models whose rows can be marked it marks, and the row keeps the stamp that it may have already.
 */
export function deleteOne (call: Call): unknown {
  const {
    args,
    model,
    prisma,
    suite: { registry, visibility }
  } = call
  const selected = visibility.exclude.selection(model, args)
  if (model.meta.features.softDelete === undefined) return prisma['delete']!(selected)
  const where = notDeleted(call, args['where'])
  if (!hasDependents(registry, model)) return prisma['update']!({ ...selected, where, data: marks(call) })
  const { where: _where, ...selection } = selected
  return inTransaction(call, async client => {
    const key = (await delegateOf(client, model)['findUniqueOrThrow']!({ where, select: keySelect(model) })) as Input
    await markByKey(call, client, [key])
    return delegateOf(client, model)['findUniqueOrThrow']!({ ...selection, where: selectorOf(model, key) })
  })
}

/** Prisma's `deleteMany`, by marks. */
export function deleteMany (call: Call): unknown {
  const {
    args,
    model,
    prisma,
    suite: { registry, visibility }
  } = call
  if (model.meta.features.softDelete === undefined) return prisma['deleteMany']!(visibility.exclude.args(model, args))
  const { where, limit } = args
  if (!hasDependents(registry, model)) {
    return prisma['updateMany']!({ ...args, where: notDeleted(call, where), data: marks(call) })
  }
  return inTransaction(call, async client => {
    const keys = (await delegateOf(client, model)['findMany']!({
      where: notDeleted(call, where),
      take: limit,
      select: keySelect(model)
    })) as Input[]
    return { count: await markByKey(call, client, keys) }
  })
}

/** The condition of a deletion: rows that are marked are none of it, even where the caller speaks of the mark. */
function notDeleted ({ model, suite: { visibility } }: Call, where: unknown): Input {
  const live = conditionOf(model, 'exclude') ?? {}
  const seen = visibility.exclude.where(model, where as Input | undefined) ?? live
  const isLive = Object.keys(live).every(mark => seen[mark] === null)
  return isLive ? seen : { ...seen, AND: [...listOf(seen['AND']), live] }
}

function marks ({ model, suite: { config } }: Call): Input {
  return deletionMarks(model, config.acting()(model))
}

async function markByKey (
  { model, suite: { config, registry } }: Call,
  client: Below,
  keys: readonly Input[]
): Promise<number> {
  const report = await createStore(client, registry, config).delete(
    model,
    keys.map(key => selectorOf(model, key)),
    { rows: null }
  )
  return report.deleted
}

/** True when others refer to rows of the model in a way that a deletion has to look after. */
export function hasDependents (registry: Registry, model: Model): boolean {
  const { cascades, restrictions } = dependentsOf(registry, model)
  return cascades.length > 0 || restrictions.length > 0
}
