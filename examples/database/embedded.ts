import { once } from 'node:events'
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
  const { directory, load } = options
  const unlock = directory === undefined ? () => {} : lockFolder(directory)
  const workerData: EmbeddedStart = {
    dataDir: directory === undefined ? null : join(directory, 'pglite'),
    load: load ?? null
  }
  const worker = new Worker(new URL('embedded-worker.js', import.meta.url), { workerData })
  const address = await nextAnswer<string>(worker).catch((cause: unknown) => {
    unlock()
    throw new Error(
      `The embedded database ${directory === undefined ? 'in memory' : `in ${directory}`} did not start`,
      { cause }
    )
  })

  async function ask<Answer extends EmbeddedAnswer> (request: EmbeddedRequest): Promise<Answer> {
    worker.postMessage(request)
    return await nextAnswer<Answer>(worker)
  }
  const connectionString = `postgres://postgres@${address}/postgres`
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: embeddedWait, allowExitOnIdle: true })
  return {
    pool,
    connectionString,
    dump: async () => await ask<Blob>('dump'),
    close: async () => {
      if (!pool.ended) await pool.end()
      await ask('close')
      unlock()
    }
  }
}

/** What the thread is started with. */
export interface EmbeddedStart {
  readonly dataDir: string | null
  readonly load: Blob | null
}

export type EmbeddedRequest = 'dump' | 'close'
export type EmbeddedAnswer = Blob | string | null

/**
 * The next message of the thread, or the error it ended with; only while we wait does the thread keep the process
 * alive.
 */
async function nextAnswer<Answer extends EmbeddedAnswer> (worker: Worker): Promise<Answer> {
  worker.ref()
  const [answer] = (await once(worker, 'message')) as [Answer]
  worker.unref()
  return answer
}
