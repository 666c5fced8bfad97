import { actorStamp, type Feature } from './feature.js'

/** `@commons.audit`: who made, changed, deleted and restored a row, and when it was made and changed. */
export const audit: Feature = {
  ownedFields: ({ audit }) => [
    audit?.createdAt,
    audit?.updatedAt,
    audit?.createdBy,
    audit?.updatedBy,
    audit?.deletedBy,
    audit?.restoredBy
  ],
  keptByUpsert: ({ audit }) => [audit?.createdAt, audit?.createdBy],
  changeStamps: ({ audit }, acting) =>
    audit === undefined ? [] : [[audit.updatedAt, acting.now], ...actorStamp(audit.updatedBy, acting)],
  insertStamps: ({ audit }, acting) =>
    audit === undefined ? [] : [[audit.createdAt, acting.now], ...actorStamp(audit.createdBy, acting)],
  deletionStamps: ({ audit }, acting) => (audit === undefined ? [] : actorStamp(audit.deletedBy, acting)),
  restorationStamps ({ audit }, acting) {
    if (audit === undefined) return []
    const { deletedBy, restoredBy } = audit
    return [...(deletedBy === null ? [] : [[deletedBy, null] as const]), ...actorStamp(restoredBy, acting)]
  }
}
