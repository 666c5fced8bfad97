import type { QueryCollector } from './query-collector.js'

/** When the parts of a request began, by `performance.now()`; zero for a part that it has not reached. */
export interface RequestMarks {
  validation: number
  handler: number
  serialization: number
}

export interface DebugRequest {
  /** Milliseconds since the request began. */
  readonly ms: number
  readonly marks: RequestMarks
  readonly body: unknown
  /** The header Content-Length. */
  readonly contentLength: string | undefined
}

type Headers = Readonly<Record<string, string>>

/**
 * The header `Server-Timing` (W3C), which browsers show beside a request.
 *
 * @example
 * serverTiming(12.5, queries) // db;dur=3.1;desc="2 queries", total;dur=12.5
 */
export function serverTiming (ms: number, { queries, ms: databaseMs }: QueryCollector): string {
  const name = queries === 1 ? 'query' : 'queries'
  return `db;dur=${databaseMs.toFixed(2)};desc="${queries} ${name}", total;dur=${ms.toFixed(2)}`
}

/** `X-Debug-*` and `X-Op-*`; times are in seconds. Parts that a request has not reached are left out. */
export function debugHeaders (request: DebugRequest, { queries, ms: databaseMs }: QueryCollector): Headers {
  const { ms, marks, body, contentLength } = request
  const { validation, handler, serialization } = marks
  const now = performance.now()
  const items = itemsOf(body)
  return {
    'x-debug-duration': `${seconds(ms)}s`,
    'x-debug-queries': String(queries),
    'x-op-total-sec': seconds(ms),
    'x-op-db-sec': seconds(databaseMs),
    ...(validation > 0 && handler > 0 && { 'x-op-coerce-sec': seconds(handler - validation) }),
    ...(serialization > 0 && { 'x-op-respserialize-sec': seconds(now - serialization) }),
    ...(items !== null && { 'x-op-items': String(items) }),
    ...(contentLength !== undefined && { 'x-op-body-bytes': contentLength })
  }
}

function seconds (ms: number): string {
  return (ms / 1000).toFixed(4)
}

/** Items of a bulk request: of a list, or of the list `data` in an object. */
function itemsOf (body: unknown): number | null {
  if (Array.isArray(body)) return body.length
  if (typeof body !== 'object' || body === null || !('data' in body)) return null
  return Array.isArray(body.data) ? body.data.length : null
}
