import type { BulkReport } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Scopes } from '../../scope/scopes.js'
import type { Resource } from '../definition/resource.js'
import type { RowAction } from '../definition/row-action.js'
import type { Batch, UnwrittenBatch } from '../write/batch.js'
import { scopesOf, type Caller } from '../write/caller.js'
import { execute, executePartially } from '../write/execute.js'
import { writeItems, type ItemsWrite } from '../write/related-write.js'
import { reportOptionsOf, type WriteSettings } from '../write/write-settings.js'
import { BatchReader } from './batch-reader.js'
import { bulkDelete } from './bulk-delete.js'
import { bulkRestore } from './bulk-restore.js'
import { bulkSoftDelete } from './bulk-soft-delete.js'
import { createBatch } from './create-batch.js'
import { selectBatch, summaryOf, type SelectionSummary } from './select-batch.js'
import { updateBatch, type UpdateMode } from './update-batch.js'
import { upsertBatch, type UpsertRequest } from './upsert-batch.js'

/**
 * The collection actions of one resource: each checks all items, then writes them all or none.
 * Items are what a client sent; `wantsRows` asks for the rows as answers show them.
 *
 * @throws BulkError with every faulty item, CommonsError for the request as a whole
 */
export class BulkActions {
  readonly resource: Resource
  readonly #store: ModelStore
  readonly #reader: BatchReader

  constructor (resource: Resource, store: ModelStore, reader = new BatchReader(resource, store)) {
    this.resource = resource
    this.#store = store
    this.#reader = reader
  }

  /** The same actions in another store, as that of a transaction. */
  on (store: ModelStore): BulkActions {
    return new BulkActions(this.resource, store, this.#reader.on(store))
  }

  async create (items: readonly unknown[], wantsRows: boolean, settings: WriteSettings = {}): Promise<BulkReport> {
    const { conditions: { mustBeNew = false } = {}, caller = { action: 'bulkCreate', request: null } } = settings
    const scopes = scopesOf(this.resource, caller)
    return await this.#write(createBatch(this.#reader, items, scopes, settings.partial), caller, settings, {
      scopes,
      absent: 'create',
      report: reportOptionsOf(this.resource, wantsRows, caller, settings),
      rowWrite: { kind: 'create', mustBeNew: mustBeNew ? this.resource.model.meta.uniques : null }
    })
  }

  async upsert (
    items: readonly unknown[],
    upsert: UpsertRequest,
    wantsRows: boolean,
    settings: WriteSettings = {}
  ): Promise<BulkReport> {
    const { conditions: { mustBeNew = false } = {}, caller = { action: 'bulkUpsert', request: null } } = settings
    const { partial = false } = settings
    const { on, update } = upsert
    const scopes = scopesOf(this.resource, caller)
    const batch = upsertBatch(this.#reader, items, upsert, { scopes, mustBeNew, partial })
    return await this.#write(batch, caller, settings, {
      scopes,
      absent: 'create',
      changing: update === undefined ? null : new Set(update),
      report: reportOptionsOf(this.resource, wantsRows, caller, settings),
      rowWrite: mustBeNew ? { kind: 'create', mustBeNew: [on] } : { kind: 'upsert', on, fields: update }
    })
  }

  async update (
    items: readonly unknown[],
    mode: UpdateMode,
    wantsRows: boolean,
    settings: WriteSettings = {}
  ): Promise<BulkReport> {
    const { caller = { action: mode === 'sparse' ? 'bulkUpdate' : 'bulkReplace', request: null } } = settings
    return await this.#write(updateBatch(this.#reader, items, mode, settings.partial), caller, settings, {
      scopes: scopesOf(this.resource, caller),
      absent: 'leave',
      report: reportOptionsOf(this.resource, wantsRows, caller, settings),
      rowWrite: { kind: 'update', unmatched: 'error' }
    })
  }

  /** Deletes rows; on models with soft delete they get the stamp, and those that have it already are missing. */
  async delete (ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.run(bulkDelete, ids, settings)
  }

  /** Soft-deletes rows; those that were soft-deleted before stay as they are. */
  async softDelete (ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.run(bulkSoftDelete, ids, settings)
  }

  /** Restores soft-deleted rows; others stay as they are. */
  async restore (ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    return await this.run(bulkRestore, ids, settings)
  }

  /** Runs an action of `defineAction`, or one of those above, on the rows of these ids. */
  async run (action: RowAction, ids: readonly unknown[], settings: WriteSettings = {}): Promise<SelectionSummary> {
    const { caller = { action: action.name, request: null }, partial = false } = settings
    const scopes = scopesOf(this.resource, caller)
    const selection = selectBatch(this.resource, action, ids, { scopes, partial, by: settings.by })
    const call = { model: this.resource.model, action: action.name, request: caller.request }
    const report = await this.#execute(caller, scopes, settings, {
      ...selection.batch,
      write: async (store, items) =>
        await action.write(items, { ...call, store, report: { rows: null, outcomes: partial } })
    })
    return summaryOf(selection.names, report)
  }

  async #write (
    batch: UnwrittenBatch,
    caller: Caller,
    settings: WriteSettings,
    write: Omit<ItemsWrite, 'items'>
  ): Promise<BulkReport> {
    return await this.#execute(caller, write.scopes, settings, {
      ...batch,
      write: async (store, items) => await writeItems(this.resource, store, { ...write, items })
    })
  }

  async #execute (
    caller: Caller,
    scopes: Scopes,
    { partial = false, conditions = {} }: WriteSettings,
    batch: Batch
  ): Promise<BulkReport> {
    const context = { resource: this.resource, caller, scopes, conditions }
    return await (partial ? executePartially : execute)(context, this.#store, batch)
  }
}
