import { withoutWriteOnly } from '../../scope/hidden-differences.js'
import { withoutScopeFields } from '../../scope/hidden-scope.js'
import type { ModelStore } from '../../store/model-store.js'
import { appliedHeaders, type Answer, type RouteRequest } from './answer.js'
import { dryRun } from './dry-run.js'
import { once } from './idempotency.js'
import { withoutMadeUpIds } from './made-up-ids.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import { keyedRequest, readRequestKey } from './request-key.js'
import type { Resource } from '../definition/resource.js'
import type { WriteMode } from './write-mode.js'

/** A write and its answer; all that it does it does in the store that it is given. */
export type WriteWork = (store: ModelStore) => Promise<Answer>

/**
 * Carries a write out as its request wants it: for good or as a dry run, and with an `Idempotency-Key` once. A write
 * that meets others is not retried once its client has left.
 */
export async function perform (
  given: ModelStore,
  resource: Resource,
  request: RouteRequest & ResourceRequest,
  mode: Pick<WriteMode, 'dryRun' | 'applied'>,
  work: WriteWork
): Promise<Answer> {
  const answered: WriteWork = async store => {
    const answer = await work(store).catch((error: unknown) => {
      throw withoutWriteOnly(withoutScopeFields(error, resource.scopeFields), resource.writeOnly)
    })
    return { ...answer, headers: { ...answer.headers, ...appliedHeaders(mode.applied) } }
  }
  const store = given.until(() => request.socket.destroyed)
  const { idempotency } = resource
  const key = idempotency === null ? null : readRequestKey(request, idempotency)
  // What is undone may be done any number of times.
  if (mode.dryRun) return await withoutMadeUpIds(resource, store, await dryRun(store, answered))
  if (idempotency === null || key === null) return await answered(store)
  return await once(store, idempotency, keyedRequest(resource, request, key), answered)
}
