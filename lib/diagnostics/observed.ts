import { channels } from './channels.js'
import type { QueryEvent } from './query-event.js'
import { queryScope } from './query-scope.js'

/** A statement that is about to be sent. */
export interface Statement {
  readonly sql: string
  readonly args: readonly unknown[]
  readonly inTransaction: boolean
  readonly kind?: QueryEvent['kind']
}

/**
 * Sends a statement and tells the scope of the running code and the channel `query` about it. Without either of them
 * nothing is measured.
 *
 * @param rowsOf the number of rows in an answer; null when it does not tell
 */
export async function observed<Result> (
  statement: Statement,
  send: () => Promise<Result>,
  rowsOf: (result: Result) => number | null
): Promise<Result> {
  const scope = queryScope()
  const listens = channels.query.hasSubscribers
  if (!listens && !scope?.holder.sink) return await send()

  const started = performance.now()
  const tell = (rows: number | null, error: unknown): void => {
    const { sql, args, inTransaction, kind = 'query' } = statement
    const ms = performance.now() - started
    const event: QueryEvent = { sql, args, kind, ms, rows, inTransaction, error, origin: scope?.origin ?? null }
    scope?.holder.sink?.add(event)
    if (listens) channels.query.publish(event)
  }
  let result: Result
  try {
    result = await send()
  } catch (error) {
    tell(null, error)
    throw error
  }
  tell(rowsOf(result), undefined)
  return result
}

/** Statements that open, end or part a transaction. */
const control = /^(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START TRANSACTION|SET TRANSACTION)\b/i

/** Tells BEGIN, COMMIT and the like from queries. */
export function kindOf (sql: string): QueryEvent['kind'] {
  return control.test(sql) ? 'transaction' : 'query'
}
