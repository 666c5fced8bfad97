import type { Acting, Feature, Stamp } from '../../features/feature.js'
import { features as allFeatures } from '../../features/features.js'
import type { Model } from '../../model/registry.js'
import type { Touch, WriteColumn } from '../../sql/port/statement-parts.js'
import type { WriteContext } from './write-context.js'

/** Who changes rows of which model, and when. */
export interface StampContext extends Acting {
  readonly model: Model
}

/**
 * Reads who acts, and when, at the moment of a call: by the time that a lazy promise runs it may be another one. What
 * it gives is for all rows of that call, and asked for each model whose rows are written.
 */
export type ReadActing = () => (model: Model) => Acting

/** Field → value. */
export type Stamps = Map<string, unknown>

/** Who and when of a change: what both a new row and one that changes get. */
export function changeStamps (context: StampContext): Stamps {
  const { fields, features } = context.model.meta
  const stamps: Stamps = new Map()
  for (const field of fields) if (field.updatedAt) stamps.set(field.name, context.now)
  return stampAll(stamps, feature => feature.changeStamps?.(features, context))
}

/** Values that the suite gives to a new row where the row names none. */
export function insertStamps (context: StampContext): Stamps {
  const { features } = context.model.meta
  return stampAll(changeStamps(context), feature => feature.insertStamps?.(features, context))
}

/** The stamps of a soft deletion. `deletionId` tells the rows that went together; null on models without cascades. */
export function deletionStamps (context: StampContext, deletionId: string | null): Stamps {
  const { features } = context.model.meta
  if (features.softDelete === undefined) return new Map()
  return stampAll(new Map(), feature => feature.deletionStamps?.(features, context, deletionId))
}

/** What restores it. */
export function restorationStamps (context: StampContext): Stamps {
  const { features } = context.model.meta
  if (features.softDelete === undefined) return new Map()
  return stampAll(new Map(), feature => feature.restorationStamps?.(features, context))
}

/** Adds what each feature stamps. */
function stampAll (stamps: Stamps, stampsOf: (feature: Feature) => readonly Stamp[] | undefined): Stamps {
  for (const feature of allFeatures) {
    for (const [field, value] of stampsOf(feature) ?? []) stamps.set(field, value)
  }
  return stamps
}

/** Stamps as columns of a statement, the same in all of its rows. */
export function stampColumns ({ model, dialect }: WriteContext, stamps: ReadonlyMap<string, unknown>): WriteColumn[] {
  return [...stamps].map(([name, value]): WriteColumn => {
    const field = model.ownField(name)
    return {
      field,
      named: 'none',
      values: null,
      given: null,
      fallback: { kind: 'bind', value: dialect.encodeValue(model, field, value) }
    }
  })
}

/** Fields set on each row that changes and does not name them: version + 1, updatedAt, updatedBy. */
export function touches (context: WriteContext): Touch[] {
  const { model, dialect } = context
  const touched = [...changeStamps(context)].map(([name, value]): Touch => {
    const field = model.ownField(name)
    return { field, kind: 'bind', value: dialect.encodeValue(model, field, value) }
  })
  const counted = counters(model).map((name): Touch => ({ field: model.ownField(name), kind: 'increment' }))
  return [...touched, ...counted]
}

/** Fields that count the changes of a row. */
export function counters ({ meta }: Model): readonly string[] {
  return allFeatures
    .flatMap(feature => feature.counters?.(meta.features) ?? [])
    .filter(name => typeof name === 'string')
}
