import type { Features, FieldMeta } from './meta.js'

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
