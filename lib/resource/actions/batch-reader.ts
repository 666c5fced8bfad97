import type { InputRow } from '../../store/core/write-context.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { ModelStore } from '../../store/model-store.js'
import type { UniqueMeta } from '../../model/meta.js'
import { itemReader } from '../../items/item-reader.js'
import type { ItemMode } from '../../items/shape/item-mode.js'
import type { ItemReader, ReadItem } from '../../items/shape/read-item.js'
import { checkRelated } from '../../items/shape/related-limits.js'
import type { Resource } from '../definition/resource.js'
import { dataOf, type Batch, type BatchItem } from '../write/batch.js'
import { bulkOf } from '../write/bulk-options.js'
import { checkItemCount } from '../write/item-count.js'

/** Reads and checks the items of requests to one resource. */
export class BatchReader {
  readonly resource: Resource
  readonly #store: ModelStore
  readonly #readers: Map<string, ItemReader>

  constructor (resource: Resource, store: ModelStore, readers = new Map<string, ItemReader>()) {
    this.resource = resource
    this.#store = store
    this.#readers = readers
  }

  /** The same reader in another store, as that of a transaction. */
  on (store: ModelStore): BatchReader {
    return new BatchReader(this.resource, store, this.#readers)
  }

  /**
   * Reads items as the mode of the request asks; what is wrong with them is added to the errors.
   *
   * @param keys fields that every item names
   * @throws CommonsError for more items, or related rows, than the resource takes
   */
  read (
    items: readonly unknown[],
    mode: ItemMode,
    keys: readonly string[],
    itemErrors: ItemErrors
  ): readonly ReadItem[] {
    checkItemCount(this.resource, items)
    checkRelated(this.resource, items, bulkOf(this.resource).relatedLimits)
    const reader = this.#reader(mode, keys)
    return items.map((item, index) => reader(item, index, itemErrors))
  }

  /**
   * When an item is wrong, adds all that can be known before anything is written. What the write itself would find is
   * looked for only then: without errors the write goes on to find it.
   */
  explaining (
    uniques: readonly UniqueMeta[],
    rowsOf: (items: readonly BatchItem[]) => readonly InputRow[] = dataOf
  ): NonNullable<Batch['explain']> {
    const { model } = this.resource
    return (items, itemErrors) => {
      const rows = rowsOf(items)
      this.#store.reportInvalid(model, rows, itemErrors)
      this.#store.reportRepeated(model, uniques, rows, itemErrors)
    }
  }

  #reader (mode: ItemMode, keys: readonly string[]): ItemReader {
    const name = `${mode}:${keys.join()}`
    const known = this.#readers.get(name)
    if (known !== undefined) return known
    const reader = itemReader(this.resource, mode, keys)
    this.#readers.set(name, reader)
    return reader
  }
}
