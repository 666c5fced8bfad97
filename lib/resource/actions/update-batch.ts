import { ItemErrors } from '../../store/core/item-errors.js'
import { selectorOf } from '../../items/shape/ids.js'
import { newItem, type UnwrittenBatch } from '../write/batch.js'
import { completeRow } from '../write/replace-row.js'
import type { BatchReader } from './batch-reader.js'

/** `sparse`: a field that an item does not name keeps its value. `replace`: an optional one goes to its default. */
export type UpdateMode = 'sparse' | 'replace'

/** Reads items that update the rows of their ids. */
export function updateBatch (
  reader: BatchReader,
  items: readonly unknown[],
  mode: UpdateMode,
  partial?: boolean
): UnwrittenBatch {
  const { resource } = reader
  const { model, scopeFields } = resource
  const itemErrors = new ItemErrors(partial)
  const read = reader.read(items, mode === 'sparse' ? 'update' : 'replace', model.primaryKey.fields, itemErrors)
  return {
    itemErrors,
    items: read.map((item, index) => {
      // The store would reset fields of the model that this resource does not let a client write.
      const data = { ...(mode === 'replace' ? completeRow(resource, model.primaryKey, item.data) : item.data) }
      // A row stays in its scope.
      for (const name of scopeFields) delete data[name]
      return { ...newItem(index, data, item), where: selectorOf(resource, item.key), version: item.version }
    }),
    deleted: 'exclude',
    onMissing: 'error',
    explain: reader.explaining([model.primaryKey], items =>
      items.map(({ data }, index) => ({ ...read[index]!.key, ...data }))
    )
  }
}
