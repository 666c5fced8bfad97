import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { embeddedWait, startEmbedded } from './embedded.js'
import { migrate } from './migrate.js'

export interface DatabaseEnvironment {
  /** URL of a PostgreSQL server. */
  readonly DATABASE_URL?: string | undefined
  /** Without DATABASE_URL: `memory`, or the folder of the embedded database; `.data` in the package when absent. */
  readonly COMMONS_DATA?: string | undefined
}

export interface Database {
  readonly kind: 'postgresql' | 'pglite'
  /** Sessions in UTC, as Prisma's adapter needs. */
  readonly pool: pg.Pool
  /** How long a transaction may wait for a connection of the pool, in milliseconds. */
  readonly maxWait: number
  /** Waits for running queries, ends the pool and the embedded database. */
  close: () => Promise<void>
}

const dataFolder = fileURLToPath(new URL('.data', import.meta.resolve('fastify-prisma-commons/package.json')))

/**
 * Opens the database that the environment names, with all migrations applied.
 *
 * @throws Error when the server cannot be reached, a migration fails, or another process uses the folder.
 * @example
 * const database = await openDatabase({ COMMONS_DATA: 'memory' })
 */
export async function openDatabase (environment: DatabaseEnvironment = process.env): Promise<Database> {
  const { DATABASE_URL: url, COMMONS_DATA: data } = environment
  const database = url ? openServer(url) : await openEmbedded(data)
  try {
    await migrate(database.pool)
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}

function openServer (connectionString: string): Database {
  // Requests that wait for one locked row give their connections back before others, such as /health, wait in vain for
  // one.
  const pool = new pg.Pool({
    connectionString,
    options: '-c TimeZone=UTC -c lock_timeout=5000',
    max: 10,
    connectionTimeoutMillis: 10_000
  })
  return { kind: 'postgresql', pool, maxWait: 10_000, close: async () => await pool.end() }
}

async function openEmbedded (data: string | undefined): Promise<Database> {
  const { pool, close } = await startEmbedded(data === 'memory' ? {} : { directory: data || dataFolder })
  return { kind: 'pglite', pool, maxWait: embeddedWait, close }
}
