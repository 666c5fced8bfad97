import type { InputRow } from '../bulk/context.js'
import { Faults } from '../bulk/faults.js'
import type { BulkReport, RowRequest } from '../bulk/report.js'
import type { BulkStore } from '../bulk/store.js'
import type { UpdateItem } from '../bulk/update.js'
import { CommonsError } from '../errors.js'
import type { DeletedRows, UniqueMeta } from '../model/meta.js'
import { dataOf, newItem, selectedItem, selectorsOf, versionsOf, type Batch, type BatchItem } from './batch.js'
import { refusingExisting } from './conditions.js'
import { execute, scopeOfCaller, type Caller } from './execute.js'
import { checkForeignKeys } from './foreign-keys.js'
import { idOf, readId, selectorBy, selectorOf } from './ids.js'
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

/** How a write is asked for. */
export interface WriteSettings {
  /** Refuse items that have a row already, by the condition of the request. Default: false, they are conflicts. */
  readonly mustBeNew?: boolean
  /** Who asks. Default: the server itself. */
  readonly caller?: Caller
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

  async create (items: readonly unknown[], wantsRows: boolean, { mustBeNew = false, caller = { action: 'bulkCreate', request: null } }: WriteSettings = {}): Promise<BulkReport> {
    const { model } = this.resource
    const scope = scopeOfCaller(this.resource, caller)
    const faults = new Faults()
    const read = this.#read(items, 'create', [], faults)
    const rows = read.map(({ data }) => ({ ...data, ...scope }))
    await this.#check(read, items, rows, model.meta.uniques, faults)
    return await execute(this.resource, this.#store, caller, {
      faults,
      items: rows.map((data, index) => newItem(index, data)),
      seen: 'exclude',
      absent: 'create',
      write: async (store, items) => {
        const create = (): Promise<BulkReport> => store.create(model, dataOf(items), { rows: this.#rows(wantsRows, caller) })
        return mustBeNew ? await refusingExisting(model.meta.uniques, create) : await create()
      }
    })
  }

  async upsert (items: readonly unknown[], { on, update, replace }: UpsertRequest, wantsRows: boolean, { mustBeNew = false, caller = { action: 'bulkUpsert', request: null } }: WriteSettings = {}): Promise<BulkReport> {
    const { model, scopeFields } = this.resource
    const scope = scopeOfCaller(this.resource, caller)
    const faults = new Faults()
    const keys = scope === null ? on.fields : on.fields.filter(field => !scopeFields.includes(field))
    // With a list of fields to write, those that are absent from an item and from the list are nobody's loss.
    const read = this.#read(items, replace && update === undefined ? 'upsertWhole' : 'upsert', keys, faults)
    if (mustBeNew) reportVersions(this.resource, read, faults)
    const named = read.map(({ data }) => ({ ...data, ...scope }))
    await this.#check(read, items, named, [on], faults)
    const rows: readonly Record<string, unknown>[] = replace ? named.map(data => completeRow(this.resource, on, data)) : named
    return await execute(this.resource, this.#store, caller, {
      faults,
      items: rows.map((data, index) => ({ ...newItem(index, data), where: selectorBy(on, data), version: read[index]!.version })),
      seen: 'exclude',
      absent: 'create',
      write: async (store, items) => {
        const wanted = this.#rows(wantsRows, caller)
        if (mustBeNew) return await refusingExisting([on], () => store.create(model, dataOf(items), { rows: wanted }))
        return await store.upsert(model, dataOf(items), { on, update, onDuplicate: 'error', expected: versionsOf(items), rows: wanted })
      }
    })
  }

