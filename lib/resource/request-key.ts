import { createHash } from 'node:crypto'
import { currentActor } from '../actor.js'
import { CommonsError } from '../errors.js'
import type { RouteRequest } from './answer.js'
import type { KeyedRequest } from './idempotency.js'
import type { Idempotency } from './idempotency-options.js'

/** What of the headers says what a request asks for. */
const tellingHeaders = ['prefer', 'if-match', 'if-none-match', 'accept'] as const

/**
 * The key of a request by its header `Idempotency-Key`, a text of 1 to 255 printable characters, in quotes or without; null
 * where it has none.
 *
 * @throws CommonsError `invalid_header`
 */
export function readRequestKey (request: RouteRequest, { required }: Idempotency): KeyedRequest | null {
  const given = request.headers['idempotency-key']
  if (given === undefined) {
    if (required) throw invalid('is required for writes')
    return null
  }
  const key = typeof given === 'string' ? /^(?:"([\x20-\x7e]{1,255})"|([\x20-\x7e]{1,255}))$/.exec(given.trim()) : null
  if (key === null) throw invalid('must be one text of 1 to 255 printable ASCII characters')
  const id = currentActor()?.id
  return { actor: id === undefined ? '' : `${typeof id}:${String(id)}`, key: key[1] ?? key[2]!, fingerprint: fingerprintOf(request) }
}

function invalid (problem: string): CommonsError {
  return new CommonsError('invalid_header', { params: { header: 'Idempotency-Key', problem } })
}

/** A digest of what a request asks for: the same for a body that names the same things in another order. */
function fingerprintOf ({ method, url, query, body, headers }: RouteRequest): string {
  const asked = [method, url.split('?', 1)[0], query, tellingHeaders.map(name => headers[name] ?? null), body ?? null]
  return createHash('sha256').update(JSON.stringify(asked, sorted)).digest('base64url')
}

function sorted (_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const names = Object.keys(value)
  return names.every((name, i) => i === 0 || names[i - 1]! <= name) ? value : Object.fromEntries(names.sort().map(name => [name, (value as Record<string, unknown>)[name]]))
}
