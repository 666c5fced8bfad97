import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startEmbedded } from './embedded.js'
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
  const embedded = url ? null : await startEmbedded(data === 'memory' ? {} : { directory: data || dataFolder })
  const pool = new pg.Pool({
    connectionString: embedded?.connectionString ?? url!,
    options: '-c TimeZone=UTC',
    max: 10,
    connectionTimeoutMillis: 10_000
  })
  const close = async (): Promise<void> => {
    await pool.end()
    await embedded?.close()
  }
  try {
    await migrate(pool)
  } catch (error) {
    await close()
    throw error
  }
  return { kind: embedded === null ? 'postgresql' : 'pglite', pool, close }
}
