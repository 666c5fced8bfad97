import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

const migrations = new URL('../../prisma/migrations/', import.meta.url)

export interface Database {
  readonly url: string
  /** For preparing and checking; contenders have pools of their own. */
  readonly pool: pg.Pool
  readonly serverVersion: string
  /** CPU milliseconds of this database's backends so far, by process id; undefined where /proc does not show them. */
  backendCpu: () => Promise<Map<number, number> | undefined>
  drop: () => Promise<void>
}

/** Makes a scratch database with the migrated example schema beside the one that `url` names. */
export async function createDatabase (url: string): Promise<Database> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect().catch((cause: unknown) => {
    throw new Error(`No PostgreSQL answers at ${withoutPassword(url)}: the benchmarks need one, set DATABASE_URL`, {
      cause
    })
  })
  const name = `commons_bench_${process.pid}`
  await admin.query(`create database ${name}`)
  const scratch = new URL(url)
  scratch.pathname = `/${name}`
  const pool = createPool(scratch.href)
  await migrate(pool)
  const {
    rows: [version]
  } = await admin.query<{ server_version: string }>('show server_version')
  return {
    url: scratch.href,
    pool,
    serverVersion: version!.server_version,
    backendCpu: async () => {
      const { rows } = await admin.query<{ pid: number }>(
        "select pid from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
        [name]
      )
      return readBackends(rows.map(row => row.pid))
    },
    drop: async () => {
      await admin.query(`drop database if exists ${name} with (force)`)
      await admin.end()
    }
  }
}

/**
 * A pool whose sessions count time in UTC. A connection lost while idle (the database is dropped) is replaced on the
 * next use.
 */
export function createPool (url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4, options: '-c TimeZone=UTC' })
  pool.on('error', () => {})
  return pool
}

async function migrate (pool: pg.Pool): Promise<void> {
  for (const entry of (await readdir(migrations)).sort()) {
    if (entry.endsWith('.toml')) continue
    await pool.query(await readFile(new URL(`${entry}/migration.sql`, migrations), 'utf8'))
  }
}

/** The first figure of `schedstat` is the nanoseconds a process spent on a CPU. */
async function readBackends (pids: readonly number[]): Promise<Map<number, number> | undefined> {
  const cpu = new Map<number, number>()
  for (const pid of pids) {
    try {
      if (!(await readFile(`/proc/${pid}/comm`, 'utf8')).startsWith('postgres')) return undefined
      cpu.set(pid, Number((await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')[0]) / 1e6)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return undefined
    }
  }
  return cpu
}

function withoutPassword (url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}
