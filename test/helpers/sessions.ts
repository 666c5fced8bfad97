import pg from 'pg'
import type { TestDatabase } from './database.js'
import { until } from './until.js'

/** Sessions of a database that wait for others. */
const waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

/** Waits until some sessions wait for others. */
export async function untilSessionsWait (query: TestDatabase['query'], count: number): Promise<void> {
  await until(`${count} waiting sessions`, async () => (await query(`SELECT 1 ${waiting}`)).length >= count)
}

export interface Holding {
  /** What is done in the open transaction before `work` begins. */
  readonly first: string | readonly string[]
  /** What is done there once something waits for it; `WAITING` stands for the sessions that do. */
  readonly then: string | readonly string[]
}

/** Runs `work` against another session with an open transaction; the session ends when `then` is done. */
export async function againstSession<Result> (
  connectionString: string,
  { first, then }: Holding,
  work: () => Promise<Result>
): Promise<Result> {
  const holder = new pg.Client({ connectionString })
  await holder.connect()
  try {
    await holder.query('BEGIN')
    for (const statement of [first].flat()) await holder.query(statement)
    const outcome = work()
    outcome.catch(() => {})
    while ((await holder.query(`SELECT ${waiting}`)).rowCount === 0);
    for (const statement of [then].flat()) await holder.query(statement.replace('WAITING', waiting))
    return await outcome
  } finally {
    await holder.end()
  }
}
