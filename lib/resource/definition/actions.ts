/** The actions of a resource's collection, by the names that hooks, permissions and OpenAPI use. */
export type BulkAction =
  | 'create'
  | 'bulkCreate'
  | 'bulkUpsert'
  | 'bulkUpdate'
  | 'bulkReplace'
  | 'bulkDelete'
  | 'bulkSoftDelete'
  | 'bulkRestore'

/** The actions on single rows, and the list of them. */
export type CrudAction = 'list' | 'retrieve' | 'update' | 'replace' | 'destroy' | 'restore'

/** The one whose answer is a file. */
export type ExportAction = 'export'

/** Files in, and the empty files to fill in. */
export type ImportAction = 'import' | 'importTemplate'

export type ResourceAction = BulkAction | CrudAction | ExportAction | ImportAction

/** The same, and the names of actions of your own. */
export type ActionName = ResourceAction | (string & Record<never, never>)

/** Those of a collection that write what the body holds. */
export type WriteAction = Exclude<BulkAction, SelectAction>

/** The methods by which a collection takes items. */
export type WriteMethod = 'POST' | 'PUT' | 'PATCH'

/** Those of a collection whose body lists ids. */
type SelectAction = 'bulkDelete' | 'bulkSoftDelete' | 'bulkRestore'

/** What a message says was done. */
export const participles: { readonly [action in ResourceAction]: string } = {
  create: 'created',
  bulkCreate: 'created',
  bulkUpsert: 'upserted',
  bulkUpdate: 'updated',
  bulkReplace: 'replaced',
  bulkDelete: 'deleted',
  bulkSoftDelete: 'deleted',
  bulkRestore: 'restored',
  list: 'retrieved',
  retrieve: 'retrieved',
  update: 'updated',
  replace: 'replaced',
  destroy: 'deleted',
  restore: 'restored',
  export: 'exported',
  import: 'imported',
  importTemplate: 'retrieved'
}

export const actionNames = Object.keys(participles) as readonly ResourceAction[]

const crudActions: ReadonlySet<ActionName> = new Set<CrudAction>([
  'list',
  'retrieve',
  'update',
  'replace',
  'destroy',
  'restore'
])

const importActions: ReadonlySet<ActionName> = new Set<ImportAction>(['import', 'importTemplate'])

/** The actions of a resource that names none; files are taken where it says how. */
export function defaultActions (isImported: boolean): readonly ResourceAction[] {
  return isImported ? actionNames : actionNames.filter(action => !importActions.has(action))
}

/** True where rows are created one by one only. */
export function createsSinglyOnly (actions: ReadonlySet<ActionName>): boolean {
  return actions.has('create') && !actions.has('bulkCreate') && !actions.has('bulkUpsert')
}

/** Which plugins serve some actions. */
export function servedBy (actions: readonly ActionName[]): {
  readonly crud: boolean
  readonly bulk: boolean
  readonly export: boolean
  readonly import: boolean
} {
  const isSingly = createsSinglyOnly(new Set(actions))
  return {
    crud: isSingly || actions.some(action => crudActions.has(action)),
    bulk: actions.some(
      action =>
        !crudActions.has(action) &&
        !importActions.has(action) &&
        action !== 'export' &&
        (action !== 'create' || !isSingly)
    ),
    export: actions.includes('export'),
    import: actions.some(action => importActions.has(action))
  }
}
