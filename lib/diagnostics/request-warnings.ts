import type { QueryCollector } from './query-collector.js'
import { rounded, slowStatement, type RepeatedStatement, type RequestSummary } from './request-summary.js'

/** From where on a request is worth a warning; false switches one off. */
export interface Thresholds {
  /** Milliseconds of a request. */
  readonly slowRequestMs: number | false
  /** Milliseconds of one statement. */
  readonly slowQueryMs: number | false
  /** Statements of one request. */
  readonly manyQueries: number | false
  /** Runs of the same statement in one request. */
  readonly repeatedQueries: number | false
}

/** A line of the log. */
export interface RequestWarning {
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * The warnings of a request that has ended, at most one of each kind.
 *
 * @param ms what the request took, in milliseconds
 * @param hasParameters tell the values of slow statements
 */
export function requestWarnings (
  ms: number,
  collector: QueryCollector,
  summary: RequestSummary,
  thresholds: Thresholds,
  hasParameters: boolean
): RequestWarning[] {
  const { slowRequestMs, slowQueryMs, manyQueries } = thresholds
  const { queries, repeated = [] } = summary
  const warnings: RequestWarning[] = []
  if (slowRequestMs !== false && ms > slowRequestMs) {
    warnings.push({
      message: `Slow request: ${rounded(ms)} ms, the threshold is ${slowRequestMs} ms`,
      details: { responseTime: ms, db: summary }
    })
  }
  if (collector.slow.length > 0) {
    warnings.push({
      message: `Slow queries: ${collector.slowCount} of ${queries} took more than ${slowQueryMs} ms`,
      details: { slowQueries: collector.slow.map(event => slowStatement(event, hasParameters)) }
    })
  }
  if (manyQueries !== false && queries > manyQueries) {
    warnings.push({
      message: `Many queries: ${queries} in one request, the threshold is ${manyQueries}`,
      details: { queries }
    })
  }
  const [first] = repeated
  if (first !== undefined) warnings.push({ message: repetition(first), details: { repeated } })
  return warnings
}

function repetition ({ model, operation, count, at }: RepeatedStatement): string {
  const call = operation === null ? (model ?? 'a raw query') : `${model ?? 'client'}.${operation}`
  return `N+1 queries: ${call} sent the same statement ${count} times${at === null ? '' : `, at ${at}`}`
}
