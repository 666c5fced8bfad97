import { CommonsError } from '../../errors.js'
import { features } from '../../features/features.js'
import type { DeletedRows, SoftDeleteFeature } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { RowCondition } from '../../sql/port/row-condition.js'

/**
 * A condition narrowed to the rows that a call may see by the features of the model. Without a feature that filters it
 * stays as it is.
 */
export function deletedFilter ({ meta }: Model, deleted: DeletedRows, where: RowCondition = null): RowCondition {
  let visible = where
  for (const feature of features) {
    const filter = feature.readFilter?.(meta.features, deleted) ?? null
    if (filter !== null) visible = { ...visible, ...filter }
  }
  return visible
}

/** The same for rows that are not soft-deleted: to everyone else the others do not exist. */
export function notDeleted (model: Model, where: RowCondition = null): RowCondition {
  return deletedFilter(model, 'exclude', where)
}

/** True where a condition, as that of a partial unique index, holds for no row that is soft-deleted. */
export function excludesMarked ({ meta }: Model, where: RowCondition): boolean {
  const { softDelete } = meta.features
  return softDelete === undefined || where?.[softDelete.deletedAt] === null
}

/** The feature of a model whose rows are to be soft-deleted; its absence is a mistake in the program. */
export function softDeleteOf ({ name, meta }: Model): SoftDeleteFeature {
  const { softDelete } = meta.features
  if (softDelete === undefined) {
    throw new CommonsError('validation_failed', {
      message: `${name} has no soft deletion: add "/// @commons.softDelete" to the model`
    })
  }
  return softDelete
}
