import type pg from 'pg'

/** Is told of each statement before it is sent; what it returns is awaited. */
export type StatementHook = (text: string, client: pg.PoolClient) => Promise<unknown> | undefined

/** Calls `hook` for the statements of all connections of a pool that are opened from now on. */
export function beforeStatements (pool: pg.Pool, hook: StatementHook): void {
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      const [first] = args
      const waiting = hook(typeof first === 'string' ? first : (first as pg.QueryConfig).text, client)
      return waiting === undefined ? query(...args) : waiting.then(() => query(...args))
    }) as typeof client.query
  })
}

/** Gives a function that runs `work` and lists the statements sent meanwhile, failed ones and `BEGIN` included. */
export function watchStatements (pool: pg.Pool): (work: () => Promise<unknown>) => Promise<string[]> {
  let statements: string[] = []
  beforeStatements(pool, text => {
    statements.push(text)
    return undefined
  })
  return async work => {
    statements = []
    await work()
    return statements
  }
}
