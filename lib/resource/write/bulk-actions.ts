import { bulkOf } from './bulk-options.js'
import type { InputRow } from '../../store/core/write-context.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import type { BulkReport, ReportOptions } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { UpdateItem } from '../../store/write/update.js'
import type { DeletedRows, UniqueMeta } from '../../model/meta.js'
import { fetchedFields } from '../../items/relations/attach.js'
import { AppearedRows } from '../../items/shape/appeared-rows.js'
import { dataOf, newItem, selectedItem, selectorsOf, versionsOf, type Batch, type BatchItem } from './batch.js'
import { refusingExisting, type ItemConditions } from './conditions.js'
import { scopesOf, type Caller } from './caller.js'
import { execute, executePartially } from './execute.js'
import { checkItemCount } from './item-count.js'
import { clientFields, idOf, readId, readKey, selectorBy, selectorOf } from '../../items/shape/ids.js'
import type { ItemMode } from '../../items/shape/item-mode.js'
import { itemReader } from '../../items/item-reader.js'
import type { ItemReader, ReadItem } from '../../items/shape/read-item.js'
import { checkRelated } from '../../items/shape/related-limits.js'
import { versionRequest, writeItems } from './related-write.js'
import { completeRow } from './replace-row.js'
import { repeatedValue } from '../../text/shorten.js'
import type { Resource } from '../definition/resource.js'
import type { Scopes } from '../../scope/scopes.js'

/** How an upsert finds and writes rows. */
export interface UpsertRequest {
  readonly on: UniqueMeta
  /** Fields and lists of related rows to write on rows that exist; undefined: those each item names. */
  readonly update: readonly string[] | undefined
  /** Reset optional fields that an item does not name. */
  readonly replace: boolean
}

/** How a write is asked for. */
export interface WriteSettings {
  /** What the request asks of the rows. Default: nothing. */
  readonly conditions?: Partial<ItemConditions>
  /** The unique set whose values select rows; only of selections. Default: the primary key. */
  readonly by?: UniqueMeta | undefined
  /** Who asks. Default: the server itself. */
  readonly caller?: Caller
  /**
   * Write the items that can be written, and report the others as `failures` and `missing`, instead of none. Default:
   * false.
   */
  readonly partial?: boolean
  /** Report the version of the row where rows are not wanted, for the tag of an answer about one. Default: false. */
  readonly wantsVersion?: boolean
  /** Report what became of each item. Default: false, with `partial` true. */
  readonly outcomes?: boolean
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
  /** All ids of the request. */
  readonly ids: readonly unknown[]
}

/**
 * The collection actions of one resource: each checks all items, then writes them all or none.
 * Items are what a client sent; `wantsRows` asks for the rows as answers show them.
 *
 * @throws BulkError with every faulty item, CommonsError for the request as a whole
 */
export class BulkActions {
  readonly resource: Resource
  readonly #store: ModelStore
  readonly #readers: Map<string, ItemReader>

  constructor (resource: Resource, store: ModelStore, readers = new Map<string, ItemReader>()) {
    this.resource = resource
    this.#store = store
    this.#readers = readers
  }

