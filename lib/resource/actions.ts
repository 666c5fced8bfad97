/** The actions of a resource's collection, by the names that hooks, permissions and OpenAPI use. */
export type BulkAction = 'create' | 'bulkCreate' | 'bulkUpsert' | 'bulkUpdate' | 'bulkReplace' | 'bulkDelete'

/** Those that write what the body holds. */
export type WriteAction = Exclude<BulkAction, 'bulkDelete'>

/** What a message says was done. */
export const participles: { readonly [action in BulkAction]: string } = {
  create: 'created',
  bulkCreate: 'created',
  bulkUpsert: 'upserted',
  bulkUpdate: 'updated',
  bulkReplace: 'replaced',
  bulkDelete: 'deleted'
}
