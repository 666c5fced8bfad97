import { isRow } from '../../store/core/columns.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import type { BulkReport } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import { withoutIndex } from '../../error-places.js'
import { BulkError, CommonsError } from '../../errors.js'
import type { DeletedRows } from '../../model/meta.js'
import { attachRelated } from '../../items/relations/attach.js'
import { selectedItem, type Batch, type BatchItem } from '../write/batch.js'
import { BatchReader } from './batch-reader.js'
import { updateBatch, type UpdateMode } from './update-batch.js'
import { preconditionFailed, type Conditions } from '../write/conditions.js'
import { scopesOf, type Caller } from '../write/caller.js'
import { execute } from '../write/execute.js'
import { guardedWrite } from '../write/guard.js'
import type { ListRequest } from '../list/list-request.js'
import { readRows, type Listing } from '../list/read-rows.js'
import { hiddenVersion, shownReport, writeItems } from '../write/related-write.js'
import type { Resource } from '../definition/resource.js'
import { enterRead, leaveRead } from '../write/rule-call.js'
import type { Scopes } from '../../scope/scopes.js'
import { itemOfBody, readPathKey, refuseBody, type PathKey, type PathParameters } from '../write/row-key.js'
import { shownRequest, shownRow, type ShownRow } from '../write/shown-row.js'

/** What a write of one row did, and the row. */
export interface WrittenRow extends ShownRow {
  readonly report: BulkReport
}

/**
 * The actions on single rows of one resource, and their list.
 *
 * @throws CommonsError: `object_not_found` for a row that is not there, be it that its id is none of the key's type;
 * `precondition_failed` and `version_conflict` for one that has another version than the request asks for
 */
export class CrudActions {
  readonly resource: Resource
  readonly #store: ModelStore
  readonly #reader: BatchReader

  constructor (resource: Resource, store: ModelStore, reader = new BatchReader(resource, store)) {
    this.resource = resource
    this.#store = store
    this.#reader = reader
  }

