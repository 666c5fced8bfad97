import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { embeddedWait, startEmbedded } from '../../examples/database/embedded.js'
import { migrate, readMigrations } from '../../examples/database/migrate.js'
import { PrismaClient } from '../../prisma/generated/client/client.js'

export interface TestDatabase {
  readonly kind: 'postgresql' | 'pglite'
  readonly connectionString: string
  readonly pool: pg.Pool
  /** How long a transaction may wait for a connection, in milliseconds. */
  readonly maxWait: number
  /** The plain client over `pool`; extend it with `$extends`. */
  readonly prisma: PrismaClient
  /** Runs one statement and gives its rows; on the embedded database by a connection beside the pool's. */
  query: <Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>
}

export interface TestDatabaseOptions {
  /** Leave out the migrations. */
  readonly empty?: boolean
  /** Connections of the pool on a server; 10, the default of `pg`. The embedded database has one. */
  readonly max?: number
}

/** A tap test, or anything else that runs clean-up work when it ends. */
export interface Lifetime {
  after: (cleanUp: () => Promise<void>) => unknown
}

interface Server {
  readonly connectionString: string
  readonly pool: pg.Pool
  close: () => Promise<void>
}

/**
 * A migrated database of the test's own, removed when the test ends: a copy on the server of `DATABASE_URL` when that
 * is set, else PGlite in this process. Call it once per file. See `startEmbedded` for what PGlite cannot do; a test
 * that needs real parallelism asks for `kind`.
 *
 * @example
 * const { prisma, query } = await createDatabase(t)
 */
export async function createDatabase (t: Lifetime, options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { empty = false, max = 10 } = options
  const url = process.env.DATABASE_URL
  const { connectionString, pool, close } = await (url ? copyOnServer(url, empty, max) : copyInProcess(empty))
  // Tests kill idle connections on purpose; without a listener that would end the process.
  pool.on('error', () => {})
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  // As another program: tests look, and write, while the one connection of the embedded database's pool is taken.
  const beside = url ? pool : new pg.Pool({ connectionString, max: 1, allowExitOnIdle: true })
  t.after(async () => {
    await prisma.$disconnect()
    if (beside !== pool) await beside.end()
    await close()
  })
  return {
    kind: url ? 'postgresql' : 'pglite',
    connectionString,
    pool,
    maxWait: url ? 10_000 : embeddedWait,
    prisma,
    query: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await beside.query<Row>(text, values)).rows
  }
}

async function copyOnServer (url: string, empty: boolean, max: number): Promise<Server> {
  const name = `commons_test_${randomUUID().replaceAll('-', '')}`
  await onServer(url, async client => {
    const template = empty ? 'template1' : await ensureTemplate(client, url)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  })
  const connectionString = withDatabase(url, name)
  // Idle connections may not keep the process alive: tap ends a file, and runs its clean-up, when nothing else does.
  const pool = new pg.Pool({ connectionString, max, options: '-c TimeZone=UTC', allowExitOnIdle: true })
  return {
    connectionString,
    pool,
    close: async () => {
      if (!pool.ended) await pool.end()
      await onServer(url, async client => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
      })
    }
  }
}

/** Makes the migrated database that the others are copied from; test processes that run side by side make it once. */
async function ensureTemplate (client: pg.Client, url: string): Promise<string> {
  const name = `commons_template_${await migrationsHash()}`
  await client.query('SELECT pg_advisory_lock(hashtext($1))', [name])
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (rowCount === 0) {
    const draft = `${name}_draft`
    await client.query(`DROP DATABASE IF EXISTS ${draft}`)
    await client.query(`CREATE DATABASE ${draft}`)
    const pool = new pg.Pool({ connectionString: withDatabase(url, draft), max: 1 })
    await migrate(pool).finally(async () => await pool.end())
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`)
  }
  await client.query('SELECT pg_advisory_unlock(hashtext($1))', [name])
  return name
}

async function onServer (url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await work(client).finally(async () => await client.end())
}

function withDatabase (url: string, name: string): string {
  const copy = new URL(url)
  copy.pathname = name
  return copy.href
}

const cacheFolder = new URL(
  'node_modules/.cache/fastify-prisma-commons/',
  import.meta.resolve('fastify-prisma-commons/package.json')
)

/** Starting from a dump takes 1.4 s of CPU time and 410 MB instead of 5.6 s and 770 MB for a new PGlite. */
async function copyInProcess (empty: boolean): Promise<Server> {
  // Tests end before optimized WebAssembly would pay: without it they take a quarter less CPU time, and 90 MB less.
  setFlagsFromString('--liftoff-only')
  const { version } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')), 'utf8')
  ) as { version: string }
  const file = fileURLToPath(
    new URL(`pglite-${version}-${empty ? 'empty' : await migrationsHash()}.tar.gz`, cacheFolder)
  )
  const load = existsSync(file)
    ? new Blob([await readFile(file)], { type: 'application/x-gzip' })
    : await makeDump(file, empty)
  return await startEmbedded({ load })
}

/** Two processes may make the same dump at once; each moves a whole file into place. */
async function makeDump (file: string, empty: boolean): Promise<Blob> {
  const embedded = await startEmbedded()
  if (!empty) await migrate(embedded.pool)
  const dump = await embedded.dump()
  await embedded.close()
  await mkdir(cacheFolder, { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, dump.stream())
  await rename(draft, file)
  return dump
}

async function migrationsHash (): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, checksum } of await readMigrations()) hash.update(`${name} ${checksum}\n`)
  return hash.digest('hex').slice(0, 16)
}
