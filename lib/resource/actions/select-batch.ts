import { ItemErrors } from '../../store/core/item-errors.js'
import type { BulkReport } from '../../store/core/report.js'
import type { UniqueMeta } from '../../model/meta.js'
import { clientFields, idOf, readId, readKey, selectorBy, selectorOf } from '../../items/shape/ids.js'
import { repeatedValue } from '../../text/shorten.js'
import type { Scopes } from '../../scope/scopes.js'
import type { Resource } from '../definition/resource.js'
import type { RowAction } from '../definition/row-action.js'
import { selectedItem, type UnwrittenBatch } from '../write/batch.js'
import { checkItemCount } from '../write/item-count.js'

/** The counts of an action on rows that were named by their ids. */
export interface SelectionSummary {
  /** Ids in the request, repeated ones included. */
  readonly requested: number
  readonly report: BulkReport
  /** Ids without a row, in the order of the request. */
  readonly missing: readonly unknown[]
  /** All ids of the request. */
  readonly ids: readonly unknown[]
}

/** The rows of a request, and how an answer names them. */
export interface SelectedRows {
  readonly batch: UnwrittenBatch
  readonly names: readonly unknown[]
}

/**
 * Reads the ids of a request.
 *
 * @param by the unique constraint whose values name the rows; undefined: the primary key
 */
export function selectBatch (
  resource: Resource,
  { deleted, needsRows }: RowAction,
  ids: readonly unknown[],
  { scopes, partial, by }: { readonly scopes: Scopes; readonly partial: boolean; readonly by: UniqueMeta | undefined }
): SelectedRows {
  checkItemCount(resource, ids)
  const itemErrors = new ItemErrors(partial)
  const keys = ids.map((id, index) =>
    by === undefined
      ? readId(resource, id, index, itemErrors)
      : readKey(resource.model, clientFields(resource, by), id, index, itemErrors)
  )
  const items = keys.map((key, index) =>
    selectedItem(index, by === undefined ? selectorOf(resource, key) : selectorBy(by, { ...key, ...scopes.own }))
  )
  const names = keys.map((key, index) => (by === undefined ? (idOf(resource, key) ?? repeatedValue(ids[index])) : key))
  return { batch: { itemErrors, items, deleted, onMissing: 'report', needsRows }, names }
}

/** @param names the ids of the request */
export function summaryOf (names: readonly unknown[], report: BulkReport): SelectionSummary {
  return { requested: names.length, report, ids: names, missing: report.missing.map(({ index }) => names[index]) }
}
