import { currentActor } from '../../actor.js'
import { CommonsError } from '../../errors.js'
import { jsonDigest } from '../../http/json-digest.js'
import { targetOf } from '../../http/target.js'
import type { RouteRequest } from './answer.js'
import type { KeyedRequest } from './idempotency.js'
import type { Idempotency } from '../definition/idempotency-options.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { Resource } from '../definition/resource.js'
import { scopeIdentity } from '../../items/shape/link-scopes.js'
import { scopeOf } from '../definition/rules.js'
import { Scopes } from '../../scope/scopes.js'

/** The headers that say what a request asks for. */
const tellingHeaders = ['prefer', 'if-match', 'if-none-match', 'accept'] as const

/**
 * The key in the header `Idempotency-Key`, a text of 1 to 255 printable characters, in quotes or without; null where
 * the request has none.
 *
 * @throws CommonsError `invalid_header`
 */
export function readRequestKey ({ headers }: Pick<RouteRequest, 'headers'>, { required }: Idempotency): string | null {
  const given = headers['idempotency-key']
  if (given === undefined) {
    if (required) throw invalid('is required for writes')
    return null
  }
  const key = typeof given === 'string' ? /^(?:"([\x20-\x7e]{1,255})"|([\x20-\x7e]{1,255}))$/.exec(given.trim()) : null
  if (key === null) throw invalid('must be one text of 1 to 255 printable ASCII characters')
  return key[1] ?? key[2]!
}

/**
 * A request under its key. The key belongs to the actor, and to the values of the scope, those of relations included:
 * who acts for two tenants, or is known to the scope alone, gets no answer of another tenant.
 *
 * @throws CommonsError `unauthorized` when the scope asks for a user
 */
export function keyedRequest (resource: Resource, request: RouteRequest & ResourceRequest, key: string): KeyedRequest {
  const id = currentActor()?.id
  const actor = id === undefined ? '' : `${typeof id}:${String(id)}`
  const identity = scopeIdentity(resource, new Scopes(scopeOf(resource.model, resource.rules, request), request))
  return {
    actor: identity.some(values => values !== null) ? `scope:${jsonDigest(identity)}:${actor}` : actor,
    key,
    fingerprint: fingerprintOf(request)
  }
}

function invalid (problem: string): CommonsError {
  return new CommonsError('invalid_header', { params: { header: 'Idempotency-Key', problem } })
}

/** A digest of what a request asks for: the same for a body that names the same things in another order. */
function fingerprintOf ({ method, url, query, body, headers }: RouteRequest): string {
  return jsonDigest([
    method,
    targetOf(url).path,
    query,
    tellingHeaders.map(name => headers[name] ?? null),
    body ?? null
  ])
}
