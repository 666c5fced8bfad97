import { ItemErrors } from '../../store/core/item-errors.js'
import type { Scopes } from '../../scope/scopes.js'
import { newItem, type UnwrittenBatch } from '../write/batch.js'
import type { BatchReader } from './batch-reader.js'

/** Reads items of which each makes a row. */
export function createBatch (
  reader: BatchReader,
  items: readonly unknown[],
  scopes: Scopes,
  partial?: boolean
): UnwrittenBatch {
  const itemErrors = new ItemErrors(partial)
  const read = reader.read(items, 'create', [], itemErrors)
  return {
    itemErrors,
    items: read.map((item, index) => newItem(index, { ...item.data, ...scopes.own }, item)),
    deleted: 'exclude',
    onMissing: 'create',
    explain: reader.explaining(reader.resource.model.meta.uniques)
  }
}
