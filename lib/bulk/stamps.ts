import type { Touch } from '../sql/dialect.js'
import type { BulkContext } from './context.js'

/** Values that the suite gives to a new row where the row names none: field → value. */
export function insertStamps ({ model, now, actorId }: BulkContext): ReadonlyMap<string, unknown> {
  const { audit } = model.meta.features
  const stamps = new Map<string, unknown>()
  for (const field of model.meta.fields) if (field.updatedAt) stamps.set(field.name, now)
  if (audit !== undefined) {
    stamps.set(audit.createdAt, now)
    stamps.set(audit.updatedAt, now)
    for (const field of [audit.createdBy, audit.updatedBy]) if (field !== null && actorId !== null) stamps.set(field, actorId)
  }
  return stamps
}

/** Fields set on each row that changes and does not name them: version + 1, updatedAt, updatedBy. */
export function touches ({ model, dialect, now, actorId }: BulkContext): Touch[] {
  const { audit, version } = model.meta.features
  const stamps = new Map<string, unknown>()
  for (const field of model.meta.fields) if (field.updatedAt) stamps.set(field.name, now)
  if (audit !== undefined) {
    stamps.set(audit.updatedAt, now)
    if (audit.updatedBy !== null && actorId !== null) stamps.set(audit.updatedBy, actorId)
  }
  const touched = [...stamps].map(([name, value]): Touch => {
    const field = model.ownField(name)
    return { field, kind: 'bind', value: dialect.encodeValue(model, field, value) }
  })
  return version === undefined ? touched : [...touched, { field: model.ownField(version.field), kind: 'increment' }]
}
