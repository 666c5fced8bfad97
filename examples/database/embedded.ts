import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { lockFolder } from './folder-lock.js'

export interface EmbeddedOptions {
  /** Folder to keep the data in, locked against other processes. Without it the data lives in memory. */
  readonly directory?: string
  /** What `dump()` of another embedded database gave: starts from a copy of it, in a quarter of the time. */
  readonly load?: Blob
}

export interface Embedded {
  /** The pool over the one session that the database has. */
  readonly pool: pg.Pool
  /** For programs that cannot take the pool. Their statements wait until the pool's connection is idle. */
  readonly connectionString: string
  /** The whole database as a compressed tar file. */
  dump: () => Promise<Blob>
  /** Waits for running queries of the pool, ends it and every other connection, and frees the folder. */
  close: () => Promise<void>
}

/** How long work waits for the one connection, in milliseconds: behind all that was asked for before it. */
export const embeddedWait = 60_000

/**
 * Starts a PostgreSQL inside this process: PGlite behind a socket server on a free port of 127.0.0.1, which needs no
 * password. It runs in a thread of its own, so that its work does not stop the event loop here, and that thread alone
 * keeps no process alive. `pg`, and with it Prisma's adapter, talks to it as to any other server.
 *
 * The database has one session, so its pool has one connection: statements run one after another, and a transaction
 * holds up everything else. Connections of other programs share that session. They wait for their turn, which ends with
 * the statement or the transaction; `SET` and temporary tables are seen by all, and session-level advisory locks
 * exclude nobody. `COPY … FROM STDIN` and cancelling a query are not supported, and startup options are ignored; the
 * time zone is UTC.
 *
 * @throws Error when another process uses the folder, or PGlite does not start; `cause` is its own error then.
 * @example
 * const embedded = await startEmbedded({ directory: '.data' })
 * const { rows } = await embedded.pool.query('SELECT 1')
 */
export async function startEmbedded (options: EmbeddedOptions = {}): Promise<Embedded> {
  const { directory } = options
  const unlock = directory === undefined ? () => {} : lockFolder(directory)
  const { address, dump, end } = await startDatabase(options).catch((cause: unknown) => {
    unlock()
    throw new Error(
      `The embedded database ${directory === undefined ? 'in memory' : `in ${directory}`} did not start`,
      { cause }
    )
  })
  const connectionString = `postgres://postgres@${address}/postgres`
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: embeddedWait, allowExitOnIdle: true })
  return {
    pool,
    connectionString,
    dump,
    close: async () => {
      if (!pool.ended) await pool.end()
      await end()
      unlock()
    }
  }
}

/** A thread with a database. */
interface Thread {
  readonly address: string
  dump: () => Promise<Blob>
  /** Closes the database and waits until its memory is free. */
  end: () => Promise<void>
}

/** Creating a database takes 400 MB that PGlite does not give back, so a thread of its own does that and ends. */
async function startDatabase ({ directory, load }: EmbeddedOptions): Promise<Thread> {
  const dataDir = directory === undefined ? null : join(directory, 'pglite')
  if (load !== undefined) return await startThread({ dataDir, load })
  if (dataDir !== null && existsSync(join(dataDir, 'PG_VERSION'))) return await startThread({ dataDir, load: null })
  const creator = await startThread({ dataDir, load: null })
  const created = dataDir === null ? await creator.dump() : null
  await creator.end()
  return await startThread({ dataDir, load: created })
}

async function startThread (workerData: EmbeddedStart): Promise<Thread> {
  const worker = new Worker(new URL('embedded-worker.js', import.meta.url), { workerData })
  return {
    address: await nextAnswer<string>(worker),
    dump: async () => {
      worker.postMessage('dump' satisfies EmbeddedRequest)
      return await nextAnswer<Blob>(worker)
    },
    end: async () => {
      worker.postMessage('close' satisfies EmbeddedRequest)
      worker.ref()
      await once(worker, 'exit')
    }
  }
}

/** What the thread is started with. */
export interface EmbeddedStart {
  readonly dataDir: string | null
  readonly load: Blob | null
}

export type EmbeddedRequest = 'dump' | 'close'

/**
 * The next message of the thread, or the error it ended with; only while we wait does the thread keep the process
 * alive.
 */
async function nextAnswer<Answer> (worker: Worker): Promise<Answer> {
  worker.ref()
  const [answer] = (await once(worker, 'message')) as [Answer]
  worker.unref()
  return answer
}
