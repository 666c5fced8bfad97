import type { Resource } from '../definition/resource.js'
import type { RowAction } from '../definition/row-action.js'
import { bulkDelete } from './bulk-delete.js'
import { bulkRestore } from './bulk-restore.js'
import { bulkSoftDelete } from './bulk-soft-delete.js'

const own: readonly RowAction[] = [bulkDelete, bulkSoftDelete, bulkRestore]

/** The actions on selected rows that a resource serves. */
export function rowActionsOf ({ actions, customActions }: Resource): readonly RowAction[] {
  return [...own.filter(({ name }) => actions.has(name)), ...customActions]
}
