import { ItemErrors } from '../../store/core/item-errors.js'
import type { UniqueMeta } from '../../model/meta.js'
import { selectorBy } from '../../items/shape/ids.js'
import type { ReadItem } from '../../items/shape/read-item.js'
import type { Scopes } from '../../scope/scopes.js'
import type { Resource } from '../definition/resource.js'
import { newItem, type UnwrittenBatch } from '../write/batch.js'
import { completeRow } from '../write/replace-row.js'
import type { BatchReader } from './batch-reader.js'

/** How an upsert finds and writes rows. */
export interface UpsertRequest {
  readonly on: UniqueMeta
  /** Fields and lists of related rows to write on rows that exist; undefined: those each item names. */
  readonly update: readonly string[] | undefined
  /** Reset optional fields that an item does not name. */
  readonly replace: boolean
}

/**
 * Reads items that update the row of their key, or make it.
 *
 * @param mustBeNew no row of the items may exist, so that none can have a version
 */
export function upsertBatch (
  reader: BatchReader,
  items: readonly unknown[],
  { on, update, replace }: UpsertRequest,
  { scopes, mustBeNew, partial }: { readonly scopes: Scopes; readonly mustBeNew: boolean; readonly partial?: boolean }
): UnwrittenBatch {
  const { resource } = reader
  const itemErrors = new ItemErrors(partial)
  const keys = scopes.own === null ? on.fields : on.fields.filter(field => !resource.scopeFields.includes(field))
  // With a list of fields to write, a field that neither the item nor the list names keeps its value.
  const read = reader.read(items, replace && update === undefined ? 'upsertWhole' : 'upsert', keys, itemErrors)
  if (mustBeNew) reportVersions(resource, read, itemErrors)
  const rowOf = ({ data }: ReadItem): Record<string, unknown> => {
    const named = { ...data, ...scopes.own }
    return replace ? { ...completeRow(resource, on, named) } : named
  }
  return {
    itemErrors,
    items: read.map((item, index) => ({ ...newItem(index, rowOf(item), item), version: item.version })),
    deleted: 'exclude',
    onMissing: 'create',
    select: data => selectorBy(on, data),
    explain: reader.explaining([on])
  }
}

/** A row that may not be there yet has no version. */
function reportVersions ({ version }: Resource, items: readonly ReadItem[], itemErrors: ItemErrors): void {
  items.forEach((item, index) => {
    if (item.version !== undefined) {
      itemErrors.add('invalid_value', index, version ?? undefined, {
        problem: 'A row that may not be there yet has no version'
      })
    }
  })
}
