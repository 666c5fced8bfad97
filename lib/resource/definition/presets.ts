import type { ResourceAction } from './actions.js'

const reading = ['list', 'retrieve', 'export'] as const
const single = ['create', 'update', 'replace', 'destroy', 'restore'] as const
const bulkWriting = [
  'bulkCreate',
  'bulkUpsert',
  'bulkUpdate',
  'bulkReplace',
  'bulkDelete',
  'bulkSoftDelete',
  'bulkRestore'
] as const
const importing = ['import', 'importTemplate'] as const

/**
 * Sets of actions by what a resource is for. A resource serves the routes of its actions and no others: `bulkOnly` has
 * no route for one row. Actions of soft deletion are left out on models without it.
 *
 * @example
 * defineResource({ model: 'Contract', actions: presets.bulk })
 * defineResource({ model: 'Tag', actions: [...presets.readOnly, 'create'] })
 */
export const presets = {
  /** The list, its files, and everything on single rows. */
  base: [...reading, ...single],
  /** The same, and all bulk actions. */
  bulk: [...reading, ...single, ...bulkWriting],
  /** The list, single rows, and files in. */
  importable: [...reading, ...single, ...importing],
  /** The same, and all bulk actions. */
  bulkImportable: [...reading, ...single, ...bulkWriting, ...importing],
  /** The list, its files, and single rows to read. */
  readOnly: reading,
  /** The list, its files, and creation of one row. */
  createList: ['list', 'export', 'create'],
  /** Bulk actions alone, one kind or all. */
  bulkCreate: ['bulkCreate'],
  bulkUpdate: ['bulkUpdate', 'bulkReplace'],
  bulkDelete: ['bulkDelete', 'bulkSoftDelete', 'bulkRestore'],
  bulkOnly: bulkWriting
} as const satisfies { readonly [name: string]: readonly ResourceAction[] }
