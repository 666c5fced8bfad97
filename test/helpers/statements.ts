import type pg from 'pg'

/**
 * Watches the connections of a pool, those opened from now on: gives a function that runs `work` and lists the
 * statements that were sent meanwhile, failed ones and `BEGIN` included.
 */
export function watchStatements (pool: pg.Pool): (work: () => Promise<unknown>) => Promise<string[]> {
  let statements: string[] = []
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      const [first] = args
      statements.push(typeof first === 'string' ? first : (first as pg.QueryConfig).text)
      return query(...args)
    }) as typeof client.query
  })
  return async work => {
    statements = []
    await work()
    return statements
  }
}
