import type { FieldMeta } from '../model/meta.js'
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

/** Fields set on each row that changes, beside what the items say: version + 1, updatedAt, updatedBy. */
export function updateStamps ({ model, now, actorId }: BulkContext): ReadonlyMap<string, 'increment' | { readonly value: unknown }> {
  const { audit, version } = model.meta.features
  const stamps = new Map<string, 'increment' | { readonly value: unknown }>()
  for (const field of model.meta.fields) if (field.updatedAt) stamps.set(field.name, { value: now })
  if (audit !== undefined) {
    stamps.set(audit.updatedAt, { value: now })
    if (audit.updatedBy !== null && actorId !== null) stamps.set(audit.updatedBy, { value: actorId })
  }
  if (version !== undefined) stamps.set(version.field, 'increment')
  return stamps
}

/** The stamps as assignments, without the fields that the items write themselves. */
export function touches (context: BulkContext, written: ReadonlySet<string>, encode: (field: FieldMeta, value: unknown) => string | null): Touch[] {
  return [...updateStamps(context)].filter(([name]) => !written.has(name)).map(([name, stamp]) => {
    const field = context.model.ownField(name)
    return stamp === 'increment' ? { field, kind: 'increment' } : { field, kind: 'bind', value: encode(field, stamp.value) }
  })
}
