import { isRow } from '../bulk/columns.js'
import type { BulkReport } from '../bulk/report.js'
import type { Scope } from '../bulk/scope.js'
import type { BulkStore } from '../bulk/store.js'
import { BulkError, CommonsError, withoutIndex } from '../errors.js'
import type { DeletedRows } from '../model/meta.js'
import { BulkActions, type UpdateMode } from './bulk-actions.js'
import { preconditionFailed, type Conditions } from './conditions.js'
import { guardedWrite, type GuardedWrite } from './guard.js'
import type { ListRequest } from './list/list-request.js'
import { readRows, type Listing } from './list/read-rows.js'
import type { Resource } from './resource.js'
import { itemOfBody, readPathKey, refuseBody, type PathKey, type PathParameters } from './row-key.js'
import { shownRequest, shownRow, type ShownRow } from './shown-row.js'

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
  readonly #store: BulkStore
  readonly #bulk: BulkActions

  constructor (resource: Resource, store: BulkStore) {
    this.resource = resource
    this.#store = store
    this.#bulk = new BulkActions(resource, store)
  }

  /** @param scope field → the value that rows must have in it to be there at all; null: all rows are */
  async list (request: ListRequest, scope: Scope | null = null): Promise<Listing> {
    return await readRows(this.resource, this.#store, request, scope)
  }

  async retrieve (path: PathParameters, deleted: DeletedRows): Promise<ShownRow> {
    return await this.#find(this.#keyOf(path), deleted)
  }

  /** Writes what the body names, with `replace` all that a client may write. */
  async update (path: PathParameters, body: unknown, mode: UpdateMode, conditions: Conditions): Promise<WrittenRow> {
    const { resource } = this
    const key = this.#keyOf(path)
    if (!isRow(body)) throw new CommonsError('invalid_type', { params: { expected: 'an object as the body' } })
    return await this.#single(async () => {
      const [item] = await this.#bulk.updatesOf([itemOfBody(resource, this.#store, key, body)], mode)
      const { where, data, version } = item!
      const report = await this.#guarded(key, conditions, 'exclude', version, expected =>
        this.#store.update(resource.model, [{ where, data, version: expected }], { mode: 'sparse', unmatched: 'report', rows: shownRequest(resource) }))
      return this.#written(report)
    })
  }

  /** Deletes a row; on models with soft delete it is marked. */
  async destroy (path: PathParameters, body: unknown, conditions: Conditions): Promise<void> {
    const key = this.#keyOf(path)
    refuseBody(body)
    await this.#single(() => this.#guarded(key, conditions, 'exclude', undefined, expected =>
      this.#store.delete(this.resource.model, [key.selector], { rows: null, expected: expectedOf(expected), unmatched: 'report' })))
  }

  /** Takes the mark of a deleted row away; a row without one stays as it is. */
  async restore (path: PathParameters, body: unknown, conditions: Conditions): Promise<WrittenRow> {
    const key = this.#keyOf(path)
    refuseBody(body)
    return await this.#single(async () => this.#written(await this.#guarded(key, conditions, 'include', undefined, expected =>
      this.#store.restore(this.resource.model, [key.selector], { rows: shownRequest(this.resource), expected: expectedOf(expected), unmatched: 'report' }))))
  }

  async #guarded (key: PathKey, { ifMatch, ifNoneMatch }: Conditions, seen: DeletedRows, own: number | undefined, write: GuardedWrite): Promise<BulkReport> {
    const current = async (): Promise<number | null> => (await this.#find(key, seen)).version
    // It says that the row may not be there.
    if (ifNoneMatch !== undefined) throw preconditionFailed('If-None-Match', await current())
    const report = await guardedWrite(this.resource, { ifMatch, own, current }, write)
    if (report.missing.length > 0) throw key.missing()
    return report
  }

  async #find (key: PathKey, deleted: DeletedRows): Promise<ShownRow> {
    const [row] = await this.#store.find(this.resource.model, [key.selector], { rows: shownRequest(this.resource), deleted })
    if (row === null || row === undefined) throw key.missing()
    return shownRow(this.resource, row)
  }

  #written (report: BulkReport): WrittenRow {
    const [row] = report.rows as readonly Readonly<Record<string, unknown>>[]
    return { report, ...shownRow(this.resource, row!) }
  }

  #keyOf (path: PathParameters): PathKey {
    return readPathKey(this.resource, this.#store, path)
  }

  /** Errors of a batch of one are those of a request that carries no list. */
  async #single<T> (work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw error instanceof BulkError ? withoutIndex(error) : error
    }
  }
}

/** For a batch of one. */
function expectedOf (version: number | undefined): readonly (number | undefined)[] | null {
  return version === undefined ? null : [version]
}
