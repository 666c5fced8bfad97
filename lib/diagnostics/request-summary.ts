import { shortParams, shortSentence } from '../text/shorten.js'
import { tableOf } from './fingerprint.js'
import type { QueryCollector, StatementCount } from './query-collector.js'
import type { QueryEvent } from './query-event.js'
import { userFrame } from './user-frame.js'

/** The statements of a request in numbers. Times are milliseconds, rounded to hundredths. */
export interface RequestSummary {
  readonly queries: number
  readonly ms: number
  readonly slowestMs: number
  readonly transactions: number
  readonly failed: number
  /** Statements that ran again and again; absent when there are none, or nobody looks for them. */
  readonly repeated?: readonly RepeatedStatement[]
}

export interface RepeatedStatement {
  readonly count: number
  readonly ms: number
  /** The model, or the table where the call is not known. */
  readonly model: string | null
  readonly operation: string | null
  /** The first line of the caller's stack in your code. */
  readonly at: string | null
  readonly sql: string
}

export interface SlowStatement {
  readonly ms: number
  readonly rows: number | null
  readonly model: string | null
  readonly sql: string
  /** The values, cut short; only when they are asked for. */
  readonly parameters?: unknown
}

/** @param least runs of a statement that make it repeated; false looks for none */
export function summaryOf (collector: QueryCollector, least: number | false): RequestSummary {
  const { queries, ms, slowest, transactions, failed } = collector
  const repeated = least === false ? [] : collector.repeated(least).map(repeatedStatement)
  return {
    queries,
    ms: rounded(ms),
    slowestMs: rounded(slowest?.ms ?? 0),
    transactions,
    failed,
    ...(repeated.length > 0 && { repeated })
  }
}

/** @param hasParameters tell the values of parameters too */
export function slowStatement (event: QueryEvent, hasParameters: boolean): SlowStatement {
  const { sql, ms, rows, args } = event
  const slow = { ms: rounded(ms), rows, model: modelOf(event), sql: shortSentence(sql) }
  return hasParameters ? { ...slow, ...shortParams({ parameters: args }) } : slow
}

function repeatedStatement ({ sql, count, ms, last }: StatementCount): RepeatedStatement {
  const { operation = null, stack } = last.origin ?? {}
  return {
    count,
    ms: rounded(ms),
    model: modelOf(last),
    operation,
    at: userFrame(stack?.() ?? null),
    sql: shortSentence(sql)
  }
}

function modelOf ({ origin, sql }: QueryEvent): string | null {
  return origin?.model ?? tableOf(sql)
}

/** Milliseconds to hundredths. */
export function rounded (ms: number): number {
  return Math.round(ms * 100) / 100
}
