import { fingerprint } from './fingerprint.js'
import type { QueryEvent, QuerySink } from './query-event.js'

/** Distinct statements that a collector tells apart; those beyond count in its totals alone. */
const mostStatements = 1000

/** Slow statements that a collector keeps; those beyond are counted. */
const mostSlow = 10

/** All runs of one statement. */
export interface StatementCount {
  /** The statement, lists of parameters shortened. */
  readonly sql: string
  readonly count: number
  readonly ms: number
  /** The last run. */
  readonly last: QueryEvent
}

interface Runs {
  count: number
  ms: number
  last: QueryEvent
}

/** Counts the statements of one request, or of one piece of work. */
export class QueryCollector implements QuerySink {
  /** Statements, without those that open and end transactions. */
  queries = 0
  /** Transactions that were opened. */
  transactions = 0
  /** Statements that failed. */
  failed = 0
  /** Milliseconds in the database, those of transactions and waiting for connections included. */
  ms = 0
  slowest: QueryEvent | null = null
  /** The first slow statements. */
  readonly slow: QueryEvent[] = []
  slowCount = 0
  readonly #slowMs: number
  readonly #runs = new Map<string, Runs>()
  #last: QueryEvent | null = null

  /** @param slowMs milliseconds beyond which a statement is slow; default: none is */
  constructor (slowMs = Infinity) {
    this.#slowMs = slowMs
  }

  add (event: QueryEvent): void {
    // A statement that serves several requests is told by each of them.
    if (event === this.#last) return
    this.#last = event
    this.ms += event.ms
    if (event.error !== undefined) this.failed++
    if (event.kind === 'transaction') {
      if (/^BEGIN/i.test(event.sql)) this.transactions++
      return
    }
    this.queries++
    if (this.slowest === null || event.ms > this.slowest.ms) this.slowest = event
    if (event.ms > this.#slowMs) {
      this.slowCount++
      if (this.slow.length < mostSlow) this.slow.push(event)
    }
    const runs = this.#runs.get(event.sql)
    if (runs !== undefined) {
      runs.count++
      runs.ms += event.ms
      runs.last = event
    } else if (this.#runs.size < mostStatements) {
      this.#runs.set(event.sql, { count: 1, ms: event.ms, last: event })
    }
  }

  /** The statements with the number of their runs, in the order of their first run. */
  get statements (): StatementCount[] {
    const counts = new Map<string, StatementCount>()
    for (const [text, { count, ms, last }] of this.#runs) {
      const sql = fingerprint(text)
      const known = counts.get(sql)
      counts.set(sql, {
        sql,
        count: count + (known?.count ?? 0),
        ms: ms + (known?.ms ?? 0),
        last
      })
    }
    return [...counts.values()]
  }

  /** The statements that ran at least so many times. */
  repeated (least: number): StatementCount[] {
    return this.queries < least ? [] : this.statements.filter(({ count }) => count >= least)
  }
}
