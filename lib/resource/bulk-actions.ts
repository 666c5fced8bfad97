import { Faults } from '../bulk/faults.js'
import type { BulkReport, RowRequest } from '../bulk/report.js'
import type { BulkStore } from '../bulk/store.js'
import { CommonsError } from '../errors.js'
import type { UniqueMeta } from '../model/meta.js'
import { checkForeignKeys } from './foreign-keys.js'
import { idOf, readId, selectorOf } from './ids.js'
import type { ItemMode } from './item-schema.js'
import { itemReader, type ItemReader, type ReadItem } from './items.js'
import { completeRow } from './replace-row.js'
import type { Resource } from './resource.js'

/** How an upsert finds and writes rows. */
export interface UpsertRequest {
  readonly on: UniqueMeta
  /** Fields to write on rows that exist; undefined: those each item names. */
  readonly update: readonly string[] | undefined
  /** Reset optional fields that an item does not name. */
  readonly replace: boolean
}

/** What a bulk delete reports. */
export interface DeleteSummary {
  readonly requested_count: number
  readonly count: number
  readonly missing_ids: readonly unknown[]
  readonly missing_count: number
}

/**
 * The collection actions of one resource: each checks all items, then writes them all or none.
 * Items are what a client sent; `wantsRows` asks for the rows as answers show them.
 *
 * @throws BulkError with every faulty item, CommonsError for the request as a whole
 */
export class BulkActions {
  readonly resource: Resource
  readonly #store: BulkStore
  readonly #readers = new Map<string, ItemReader>()

  constructor (resource: Resource, store: BulkStore) {
    this.resource = resource
    this.#store = store
  }

  async create (items: readonly unknown[], wantsRows: boolean): Promise<BulkReport> {
    const { model } = this.resource
    const faults = new Faults()
    const read = this.#read(items, 'create', [], faults)
    await this.#check(read, items, model.meta.uniques, faults)
    return this.#store.create(model, read.map(item => item.data), { rows: this.#rows(wantsRows) })
  }

  async upsert (items: readonly unknown[], { on, update, replace }: UpsertRequest, wantsRows: boolean): Promise<BulkReport> {
    const { model } = this.resource
    const faults = new Faults()
    // With a list of fields to write, those that are absent from an item and from the list are nobody's loss.
    const read = this.#read(items, replace && update === undefined ? 'upsertWhole' : 'upsert', on.fields, faults)
    await this.#check(read, items, [on], faults)
    const rows = replace ? read.map(item => completeRow(this.resource, on, item.data)) : read.map(item => item.data)
    const expected = read.some(item => item.version !== undefined) ? read.map(item => item.version) : null
    return this.#store.upsert(model, rows, { on, update, onDuplicate: 'error', expected, rows: this.#rows(wantsRows) })
  }

  async update (items: readonly unknown[], mode: 'sparse' | 'replace', wantsRows: boolean): Promise<BulkReport> {
    const { model } = this.resource
    const faults = new Faults()
    const read = this.#read(items, mode === 'sparse' ? 'update' : 'replace', model.primaryKey.fields, faults)
    if (faults.any) await this.#reportMissing(read, faults)
    await this.#check(read, items, [model.primaryKey], faults)
    const updates = read.map(({ key, data, version }) => ({
      where: selectorOf(this.resource, key),
      // The store would reset fields of the model that this resource does not let a client write.
      data: mode === 'replace' ? completeRow(this.resource, model.primaryKey, data) : data,
      version
    }))
    return this.#store.update(model, updates, { mode: 'sparse', unmatched: 'error', rows: this.#rows(wantsRows) })
  }

  async delete (ids: readonly unknown[]): Promise<DeleteSummary> {
    this.#checkSize(ids)
    const faults = new Faults()
    const keys = ids.map((id, index) => readId(this.resource, id, index, faults))
    faults.throwIfAny()
    const report = await this.#store.delete(this.resource.model, keys.map(key => selectorOf(this.resource, key)), { rows: null })
    const missing = report.missing.map(({ index }) => idOf(this.resource, keys[index]!))
    return { requested_count: ids.length, count: report.deleted, missing_ids: missing, missing_count: missing.length }
  }

  #read (items: readonly unknown[], mode: ItemMode, keys: readonly string[], faults: Faults): readonly ReadItem[] {
    this.#checkSize(items)
    const reader = this.#reader(mode, keys)
    return items.map((item, index) => reader(item, index, faults))
  }

  /**
   * Ends the request when an item is wrong, with all that can be known before anything is written. What the write itself
   * would find is looked for only then: without faults the write goes on to find it.
   */
  async #check (read: readonly ReadItem[], items: readonly unknown[], uniques: readonly UniqueMeta[], faults: Faults): Promise<void> {
    const { model } = this.resource
    const nameOf = (index: number, relation: string, key: string): string => Object.hasOwn(items[index] as object, key) ? key : relation
    await checkForeignKeys(this.resource, this.#store, read, nameOf, faults)
    if (!faults.any) return
    const rows = read.map(({ key, data }) => ({ ...key, ...data }))
    this.#store.reportUnfit(model, rows, faults)
    this.#store.reportRepeated(model, uniques, rows, faults)
    faults.throwIfAny()
  }

  /** Composite keys are left to the write. */
  async #reportMissing (read: readonly ReadItem[], faults: Faults): Promise<void> {
    const { model } = this.resource
    const [key, ...others] = model.primaryKey.fields
    if (key === undefined || others.length > 0) return
    const ids = read.flatMap((item, index) => item.key[key] === undefined ? [] : [{ index, id: item.key[key] }])
    for (const position of await this.#store.missing(model, key, ids.map(({ id }) => id))) {
      const { index, id } = ids[position]!
      faults.add('object_not_found', index, key, { model: model.name, key, value: String(id) })
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

  #checkSize (items: readonly unknown[]): void {
    const { maxItems, allowEmpty } = this.resource
    if (items.length > maxItems) throw new CommonsError('batch_size_exceeded', { params: { actual: items.length, limit: maxItems } })
    if (items.length === 0 && !allowEmpty) throw new CommonsError('empty_batch')
  }

  #rows (isWanted: boolean): RowRequest | null {
    return isWanted ? { fields: this.resource.shown, form: 'json' } : null
  }
}
