import { defaultValue } from '../model/default-value.js'
import { isFilled } from '../model/is-filled.js'
import type { Features, FieldMeta, UniqueMeta } from '../model/meta.js'
import type { Fallback } from '../sql/dialect.js'
import type { BulkContext } from './context.js'

/**
 * What a replaced row gets in a field that its item does not name: the declared literal, NULL or an empty list.
 * Keys, stamps and whatever is generated once for a row (ids, `now()`) stay. Null: only the item can give the value.
 */
export function replaceFallback ({ model, dialect }: BulkContext, on: UniqueMeta, field: FieldMeta): Fallback | null {
  const keep: Fallback = { kind: 'keep' }
  if (
    isFilled(model, field.name) ||
    isOwned(model.meta.features, field) ||
    on.fields.includes(field.name) ||
    model.primaryKey.fields.includes(field.name)
  ) {
    return keep
  }
  if (field.default === null) {
    if (field.list) return { kind: 'bind', value: dialect.encodeValue(model, field, []) }
    return field.required ? null : { kind: 'bind', value: null }
  }
  return field.default.kind === 'value'
    ? { kind: 'bind', value: dialect.encodeValue(model, field, defaultValue(field)) }
    : keep
}

/** True for fields that features or the database write, and no caller. */
export function isOwned (features: Features, field: FieldMeta): boolean {
  const { audit, softDelete, version, currentUser = [], generated = [] } = features
  const owned = [
    audit?.createdAt,
    audit?.updatedAt,
    audit?.createdBy,
    audit?.updatedBy,
    audit?.deletedBy,
    audit?.restoredBy,
    softDelete?.deletedAt,
    softDelete?.isActive,
    softDelete?.deletionId,
    version?.field,
    ...generated
  ]
  const isUsers = currentUser.some(user => user.on === 'update' && user.field === field.name)
  return field.updatedAt || isUsers || owned.includes(field.name)
}
