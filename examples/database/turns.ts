import type { PGlite } from '@electric-sql/pglite'
import type { PGLiteSocketHandlerOptions } from '@electric-sql/pglite-socket'

interface Waiting {
  readonly connection: number
  readonly message: Uint8Array
  readonly onData: (data: Uint8Array) => void
  readonly resolve: (bytes: number) => void
  readonly reject: (error: unknown) => void
}

/** ReadyForQuery outside of a transaction: the last message of an answer after which the session is free. */
const readyAndIdle = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const sync = new Uint8Array([0x53, 0, 0, 0, 4])

/**
 * Gives the one session of PGlite to one connection at a time, until the session is idle again: from the first message
 * of a statement to the end of its answer, in a transaction to the end of that. The queue of the socket server itself
 * changes the connection after each protocol message, so that one connection executes what another has bound.
 */
export class Turns {
  readonly #database: PGlite
  #queue: Waiting[] = []
  #holder: number | null = null
  #isRunning = false

  constructor (database: PGlite) {
    this.#database = database
  }

  /** The same queue under the type that handlers of connections ask for: a class with private members. */
  get queue (): PGLiteSocketHandlerOptions['queryQueue'] {
    return this as unknown as PGLiteSocketHandlerOptions['queryQueue']
  }

  /** Answers one protocol message when the turn of its connection comes; gives the number of bytes of the answer. */
  async enqueue (connection: number, message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number> {
    return await new Promise((resolve, reject) => {
      this.#queue.push({ connection, message, onData, resolve, reject })
      this.#run().catch(reject)
    })
  }

  /** Forgets what a closed connection still wanted. */
  clearQueueForHandler (connection: number): void {
    for (const { reject } of this.#queue.filter(waiting => waiting.connection === connection)) {
      reject(new Error('Connection closed'))
    }
    this.#queue = this.#queue.filter(waiting => waiting.connection !== connection)
  }

  /** Ends what a closed connection has begun: its statement and its transaction. */
  async clearTransactionIfNeeded (connection: number): Promise<void> {
    if (this.#holder !== connection) return
    await this.#database.runExclusive(
      async () => await this.#database.execProtocolRawStream(sync, { onRawData: () => {} })
    )
    if (this.#database.isInTransaction()) await this.#database.exec('ROLLBACK')
    this.#holder = null
    await this.#run()
  }

  async #run (): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#holder = next.connection
      await this.#answer(next).then(next.resolve, next.reject)
    }
    this.#isRunning = false
  }

  #next (): Waiting | undefined {
    const position = this.#holder === null ? 0 : this.#queue.findIndex(({ connection }) => connection === this.#holder)
    return position === -1 ? undefined : this.#queue.splice(position, 1)[0]
  }

  async #answer ({ message, onData }: Waiting): Promise<number> {
    let bytes = 0
    let end = Buffer.alloc(0)
    await this.#database.runExclusive(
      async () =>
        await this.#database.execProtocolRawStream(message, {
          onRawData: data => {
            bytes += data.length
            end = Buffer.concat([end, data.subarray(-readyAndIdle.length)]).subarray(-readyAndIdle.length)
            onData(data)
          }
        })
    )
    if (end.equals(readyAndIdle)) this.#holder = null
    return bytes
  }
}
