import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Pool, PoolClient } from 'pg'

/** The package's own migrations; the self-reference finds them from the sources and from `build/` alike. */
export const migrationsFolder = fileURLToPath(
  new URL('prisma/migrations', import.meta.resolve('fastify-prisma-commons/package.json'))
)

export interface Migration {
  /** Folder name, e.g. `20261122000000_init`. */
  readonly name: string
  /** Lower-case hex SHA-256 of `migration.sql`, as Prisma stores it. */
  readonly checksum: string
  readonly sql: string
}

/** The key that `prisma migrate deploy` locks, so that neither runs beside the other. */
const lockKey = 72707369

const createTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

/** Reads a folder of Prisma migrations (`<name>/migration.sql`), in the order in which they apply. */
export async function readMigrations (folder = migrationsFolder): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
  return await Promise.all(
    names.map(async name => {
      const sql = await readFile(`${folder}/${name}/migration.sql`, 'utf8')
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), sql }
    })
  )
}

/**
 * Applies the migrations that a database lacks and gives their names. It leaves the same rows in `_prisma_migrations`
 * as `prisma migrate deploy`, so either can go on where the other stopped. Unlike Prisma, each migration is one
 * transaction: a failing one leaves nothing behind (and `CREATE INDEX CONCURRENTLY` cannot be used).
 *
 * @throws Error when a migration fails, when an applied one was edited since, or when Prisma left one half done.
 * @example
 * const applied = await migrate(pool) // ['20261122000000_init']; [] when run again
 */
export async function migrate (pool: Pool, folder = migrationsFolder): Promise<string[]> {
  const applied: string[] = []
  const client = await pool.connect()
  try {
    for (const migration of await readMigrations(folder)) {
      if (await apply(client, migration)) applied.push(migration.name)
    }
  } finally {
    client.release()
  }
  return applied
}

async function apply (client: PoolClient, migration: Migration): Promise<boolean> {
  const { name, checksum, sql } = migration
  await client.query('BEGIN')
  try {
    await client.query('SET LOCAL lock_timeout = 0')
    // A lock of the transaction, not of the session: behind PGlite's socket all connections are one session.
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey])
    await client.query(createTable)
    const pending = await isPending(client, migration)
    if (pending) {
      await client.query(sql).catch((cause: Error) => {
        throw new Error(`Migration ${name} failed and was rolled back: ${cause.message}`, { cause })
      })
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
         VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
        [randomUUID(), checksum, name]
      )
    }
    await client.query('COMMIT')
    return pending
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function isPending (client: PoolClient, { name, checksum }: Migration): Promise<boolean> {
  const {
    rows: [row]
  } = await client.query<{ checksum: string; finished_at: Date | null }>(
    'SELECT checksum, finished_at FROM _prisma_migrations WHERE migration_name = $1 AND rolled_back_at IS NULL',
    [name]
  )
  if (row === undefined) return true
  if (row.finished_at === null) {
    throw new Error(`Migration ${name} was started and never finished: repair it with "prisma migrate resolve"`)
  }
  if (row.checksum !== checksum) {
    throw new Error(
      `Migration ${name} was edited after it was applied: its checksum is ${checksum}, the database has ${row.checksum}`
    )
  }
  return false
}
