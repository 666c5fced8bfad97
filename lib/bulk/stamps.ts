import type { Touch } from '../sql/dialect.js'
import type { BulkContext } from './context.js'

/** Who and when of a change: what both a new row and one that changes get. */
function changeStamps ({ model, now, actorId }: BulkContext): Map<string, unknown> {
  const { audit } = model.meta.features
  const stamps = new Map<string, unknown>()
  for (const field of model.meta.fields) if (field.updatedAt) stamps.set(field.name, now)
  if (audit !== undefined) {
    stamps.set(audit.updatedAt, now)
    if (audit.updatedBy !== null && actorId !== null) stamps.set(audit.updatedBy, actorId)
  }
  return stamps
}

/** Values that the suite gives to a new row where the row names none: field → value. */
export function insertStamps (context: BulkContext): ReadonlyMap<string, unknown> {
  const { model, now, actorId } = context
  const { audit } = model.meta.features
  const stamps = changeStamps(context)
  if (audit !== undefined) {
    stamps.set(audit.createdAt, now)
    if (audit.createdBy !== null && actorId !== null) stamps.set(audit.createdBy, actorId)
  }
  return stamps
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
