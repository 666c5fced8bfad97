import type { BulkReport } from '../../store/core/report.js'
import { BulkError, errorDetail, type ErrorDetail } from '../../errors.js'
import { detailWithoutWriteOnly } from '../../scope/hidden-differences.js'
import { detailWithoutScope } from '../../scope/hidden-scope.js'
import type { Resource } from '../definition/resource.js'

/** Why an item of a request that stores what it can was not stored. */
export interface ItemFailure {
  /** The status that a request about this item alone would have. */
  readonly status: number
  readonly errors: readonly Omit<ErrorDetail, 'field'>[]
}

/**
 * The items that failed, by their indexes: those with errors, those whose row does not exist, and those whose row has
 * another version.
 *
 * @param ids the ids that the items are, in requests that list ids
 */
export function itemFailures (
  resource: Resource,
  report: BulkReport,
  ids?: readonly unknown[]
): ReadonlyMap<number, ItemFailure> {
  const failures = new Map([
    ...(report.failures ?? []),
    ...missingOf(resource, report, ids),
    ...conflictsOf(resource, report)
  ])
  return new Map(Array.from(failures, ([index, errors]) => [index, failureOf(resource, errors)]))
}

function failureOf ({ scopeFields, writeOnly }: Resource, errors: readonly ErrorDetail[]): ItemFailure {
  return {
    status: new BulkError(errors).status,
    errors: errors
      .map(detail => detailWithoutWriteOnly(detailWithoutScope(detail, scopeFields), writeOnly))
      .map(({ field, ...detail }) => detail)
  }
}

/** An item whose row does not exist fails as a request for that row alone would. */
function missingOf (
  { model }: Resource,
  { missing }: BulkReport,
  ids: readonly unknown[] | undefined
): readonly (readonly [number, readonly ErrorDetail[]])[] {
  const key = model.primaryKey.fields.join(', ')
  return missing.map(({ index, where }) => {
    const id = ids?.[index] ?? Object.values(where)[0]
    const value = typeof id === 'object' ? JSON.stringify(id) : String(id)
    return [index, [errorDetail('object_not_found', { index }, { model: model.name, key, value })]]
  })
}

function conflictsOf (
  { version }: Resource,
  { conflicts }: BulkReport
): readonly (readonly [number, readonly ErrorDetail[]])[] {
  return conflicts.map(({ index, where, ...versions }) => [
    index,
    [errorDetail('version_conflict', version === null ? { index } : { index, field: version }, versions)]
  ])
}
