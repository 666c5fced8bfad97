import { whereOf, type RowAction } from '../definition/row-action.js'

/** Soft-deletes rows; the stamp of a row that was soft-deleted before stays. */
export const bulkSoftDelete: RowAction = {
  name: 'bulkSoftDelete',
  method: 'DELETE',
  urls: () => ['/bulk-soft-delete'],
  verb: 'Soft-delete',
  participle: 'deleted',
  description: 'Soft-deleted, those that existed; rows that were soft-deleted before keep their stamp',
  deleted: 'include',
  needsRows: false,
  counts: ({ deleted, unchanged }) => ({ deleted, unchanged }),
  write: async (items, { store, model, report }) => await store.softDelete(model, whereOf(items), report)
}
