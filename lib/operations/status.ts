import { isFinal, processedOf, type Operation, type OperationState } from './operation.js'

/** An operation as answers show it. */
export interface OperationStatus {
  readonly id: string
  readonly kind: string
  readonly state: OperationState
  /** All items are written, or none. */
  readonly atomic: boolean
  readonly total: number
  readonly processed: number
  readonly unprocessed: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly failed: number
  /** 0 to 100. */
  readonly percentage: number
  /** Items a second; null before the first ones. */
  readonly rate: number | null
  readonly estimated_end: string | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  readonly expires_at: string
  readonly links: { readonly self: string; readonly results: string; readonly events: string }
}

/**
 * @param url that of the operation
 */
export function statusOf (operation: Operation, url: string, now = new Date()): OperationStatus {
  const { id, kind, state, atomic, total, counts, error, createdAt, startedAt, finishedAt, expiresAt } = operation
  const processed = processedOf(counts)
  const rate = rateOf(operation, now)
  const remaining = rate === null || isFinal(state) ? null : ((total - processed) / rate) * 1000
  return {
    id,
    kind,
    state,
    atomic,
    total,
    processed,
    unprocessed: total - processed,
    ...counts,
    percentage: total === 0 ? 100 : Math.floor((processed / total) * 100),
    rate: rate === null ? null : Math.round(rate * 10) / 10,
    estimated_end: remaining === null ? null : new Date(now.getTime() + remaining).toISOString(),
    error,
    created_at: createdAt.toISOString(),
    started_at: startedAt?.toISOString() ?? null,
    finished_at: finishedAt?.toISOString() ?? null,
    expires_at: expiresAt.toISOString(),
    links: { self: url, results: `${url}/results`, events: `${url}/events` }
  }
}

function rateOf ({ counts, startedAt, finishedAt }: Operation, now: Date): number | null {
  const processed = processedOf(counts)
  if (startedAt === null || processed === 0) return null
  const seconds = ((finishedAt ?? now).getTime() - startedAt.getTime()) / 1000
  return processed / Math.max(seconds, 0.001)
}

/** Seconds after which to ask again: few at the start, more for work that takes long; null once it is final. */
export function retryAfterOf ({ state, startedAt, createdAt }: Operation, now = new Date()): number | null {
  if (isFinal(state)) return null
  const age = (now.getTime() - (startedAt ?? createdAt).getTime()) / 1000
  return Math.min(10, Math.max(1, Math.round(age / 10)))
}
