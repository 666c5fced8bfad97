import { parsePrefer, type Preferences } from '../../http/prefer.js'
import { isFinal, type Operation } from '../../operations/operation.js'
import { retryAfterOf, statusOf, type OperationStatus } from '../../operations/status.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Background, BackgroundWork } from '../background/background.js'
import type { Resource } from '../definition/resource.js'
import type { Answer, RouteRequest } from './answer.js'
import { perform } from './perform.js'
import type { WriteMode } from './write-mode.js'

/** Seconds that a request may wait for the end of its operation. */
const longestWait = 60

/**
 * Starts an operation and answers 202; 200 once it ends within the time of `Prefer: respond-async, wait=n`. The same
 * `Idempotency-Key` gives the same operation.
 */
export async function backgroundAnswer (
  background: Background,
  store: ModelStore,
  resource: Resource,
  mode: WriteMode,
  work: Omit<BackgroundWork, 'request' | 'partial'> & { readonly request: RouteRequest & ResourceRequest }
): Promise<Answer> {
  const { request } = work
  const { operations } = background.host
  const preferences = parsePrefer(request.headers['prefer'])
  const asked = preferences.has('respond-async') ? [['respond-async', ''] as const] : []
  const applied = [...mode.applied, ...asked]
  const answer = await perform(store, resource, request, { dryRun: false, applied }, async store =>
    accepted(background, await background.start(store, { ...work, partial: mode.partial }))
  )
  operations.wake()
  const seconds = secondsOf(preferences)
  if (seconds === 0) return answer
  const { id } = answer.data as OperationStatus
  const operation = await operations.settled(id, seconds)
  if (operation === null || !isFinal(operation.state)) return answer
  return {
    status: 200,
    message: `The operation has ${operation.state === 'failed' ? 'failed' : 'ended'}`,
    data: statusOf(operation, background.host.urlOf(id)),
    headers: { 'preference-applied': `respond-async, wait=${preferences.get('wait')}` }
  }
}

function accepted ({ host }: Background, operation: Operation): Answer {
  const url = host.urlOf(operation.id)
  return {
    status: 202,
    message: 'The operation was accepted',
    data: statusOf(operation, url),
    headers: { location: url, 'retry-after': String(retryAfterOf(operation)) }
  }
}

/** What is no number of seconds is no preference. */
function secondsOf (preferences: Preferences): number {
  const wait = preferences.get('wait') ?? ''
  return /^\d{1,5}$/.test(wait) ? Math.min(Number(wait), longestWait) : 0
}

/** CSV files are answered at once: an item may be a row that could not be read, which has no JSON form. */
const fileTypes = /^(?:text\/csv|multipart\/form-data)\b/i

/** True for a request that goes on after its answer: see `Background.takes`. */
export function takesOver (
  background: Background | null,
  { headers }: Pick<RouteRequest, 'headers'>,
  { total, isList, mode }: { readonly total: number; readonly isList: boolean; readonly mode: WriteMode }
): boolean {
  if (background === null || fileTypes.test(String(headers['content-type'] ?? ''))) return false
  return background.takes({ preferences: parsePrefer(headers['prefer']), total, isList, dryRun: mode.dryRun })
}