  /** The same actions in another store, as that of a transaction. */
  on (store: ModelStore): BulkActions {
    return new BulkActions(this.resource, store, this.#readers)
  }

  async create (items: readonly unknown[], wantsRows: boolean, settings: WriteSettings = {}): Promise<BulkReport> {
    const { conditions: { mustBeNew = false } = {}, caller = { action: 'bulkCreate', request: null } } = settings
    const { model } = this.resource
    const scopes = scopesOf(this.resource, caller)
    const itemErrors = new ItemErrors(settings.partial)
    const read = this.#read(items, 'create', [], itemErrors)
    return await this.#execute(caller, scopes, settings, {
      itemErrors,
      items: read.map((item, index) => newItem(index, { ...item.data, ...scopes.own }, item)),
      seen: 'exclude',
      absent: 'create',
      explain: this.#explaining(model.meta.uniques),
      write: async (store, items) =>
        await writeItems(this.resource, store, {
          items,
          absent: 'create',
          scopes,
          told: this.#told(wantsRows, caller, settings),
          own: async (items, told) => {
            const create = (): Promise<BulkReport> => store.create(model, dataOf(items), told)
            return mustBeNew ? await refusingExisting(model.meta.uniques, create) : await create()
          }
        })
    })
  }

  async upsert (
    items: readonly unknown[],
    { on, update, replace }: UpsertRequest,
    wantsRows: boolean,
    settings: WriteSettings = {}
  ): Promise<BulkReport> {
    const { conditions: { mustBeNew = false } = {}, caller = { action: 'bulkUpsert', request: null } } = settings
    const { model, scopeFields } = this.resource
    const scopes = scopesOf(this.resource, caller)
    const itemErrors = new ItemErrors(settings.partial)
    const keys = scopes.own === null ? on.fields : on.fields.filter(field => !scopeFields.includes(field))
    // With a list of fields to write, those that are absent from an item and from the list are nobody's loss.
    const read = this.#read(items, replace && update === undefined ? 'upsertWhole' : 'upsert', keys, itemErrors)
    if (mustBeNew) reportVersions(this.resource, read, itemErrors)
    const rowOf = ({ data }: ReadItem): Record<string, unknown> => {
      const named = { ...data, ...scopes.own }
      return replace ? { ...completeRow(this.resource, on, named) } : named
    }
    return await this.#execute(caller, scopes, settings, {
      itemErrors,
      items: read.map((item, index) => ({ ...newItem(index, rowOf(item), item), version: item.version })),
      seen: 'exclude',
      absent: 'create',
      select: data => selectorBy(on, data),
      explain: this.#explaining([on]),
      write: async (store, items) =>
        await writeItems(this.resource, store, {
          items,
          absent: 'create',
          scopes,
          changing: update === undefined ? null : new Set(update),
          told: this.#told(wantsRows, caller, settings),
          own: async (items, told, touched) => {
            if (mustBeNew) return await refusingExisting([on], () => store.create(model, dataOf(items), told))
            const report = await store.upsert(model, dataOf(items), {
              on,
              update: update?.filter(name => model.field(name) !== undefined),
              onDuplicate: 'error',
              expected: versionsOf(items),
              touched,
              ...told
            })
            // The rows of the others are locked: they have not been made here.
            const added = items.filter(({ isNew }) => isNew).length
            if (report.created < added) throw new AppearedRows()
            return report
          }
        })
    })
  }

  async update (
    items: readonly unknown[],
    mode: UpdateMode,
    wantsRows: boolean,
    settings: WriteSettings = {}
  ): Promise<BulkReport> {
    const { caller = { action: mode === 'sparse' ? 'bulkUpdate' : 'bulkReplace', request: null } } = settings
    const scopes = scopesOf(this.resource, caller)
    return await this.#execute(caller, scopes, settings, {
      ...this.readUpdate(items, mode, settings.partial),
      seen: 'exclude',
      absent: 'error',
      write: async (store, items) =>
        await writeItems(this.resource, store, {
          items,
          absent: 'leave',
          scopes,
          told: this.#told(wantsRows, caller, settings),
          own: async (items, told, touched) =>
            await store.update(this.resource.model, updatesOf(items, touched), {
              mode: 'sparse',
              unmatched: 'error',
              ...told
            })
        })
    })
  }

  /** Checks the items of an update. */
  readUpdate (
    items: readonly unknown[],
    mode: UpdateMode,
    partial?: boolean
  ): Pick<Batch, 'itemErrors' | 'items' | 'explain'> {
    const { model, scopeFields } = this.resource
    const itemErrors = new ItemErrors(partial)
    const read = this.#read(items, mode === 'sparse' ? 'update' : 'replace', model.primaryKey.fields, itemErrors)
    return {
      itemErrors,
      items: read.map((item, index) => {
        // The store would reset fields of the model that this resource does not let a client write.
        const data = { ...(mode === 'replace' ? completeRow(this.resource, model.primaryKey, item.data) : item.data) }
        // A row stays where it is.
        for (const name of scopeFields) delete data[name]
        return { ...newItem(index, data, item), where: selectorOf(this.resource, item.key), version: item.version }
      }),
      explain: this.#explaining([model.primaryKey], items =>
        items.map(({ data }, index) => ({ ...read[index]!.key, ...data }))
      )
    }
  }

  /** Deletes rows; on models with soft delete they are marked, and those that were marked before are missing. */
  async delete (ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.#select(
      ids,
      { caller: { action: 'bulkDelete', request: null }, ...settings },
      'exclude',
      (store, selectors, told) => store.delete(this.resource.model, selectors, told)
    )
  }

  /** Marks rows as deleted; those that were marked before stay as they are. */
  async softDelete (ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.#select(
      ids,
      { caller: { action: 'bulkSoftDelete', request: null }, ...settings },
      'include',
      (store, selectors, told) => store.softDelete(this.resource.model, selectors, told)
    )
  }

  /** Takes the marks away; rows without one stay as they are. */
  async restore (ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.#select(
      ids,
      { caller: { action: 'bulkRestore', request: null }, ...settings },
      'include',
      (store, selectors, told) => store.restore(this.resource.model, selectors, told)
    )
  }

  async #select (
    ids: readonly unknown[],
    settings: WriteSettings & { readonly caller: Caller },
    seen: DeletedRows,
    write: (store: ModelStore, selectors: readonly InputRow[], told: ReportOptions) => Promise<BulkReport>
  ): Promise<SelectionSummary> {
    checkItemCount(this.resource, ids)
    const itemErrors = new ItemErrors(settings.partial)
    const { by } = settings
    const keys = ids.map((id, index) =>
      by === undefined
        ? readId(this.resource, id, index, itemErrors)
        : readKey(this.resource.model, clientFields(this.resource, by), id, index, itemErrors)
    )
    const scopes = scopesOf(this.resource, settings.caller)
    const report = await this.#execute(settings.caller, scopes, settings, {
      itemErrors,
      items: keys.map((key, index) =>
        selectedItem(
          index,
          by === undefined ? selectorOf(this.resource, key) : selectorBy(by, { ...key, ...scopes.own })
        )
      ),
      seen,
      absent: 'report',
      write: async (store, items) =>
        await write(store, selectorsOf(items), { rows: null, outcomes: settings.partial ?? false })
    })
    const named = keys.map((key, index) =>
      by === undefined ? (idOf(this.resource, key) ?? repeatedValue(ids[index])) : key
    )
    return { requested: ids.length, report, ids: named, missing: report.missing.map(({ index }) => named[index]) }
  }

  #read (
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
   * looked for only then: without faults the write goes on to find it.
   */
  #explaining (
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

  async #execute (
    caller: Caller,
    scopes: Scopes,
    { partial = false, conditions = {} }: WriteSettings,
    batch: Batch
  ): Promise<BulkReport> {
    return await (partial ? executePartially : execute)(
      { resource: this.resource, caller, scopes, conditions },
      this.#store,
      batch
    )
  }

  /** What the store is to tell of a write. */
  #told (
    wantsRows: boolean,
    { action, request }: Caller,
    { partial = false, outcomes = partial, wantsVersion = false }: WriteSettings
  ): ReportOptions {
    const isHookTold = request !== null && this.resource.rules.after?.[action] !== undefined
    if (wantsRows || isHookTold) return { rows: { fields: fetchedFields(this.resource), form: 'json' }, outcomes }
    return { rows: wantsVersion ? versionRequest(this.resource) : null, outcomes }
  }
}

/** The items as the store takes updates. */
export function updatesOf (items: readonly BatchItem[], touched: readonly boolean[] | null): readonly UpdateItem[] {
  return items.map(({ where, data, version }, i) => ({
    where: where!,
    data: data!,
    version,
    ...(touched?.[i] === true ? { touch: true } : {})
  }))
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
