import { whereOf, type RowAction } from '../definition/row-action.js'

/** Deletes rows; on models with soft delete it stamps them. */
export const bulkDelete: RowAction = {
  name: 'bulkDelete',
  method: 'DELETE',
  urls: ({ actionRoutes }) => (actionRoutes ? ['/', '/bulk-delete'] : ['/']),
  verb: 'Delete',
  participle: 'deleted',
  description: 'Deleted, those that existed',
  deleted: 'exclude',
  needsRows: false,
  counts: ({ deleted }) => ({ deleted }),
  write: async (items, { store, model, report }) => await store.delete(model, whereOf(items), report)
}
