import { isNeeded } from '../../features/is-needed.js'
import type { ItemShape } from './item-shape.js'

/**
 * `create`: all that only the client can give is required. `update`: the key, and anything else. `replace`: the key and
 * all that is required. `upsert`: the unique constraint; what else a new row needs is known once it turns out to be
 * new. `upsertWhole`: the unique constraint and all that is required. `nested`: a row within an item, which may have
 * its key.
 */
export type ItemMode = 'create' | 'update' | 'replace' | 'upsert' | 'upsertWhole' | 'nested'

/** The fields that every item must name. */
export function requiredFields (resource: ItemShape, mode: ItemMode): readonly string[] {
  if (mode === 'update' || mode === 'upsert' || mode === 'nested') return []
  return [...resource.writable.values()]
    .filter(field => isNeeded(resource.model, field) && (mode === 'create' || !isKept(resource, field.name)))
    .map(field => field.name)
}

/** True for fields that a replacement keeps unless an item names them: not every client could name them. */
export function isKept ({ writeOnly, canWrite }: Pick<ItemShape, 'writeOnly' | 'canWrite'>, field: string): boolean {
  return writeOnly.has(field) || canWrite.has(field)
}
