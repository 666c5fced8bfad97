import { runAs, type Actor } from '../../actor.js'
import { detailAt, withIndexes } from '../../error-places.js'
import { BulkError } from '../../errors.js'
import { withoutWriteOnly } from '../../scope/hidden-differences.js'
import { withoutScopeFields } from '../../scope/hidden-scope.js'
import type { Chunk, OperationHandler } from '../../operations/handler.js'
import type { OperationCounts, OperationFailure } from '../../operations/operation.js'
import type { RequestSnapshot } from '../../operations/request-snapshot.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { BulkReport } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { BulkActions } from '../actions/bulk-actions.js'
import { runBulkWork } from '../actions/bulk-work.js'
import { rowActionsOf } from '../actions/row-actions.js'
import type { WriteAction } from '../definition/actions.js'
import { itemFailures, type ItemFailure } from '../write/item-failures.js'
import type { WriteSettings } from '../write/write-settings.js'

/** What is kept of a bulk request, as JSON. */
export interface BulkPayload {
  readonly snapshot: RequestSnapshot
  readonly action: string
  /** Name of the unique constraint by which rows are found; null: the primary key. */
  readonly on: string | null
  /** Fields of an upsert to write on rows that exist; null: those that an item names. */
  readonly update: readonly string[] | null
  readonly replace: boolean
  readonly mustBeNew: boolean
  readonly needsVersions: boolean
}

/** Makes a request, and its user, of what was kept of it. */
export type RestoreRequest = (
  snapshot: RequestSnapshot
) => Promise<{ readonly request: ResourceRequest; readonly user: Actor | null }>

/** Writes the chunks of bulk requests to one resource. */
export function bulkHandler (
  name: string,
  actions: BulkActions,
  store: ModelStore,
  restore: RestoreRequest
): OperationHandler {
  const { resource } = actions
  return {
    name,
    write: async chunk => {
      const payload = chunk.request as BulkPayload
      const { request, user } = await restore(payload.snapshot)
      await runAs(
        user,
        async () =>
          await store.transaction(async store => {
            const { report, ids } = await writeChunk(actions.on(store), payload, chunk, request)
            const failures = itemFailures(resource, report, ids)
            await chunk.commit(store.client, {
              counts: countsOf(report, chunk.items.length, failures.size),
              failures: Array.from(failures, ([index, failure]) => movedFailure(index, failure, chunk.offset))
            })
          }, resource.model)
      )
    }
  }
}

interface ChunkReport {
  readonly report: BulkReport
  /** The ids that the items are; absent where they are objects. */
  readonly ids?: readonly unknown[]
}

async function writeChunk (
  actions: BulkActions,
  { action, on: name, update, replace, mustBeNew, needsVersions }: BulkPayload,
  { items, atomic, offset }: Chunk,
  request: ResourceRequest
): Promise<ChunkReport> {
  const { resource } = actions
  const by = name === null ? undefined : resource.model.meta.uniques.find(unique => unique.name === name)!
  const settings: WriteSettings = {
    caller: { action, request },
    partial: !atomic,
    conditions: { mustBeNew, needsVersions }
  }
  try {
    const rowAction = rowActionsOf(resource).find(({ name }) => name === action)
    if (rowAction !== undefined) {
      const { report } = await actions.run(rowAction, items, { ...settings, by })
      return { report, ids: items }
    }
    const upsert = by === undefined ? null : { on: by, update: update ?? undefined, replace }
    return { report: await runBulkWork(actions, { action: action as WriteAction, items, upsert }, false, settings) }
  } catch (error) {
    const shown = withoutWriteOnly(withoutScopeFields(error, resource.scopeFields), resource.writeOnly)
    throw shown instanceof BulkError ? withIndexes(shown, index => index + offset) : shown
  }
}

/** Counts add up to the items: one that was neither written nor failed is unchanged. */
function countsOf (
  { created, updated, deleted, restored = 0 }: BulkReport,
  total: number,
  failed: number
): OperationCounts {
  const changed = updated + restored
  return { created, updated: changed, deleted, failed, unchanged: total - created - changed - deleted - failed }
}

/** Names the place of an item in the whole request. */
function movedFailure (index: number, { status, errors }: ItemFailure, offset: number): OperationFailure {
  return { index: index + offset, status, errors: errors.map(detail => detailAt(detail, place => place + offset)) }
}
