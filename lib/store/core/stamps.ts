import type { Model } from '../../model/registry.js'
import type { Touch, WriteColumn } from '../../sql/port/statement-parts.js'
import type { BulkContext } from './write-context.js'

/** Who changes rows of which model, and when. */
export type StampContext = Pick<BulkContext, 'model' | 'now' | 'actorId'>

/** Who acts, and when. */
export type Acting = Omit<StampContext, 'model'>

/**
 * Reads who acts, and when, at the moment of a call: by the time that a lazy promise runs it may be another one. What
 * it gives is for all rows of that call, and asked for each model whose rows are written.
 */
export type ReadActing = () => (model: Model) => Acting

/** Field → value. */
export type Stamps = Map<string, unknown>

/** Who and when of a change: what both a new row and one that changes get. */
export function changeStamps ({ model, now, actorId }: StampContext): Stamps {
  const { audit, currentUser = [] } = model.meta.features
  const stamps: Stamps = new Map()
  for (const field of model.meta.fields) if (field.updatedAt) stamps.set(field.name, now)
  if (audit !== undefined) {
    stamps.set(audit.updatedAt, now)
    if (audit.updatedBy !== null && actorId !== null) stamps.set(audit.updatedBy, actorId)
  }
  for (const { field, on } of currentUser) if (on === 'update' && actorId !== null) stamps.set(field, actorId)
  return stamps
}

/** Values that the suite gives to a new row where the row names none. */
export function insertStamps (context: StampContext): Stamps {
  const { model, now, actorId } = context
  const { audit, currentUser = [] } = model.meta.features
  const stamps = changeStamps(context)
  if (audit !== undefined) {
    stamps.set(audit.createdAt, now)
    if (audit.createdBy !== null && actorId !== null) stamps.set(audit.createdBy, actorId)
  }
  for (const { field } of currentUser) if (actorId !== null) stamps.set(field, actorId)
  return stamps
}

/** What marks a row as deleted. `deletionId` tells the rows that went together; null on models without cascades. */
export function deletionStamps ({ model, now, actorId }: StampContext, deletionId: string | null): Stamps {
  const { audit, softDelete } = model.meta.features
  const stamps: Stamps = new Map()
  if (softDelete === undefined) return stamps
  stamps.set(softDelete.deletedAt, now)
  if (softDelete.isActive !== null) stamps.set(softDelete.isActive, false)
  if (softDelete.deletionId !== null) stamps.set(softDelete.deletionId, deletionId)
  if (audit?.deletedBy != null && actorId !== null) stamps.set(audit.deletedBy, actorId)
  return stamps
}

/** What takes the mark away again. */
export function restorationStamps ({ model, actorId }: StampContext): Stamps {
  const { audit, softDelete } = model.meta.features
  const stamps: Stamps = new Map()
  if (softDelete === undefined) return stamps
  stamps.set(softDelete.deletedAt, null)
  if (softDelete.isActive !== null) stamps.set(softDelete.isActive, true)
  if (softDelete.deletionId !== null) stamps.set(softDelete.deletionId, null)
  if (audit?.deletedBy != null) stamps.set(audit.deletedBy, null)
  if (audit?.restoredBy != null && actorId !== null) stamps.set(audit.restoredBy, actorId)
  return stamps
}

/** Stamps as columns of a statement, the same in all of its rows. */
export function stampColumns ({ model, dialect }: BulkContext, stamps: ReadonlyMap<string, unknown>): WriteColumn[] {
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
export function touches (context: BulkContext): Touch[] {
  const { model, dialect } = context
  const { version } = model.meta.features
  const touched = [...changeStamps(context)].map(([name, value]): Touch => {
    const field = model.ownField(name)
    return { field, kind: 'bind', value: dialect.encodeValue(model, field, value) }
  })
  return version === undefined ? touched : [...touched, { field: model.ownField(version.field), kind: 'increment' }]
}
