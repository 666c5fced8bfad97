import { whereOf, type RowAction } from '../definition/row-action.js'

/** Restores soft-deleted rows; other rows stay as they are. */
export const bulkRestore: RowAction = {
  name: 'bulkRestore',
  method: 'POST',
  urls: () => ['/bulk-restore'],
  verb: 'Restore deleted',
  participle: 'restored',
  description: 'Restored, those that existed',
  deleted: 'include',
  needsRows: false,
  counts: ({ restored = 0, unchanged }) => ({ restored, unchanged }),
  write: async (items, { store, model, report }) => await store.restore(model, whereOf(items), report)
}
