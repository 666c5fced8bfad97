import { randomUUID } from 'node:crypto'
import type { Acting } from '../../../lib/features/feature.js'
import { changeStamps, counters, deletionStamps, insertStamps, type Stamps } from '../../../lib/store/core/stamps.js'
import type { Model } from '../../../lib/model/registry.js'
import type { Input } from '../query/input.js'

/**
 * The values of a new row with its stamps; what the caller names stays.
 *
 * @param fixed fields that take no value here: the key of the row that this one is nested in
 */
export function stampedCreate (model: Model, data: Input, acting: Acting, fixed: readonly string[] = []): Input {
  return withStamps(model, data, insertStamps({ model, ...acting }), fixed)
}

/** The values that a row changes to, with its stamps. The version is counted, whatever the caller names. */
export function stampedUpdate (model: Model, data: Input, acting: Acting, fixed: readonly string[] = []): Input {
  return Object.assign(withStamps(model, data, changeStamps({ model, ...acting }), fixed), nextVersion(model))
}

/** What marks a row of the model as deleted, as the values of an update. */
export function deletionMarks (model: Model, acting: Acting, fixed: readonly string[] = []): Input {
  const context = { model, ...acting }
  return Object.assign(
    withStamps(model, {}, new Map([...changeStamps(context), ...deletionStamps(context, randomUUID())]), fixed),
    nextVersion(model)
  )
}

function nextVersion (model: Model): Input {
  return Object.fromEntries(counters(model).map(name => [name, { increment: 1 }]))
}

/**
 * Prisma takes the keys of relations either all as fields or all as nested objects: a stamp that is a key goes the way
 * that the caller's values go.
 */
function withStamps (model: Model, data: Input, stamps: Stamps, fixed: readonly string[]): Record<string, unknown> {
  const usesRelations = model.meta.relations.some(
    relation => relation.fields.length > 0 && data[relation.name] !== undefined
  )
  const stamped: Record<string, unknown> = { ...data }
  for (const [name, value] of stamps) {
    if (data[name] !== undefined || fixed.includes(name)) continue
    const relation = model.relationOfKey(name)
    if (relation === undefined || !usesRelations) stamped[name] = value
    else stamped[relation.name] ??= { connect: { [relation.references[0]!]: value } }
  }
  return stamped
}
