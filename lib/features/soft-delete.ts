import type { SoftDeleteFeature } from '../model/meta.js'
import { notNull } from '../sql/port/row-condition.js'
import type { Feature, Stamp } from './feature.js'

/** `@commons.softDelete`: deleted rows stay, and calls do not see them. */
export const softDelete: Feature = {
  ownedFields: ({ softDelete }) => [softDelete?.deletedAt, softDelete?.isActive, softDelete?.deletionId],
  deletionStamps: ({ softDelete }, { now }, deletionId) =>
    softDelete === undefined ? [] : stampsOf(softDelete, now, deletionId),
  restorationStamps: ({ softDelete }) => (softDelete === undefined ? [] : stampsOf(softDelete, null, null)),
  readFilter ({ softDelete }, deleted) {
    if (softDelete === undefined || deleted === 'include') return null
    return { [softDelete.deletedAt]: deleted === 'exclude' ? null : notNull }
  }
}

/** @param since null: the row is not deleted */
function stampsOf (
  { deletedAt, isActive, deletionId }: SoftDeleteFeature,
  since: Date | null,
  id: string | null
): readonly Stamp[] {
  const stamps: Stamp[] = [[deletedAt, since]]
  if (isActive !== null) stamps.push([isActive, since === null])
  if (deletionId !== null) stamps.push([deletionId, id])
  return stamps
}
