/** The actions of a resource's collection, by the names that hooks, permissions and OpenAPI use. */
export type BulkAction = 'create' | 'bulkCreate' | 'bulkUpsert' | 'bulkUpdate' | 'bulkReplace' | 'bulkDelete' | 'bulkSoftDelete' | 'bulkRestore'

/** The actions on single rows, and the list of them. */
export type CrudAction = 'list' | 'retrieve' | 'update' | 'replace' | 'destroy' | 'restore'

/** Those whose answer is a file. */
export type FileAction = 'export'

export type ResourceAction = BulkAction | CrudAction | FileAction

/** Those of a collection that write what the body holds. */
export type WriteAction = Exclude<BulkAction, SelectAction>

/** Those of a collection whose body lists ids. */
export type SelectAction = 'bulkDelete' | 'bulkSoftDelete' | 'bulkRestore'

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
  export: 'exported'
}

export const actionNames = Object.keys(participles) as readonly ResourceAction[]

const crudActions: ReadonlySet<ResourceAction> = new Set<CrudAction>(['list', 'retrieve', 'update', 'replace', 'destroy', 'restore'])

/** True where rows are created one by one only. */
export function createsSinglyOnly (actions: ReadonlySet<ResourceAction>): boolean {
  return actions.has('create') && !actions.has('bulkCreate') && !actions.has('bulkUpsert')
}

const fileActions: ReadonlySet<ResourceAction> = new Set<FileAction>(['export'])

/** Which plugins serve some actions. */
export function servedBy (actions: readonly ResourceAction[]): { readonly crud: boolean, readonly bulk: boolean, readonly export: boolean } {
  const isSingly = createsSinglyOnly(new Set(actions))
  return {
    crud: isSingly || actions.some(action => crudActions.has(action)),
    bulk: actions.some(action => !crudActions.has(action) && !fileActions.has(action) && (action !== 'create' || !isSingly)),
    export: actions.includes('export')
  }
}
