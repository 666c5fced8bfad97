import type { InputRow } from '../bulk/context.js'
import { Faults } from '../bulk/faults.js'
import type { BulkReport, RowRequest } from '../bulk/report.js'
import type { BulkStore } from '../bulk/store.js'
import type { UpdateItem } from '../bulk/update.js'
import { CommonsError } from '../errors.js'
import type { UniqueMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { refusingExisting } from './conditions.js'
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
  /** Refuse items that have a row already, by the condition of the request. Default: false. */
  readonly mustBeNew?: boolean
}

/** `sparse`: a field that an item does not name keeps its value. `replace`: an optional one goes to its default. */
export type UpdateMode = 'sparse' | 'replace'

/** What became of rows that were selected by their ids. */
export interface SelectionSummary {
  /** Ids in the request, those that stand twice included. */
  readonly requested: number
  readonly report: BulkReport
  /** Ids without a row, in the order of the request. */
  readonly missing: readonly unknown[]
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

  /**
   * @param mustBeNew refuse items whose row is there by the condition of the request; default: as conflicts
   */
  async create (items: readonly unknown[], wantsRows: boolean, mustBeNew = false): Promise<BulkReport> {
    const { model } = this.resource
    const faults = new Faults()
    const read = this.#read(items, 'create', [], faults)
    await this.#check(read, items, model.meta.uniques, faults)
    const create = (): Promise<BulkReport> => this.#store.create(model, read.map(item => item.data), { rows: this.#rows(wantsRows) })
    return mustBeNew ? await refusingExisting(model.meta.uniques, create) : await create()
  }

  async upsert (items: readonly unknown[], { on, update, replace, mustBeNew = false }: UpsertRequest, wantsRows: boolean): Promise<BulkReport> {
    const { model } = this.resource
    const faults = new Faults()
    // With a list of fields to write, those that are absent from an item and from the list are nobody's loss.
    const read = this.#read(items, replace && update === undefined ? 'upsertWhole' : 'upsert', on.fields, faults)
    if (mustBeNew) reportVersions(this.resource, read, faults)
    await this.#check(read, items, [on], faults)
    const rows = replace ? read.map(item => completeRow(this.resource, on, item.data)) : read.map(item => item.data)
    if (mustBeNew) return await refusingExisting([on], () => this.#store.create(model, rows, { rows: this.#rows(wantsRows) }))
    const expected = read.some(item => item.version !== undefined) ? read.map(item => item.version) : null
    return this.#store.upsert(model, rows, { on, update, onDuplicate: 'error', expected, rows: this.#rows(wantsRows) })
  }

  async update (items: readonly unknown[], mode: UpdateMode, wantsRows: boolean): Promise<BulkReport> {
    const updates = await this.updatesOf(items, mode)
    return this.#store.update(this.resource.model, updates, { mode: 'sparse', unmatched: 'error', rows: this.#rows(wantsRows) })
  }

  /** Checks the items of an update and gives what the store is to write. */
  async updatesOf (items: readonly unknown[], mode: UpdateMode): Promise<readonly UpdateItem[]> {
    const { model } = this.resource
    const faults = new Faults()
    const read = this.#read(items, mode === 'sparse' ? 'update' : 'replace', model.primaryKey.fields, faults)
    if (faults.any) await this.#reportMissing(read, faults)
    await this.#check(read, items, [model.primaryKey], faults)
    return read.map(({ key, data, version }) => ({
      where: selectorOf(this.resource, key),
      // The store would reset fields of the model that this resource does not let a client write.
      data: mode === 'replace' ? completeRow(this.resource, model.primaryKey, data) : data,
      version
    }))
  }

  /** Deletes rows; on models with soft delete they are marked, and those that were marked before are missing. */
  async delete (ids: readonly unknown[]): Promise<SelectionSummary> {
    return await this.#select(ids, (model, selectors) => this.#store.delete(model, selectors, { rows: null }))
  }

  /** Marks rows as deleted; those that were marked before stay as they are. */
  async softDelete (ids: readonly unknown[]): Promise<SelectionSummary> {
    return await this.#select(ids, (model, selectors) => this.#store.softDelete(model, selectors, { rows: null }))
  }

  /** Takes the marks away; rows without one stay as they are. */
  async restore (ids: readonly unknown[]): Promise<SelectionSummary> {
    return await this.#select(ids, (model, selectors) => this.#store.restore(model, selectors, { rows: null }))
  }

  async #select (ids: readonly unknown[], write: (model: Model, selectors: readonly InputRow[]) => Promise<BulkReport>): Promise<SelectionSummary> {
    this.#checkSize(ids)
    const faults = new Faults()
    const keys = ids.map((id, index) => readId(this.resource, id, index, faults))
    faults.throwIfAny()
    const report = await write(this.resource.model, keys.map(key => selectorOf(this.resource, key)))
    return { requested: ids.length, report, missing: report.missing.map(({ index }) => idOf(this.resource, keys[index]!)) }
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

/** A row that may not be there yet has no version. */
function reportVersions ({ version }: Resource, items: readonly ReadItem[], faults: Faults): void {
  items.forEach((item, index) => {
    if (item.version !== undefined) faults.add('invalid_value', index, version ?? undefined, { problem: 'A row that may not be there yet has no version' })
  })
}