  async update (items: readonly unknown[], mode: UpdateMode, wantsRows: boolean, { caller = { action: mode === 'sparse' ? 'bulkUpdate' : 'bulkReplace', request: null } }: WriteSettings = {}): Promise<BulkReport> {
    return await execute(this.resource, this.#store, caller, {
      ...await this.readUpdate(items, mode),
      seen: 'exclude',
      absent: 'error',
      write: async (store, items) => await store.update(this.resource.model, updatesOf(items), { mode: 'sparse', unmatched: 'error', rows: this.#rows(wantsRows, caller) })
    })
  }

  /** Checks the items of an update. */
  async readUpdate (items: readonly unknown[], mode: UpdateMode): Promise<Pick<Batch, 'faults' | 'items'>> {
    const { model } = this.resource
    const faults = new Faults()
    const read = this.#read(items, mode === 'sparse' ? 'update' : 'replace', model.primaryKey.fields, faults)
    if (faults.any) await this.#reportMissing(read, faults)
    await this.#check(read, items, read.map(({ key, data }) => ({ ...key, ...data })), [model.primaryKey], faults)
    return {
      faults,
      items: read.map(({ key, data, version }, index) => ({
        index,
        where: selectorOf(this.resource, key),
        // The store would reset fields of the model that this resource does not let a client write.
        data: { ...mode === 'replace' ? completeRow(this.resource, model.primaryKey, data) : data },
        version,
        current: null
      }))
    }
  }

  /** Deletes rows; on models with soft delete they are marked, and those that were marked before are missing. */
  async delete (ids: readonly unknown[], { caller = { action: 'bulkDelete', request: null } }: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.#select(ids, caller, 'exclude', (store, selectors) => store.delete(this.resource.model, selectors, { rows: null }))
  }

  /** Marks rows as deleted; those that were marked before stay as they are. */
  async softDelete (ids: readonly unknown[], { caller = { action: 'bulkSoftDelete', request: null } }: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.#select(ids, caller, 'include', (store, selectors) => store.softDelete(this.resource.model, selectors, { rows: null }))
  }

  /** Takes the marks away; rows without one stay as they are. */
  async restore (ids: readonly unknown[], { caller = { action: 'bulkRestore', request: null } }: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.#select(ids, caller, 'include', (store, selectors) => store.restore(this.resource.model, selectors, { rows: null }))
  }

  async #select (ids: readonly unknown[], caller: Caller, seen: DeletedRows, write: (store: BulkStore, selectors: readonly InputRow[]) => Promise<BulkReport>): Promise<SelectionSummary> {
    this.#checkSize(ids)
    const faults = new Faults()
    const keys = ids.map((id, index) => readId(this.resource, id, index, faults))
    const report = await execute(this.resource, this.#store, caller, {
      faults,
      items: keys.map((key, index) => selectedItem(index, selectorOf(this.resource, key))),
      seen,
      absent: 'report',
      write: async (store, items) => await write(store, selectorsOf(items))
    })
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
  async #check (read: readonly ReadItem[], items: readonly unknown[], rows: readonly InputRow[], uniques: readonly UniqueMeta[], faults: Faults): Promise<void> {
    const { model } = this.resource
    const nameOf = (index: number, relation: string, key: string): string => Object.hasOwn(items[index] as object, key) ? key : relation
    await checkForeignKeys(this.resource, this.#store, read, nameOf, faults)
    if (!faults.any) return
    this.#store.reportUnfit(model, rows, faults)
    this.#store.reportRepeated(model, uniques, rows, faults)
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

  #rows (isWanted: boolean, { action, request }: Caller): RowRequest | null {
    const isTold = request !== null && this.resource.rules.after?.[action] !== undefined
    return isWanted || isTold ? { fields: this.resource.shown, form: 'json' } : null
  }
}

/** The items as the store takes updates. */
export function updatesOf (items: readonly BatchItem[]): readonly UpdateItem[] {
  return items.map(({ where, data, version }) => ({ where: where!, data: data!, version }))
}

/** A row that may not be there yet has no version. */
function reportVersions ({ version }: Resource, items: readonly ReadItem[], faults: Faults): void {
  items.forEach((item, index) => {
    if (item.version !== undefined) faults.add('invalid_value', index, version ?? undefined, { problem: 'A row that may not be there yet has no version' })
  })
}
