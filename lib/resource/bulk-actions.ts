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
  readonly #readers = new Map<string, ItemReader>()

  constructor (resource: Resource) {
    this.resource = resource
  }

  async create (store: BulkStore, items: readonly unknown[], wantsRows: boolean): Promise<BulkReport> {
    const read = await this.#read(store, items, 'create', [], this.resource.model.meta.uniques)
    return store.create(this.resource.model, read.map(item => item.data), { rows: this.#rows(wantsRows) })
  }

  async upsert (store: BulkStore, items: readonly unknown[], { on, update, replace }: UpsertRequest, wantsRows: boolean): Promise<BulkReport> {
    const { model } = this.resource
    const read = await this.#read(store, items, 'upsert', on.fields, [on])
    const rows = replace ? read.map(item => completeRow(this.resource, on, item.data)) : read.map(item => item.data)
    const expected = read.some(item => item.version !== undefined) ? read.map(item => item.version) : null
    return store.upsert(model, rows, { on, update, onDuplicate: 'error', expected, rows: this.#rows(wantsRows) })
  }

  async update (store: BulkStore, items: readonly unknown[], mode: 'sparse' | 'replace', wantsRows: boolean): Promise<BulkReport> {
    const { model } = this.resource
    const keys = model.primaryKey.fields
    const read = await this.#read(store, items, mode === 'sparse' ? 'update' : 'replace', keys, [])
    const updates = read.map(({ key, data, version }) => ({ where: selectorOf(this.resource, key), data, version }))
    return store.update(model, updates, { mode, unmatched: 'error', rows: this.#rows(wantsRows) })
  }

  async delete (store: BulkStore, ids: readonly unknown[]): Promise<DeleteSummary> {
    this.#checkSize(ids)
    const faults = new Faults()
    const keys = ids.map((id, index) => readId(this.resource, id, index, faults))
    faults.throwIfAny()
    const report = await store.delete(this.resource.model, keys.map(key => selectorOf(this.resource, key)), { rows: null })
    const missing = report.missing.map(({ index }) => idOf(this.resource, keys[index]!))
    return { requested_count: ids.length, count: report.deleted, missing_ids: missing, missing_count: missing.length }
  }

  async #read (store: BulkStore, items: readonly unknown[], mode: ItemMode, keys: readonly string[], uniques: readonly UniqueMeta[]): Promise<readonly ReadItem[]> {
    this.#checkSize(items)
    const faults = new Faults()
    const reader = this.#reader(mode, keys)
    const read = items.map((item, index) => reader(item, index, faults))
    const nameOf = (index: number, relation: string, key: string): string => key in (items[index] as object) ? key : relation
    await checkForeignKeys(this.resource, store, read, nameOf, faults)
    // Without faults the write itself looks for repeated keys; with some, this request ends here and names them too.
    if (faults.any) store.reportRepeated(this.resource.model, uniques, read.map(item => item.data), faults)
    faults.throwIfAny()
    return read
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