  /** The same actions in another store, as that of a transaction. */
  on (store: ModelStore): CrudActions {
    return new CrudActions(this.resource, store, this.#reader.on(store))
  }

  async list (request: ListRequest, caller: Caller = { action: 'list', request: null }): Promise<Listing> {
    const scopes = scopesOf(this.resource, caller)
    await enterRead(this.resource, this.#store, caller)
    const found = await readRows(this.resource, this.#store, request, scopes)
    await leaveRead(this.resource, this.#store, caller, found.rows)
    return found
  }

  async retrieve (
    path: PathParameters,
    deleted: DeletedRows,
    caller: Caller = { action: 'retrieve', request: null }
  ): Promise<ShownRow> {
    const scopes = scopesOf(this.resource, caller)
    await enterRead(this.resource, this.#store, caller)
    const found = await this.#find(this.#store, this.#keyOf(path), deleted, scopes)
    await leaveRead(this.resource, this.#store, caller, [found.row])
    return found
  }

  /** Writes what the body names, with `replace` all that a client may write. */
  async update (
    path: PathParameters,
    body: unknown,
    mode: UpdateMode,
    conditions: Conditions,
    caller: Caller = { action: mode === 'sparse' ? 'update' : 'replace', request: null }
  ): Promise<WrittenRow> {
    const { resource } = this
    const key = this.#keyOf(path)
    if (!isRow(body)) throw new CommonsError('invalid_type', { params: { expected: 'an object as the body' } })
    return await this.#single(async () => {
      const scopes = scopesOf(resource, caller)
      const update = updateBatch(this.#reader, [itemOfBody(resource, this.#store, key, body)], mode)
      return this.#written(
        await this.#guarded(
          { key, conditions, caller, scopes, ...update },
          async (store, items, expected) =>
            await writeItems(resource, store, {
              items: items.map(item => ({ ...item, version: expected })),
              absent: 'leave',
              scopes,
              report: { rows: shownRequest(resource) },
              rowWrite: { kind: 'update', unmatched: 'report' }
            })
        )
      )
    })
  }

  /** Deletes a row; on models with soft delete it is marked. */
  async destroy (
    path: PathParameters,
    body: unknown,
    conditions: Conditions,
    caller: Caller = { action: 'destroy', request: null }
  ): Promise<void> {
    const key = this.#keyOf(path)
    refuseBody(body)
    const scopes = scopesOf(this.resource, caller)
    await this.#single(() =>
      this.#guarded({ key, conditions, caller, scopes, ...selecting(key), deleted: 'exclude' }, (store, _, expected) =>
        store.delete(this.resource.model, [key.selector], {
          rows: null,
          expected: expectedOf(expected),
          unmatched: 'report'
        })
      )
    )
  }

  /** Takes the mark of a deleted row away; a row without one stays as it is. */
  async restore (
    path: PathParameters,
    body: unknown,
    conditions: Conditions,
    caller: Caller = { action: 'restore', request: null }
  ): Promise<WrittenRow> {
    const key = this.#keyOf(path)
    refuseBody(body)
    const scopes = scopesOf(this.resource, caller)
    return await this.#single(async () =>
      this.#written(
        await this.#guarded(
          { key, conditions, caller, scopes, ...selecting(key), deleted: 'include' },
          async (store, _, expected) => {
            const rows = shownRequest(this.resource)
            const report = await store.restore(this.resource.model, [key.selector], {
              rows,
              expected: expectedOf(expected),
              unmatched: 'report'
            })
            return await shownReport(this.resource, store, report, rows, scopes)
          }
        )
      )
    )
  }

  async #guarded (
    { key, conditions: { ifMatch, ifNoneMatch }, caller, scopes, ...batch }: SingleWrite,
    write: WriteSingle
  ): Promise<BulkReport> {
    const report = await execute({ resource: this.resource, caller, scopes, conditions: {} }, this.#store, {
      ...batch,
      onMissing: 'report',
      write: async (store, items) => {
        const current = async (): Promise<number | null> =>
          (await this.#find(store, key, batch.deleted, scopes)).version
        // It says that the row may not be there.
        if (ifNoneMatch !== undefined) throw preconditionFailed('If-None-Match', await current())
        const report = await guardedWrite(
          this.resource,
          { ifMatch, own: items[0]!.version, current },
          async expected => await write(store, items, expected)
        )
        // Thrown here, so that what hooks have written is undone.
        if (report.missing.length > 0) throw key.missing()
        return report
      }
    })
    if (report.missing.length > 0) throw key.missing()
    return report
  }

  async #find (store: ModelStore, key: PathKey, deleted: DeletedRows, scopes: Scopes): Promise<ShownRow> {
    const [row] = await store.find(this.resource.model, [key.selector], {
      rows: shownRequest(this.resource),
      deleted,
      scope: scopes.own
    })
    if (row === null || row === undefined) throw key.missing()
    const [shown] = await attachRelated(store, this.resource, [row], scopes, hiddenVersion(this.resource))
    return shownRow(this.resource, shown!)
  }

  #written (report: BulkReport): WrittenRow {
    const [row] = report.rows as readonly Readonly<Record<string, unknown>>[]
    return { report, ...shownRow(this.resource, row!) }
  }

  #keyOf (path: PathParameters): PathKey {
    return readPathKey(this.resource, this.#store, path)
  }

  /** Errors of a batch of one are those of a request that carries no list. */
  async #single<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw error instanceof BulkError ? withoutIndex(error) : error
    }
  }
}

/** A write of the row that a path names. */
interface SingleWrite extends Pick<Batch, 'itemErrors' | 'items' | 'explain' | 'deleted'> {
  readonly key: PathKey
  readonly conditions: Conditions
  readonly caller: Caller
  readonly scopes: Scopes
}

/** Writes a row that has the expected version; undefined takes any. */
type WriteSingle = (
  store: ModelStore,
  items: readonly BatchItem[],
  expected: number | undefined
) => Promise<BulkReport>

/** A batch that names one row and writes nothing of its own into it. */
function selecting ({ selector }: PathKey): Pick<Batch, 'itemErrors' | 'items'> {
  return { itemErrors: new ItemErrors(), items: [selectedItem(0, selector)] }
}

/** For a batch of one. */
function expectedOf (version: number | undefined): readonly (number | undefined)[] | null {
  return version === undefined ? null : [version]
}
