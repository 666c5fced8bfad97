import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { StoreClient } from '../store/session.js'
import { OperationEngine, type EngineContext } from './engine.js'
import type { OperationHandler } from './handler.js'
import { isFinal, noCounts, type Operation } from './operation.js'
import type { OperationQuery, OperationStore } from './operation-store.js'

/** What an operation is started with. */
export interface OperationStart extends Pick<Operation, 'kind' | 'handler' | 'owner' | 'atomic' | 'request'> {
  /** Default: a random UUID. */
  readonly id?: string
  readonly items: readonly unknown[]
  /** Items that are written in one transaction. */
  readonly chunkItems: number
}

export interface OperationsOptions extends Omit<EngineContext, 'onChange'> {
  /** Seconds after which an operation is removed, with its items and failures. */
  readonly ttlSeconds: number
  /** False: this process starts operations and leaves the work to others. */
  readonly isWorker: boolean
}

const purgePeriod = 60_000

/** The operations of a server: `app.operations`. */
export class Operations {
  readonly store: OperationStore
  readonly #options: OperationsOptions
  readonly #engine: OperationEngine
  readonly #changes = new EventEmitter().setMaxListeners(0)
  readonly #closing = new AbortController()
  #purger: NodeJS.Timeout | undefined

  constructor (options: OperationsOptions) {
    this.#options = options
    this.store = options.store
    this.#engine = new OperationEngine({ ...options, onChange: id => this.#changes.emit(id) })
  }

  /** Takes on the work of a handler. */
  handle (handler: OperationHandler): void {
    this.#engine.add(handler)
  }

  /**
   * Queues an operation in the transaction of a client; `wake` lets the work begin once it is committed.
   */
  async start (client: StoreClient, { items, chunkItems, ...given }: OperationStart): Promise<Operation> {
    const now = Date.now()
    const inputs = Array.from({ length: Math.ceil(items.length / chunkItems) }, (_, chunk) => {
      const offset = chunk * chunkItems
      return { chunk, offset, items: JSON.stringify(items.slice(offset, offset + chunkItems)) }
    })
    const operation = {
      id: randomUUID(),
      ...given,
      total: items.length,
      createdAt: new Date(now),
      expiresAt: new Date(now + this.#options.ttlSeconds * 1000)
    }
    await this.store.create(client, { ...operation, inputs })
    return {
      ...operation,
      state: 'queued',
      counts: noCounts,
      chunks: inputs.length,
      nextChunk: 0,
      error: null,
      sequence: 0,
      startedAt: null,
      finishedAt: null
    }
  }

  /** Looks for work now, instead of at the next poll. */
  wake (): void {
    this.#engine.wake()
  }

  /** @returns null for an id that no operation has */
  async get (id: string): Promise<Operation | null> {
    if (!uuid.test(id)) return null
    const [operation] = await this.store.find([id])
    return operation ?? null
  }

  async list (query: OperationQuery): Promise<readonly Operation[]> {
    return await this.store.list(query)
  }

  /** Asks for the end of an operation; the rows of the chunk in hand are undone. Final ones stay as they are. */
  async cancel (id: string): Promise<void> {
    if (!uuid.test(id)) return
    await this.store.cancel(id, new Date())
    this.#changes.emit(id)
  }

  /**
   * The states of an operation, beginning with the present one; ends with the final one, when the signal is aborted, or
   * when the server closes. Each is a whole snapshot, so that none has to be seen.
   */
  async * watch (id: string, until: AbortSignal): AsyncGenerator<Operation> {
    const { pollSeconds } = this.#options.options
    const signal = AbortSignal.any([until, this.#closing.signal])
    let sequence = -1
    while (!signal.aborted) {
      const operation = await this.get(id)
      if (operation === null) return
      if (operation.sequence !== sequence) {
        sequence = operation.sequence
        yield operation
      }
      if (isFinal(operation.state)) return
      await this.#changed(id, pollSeconds * 1000, signal)
    }
  }

  /** The operation once it is final, or after some seconds as it is then. */
  async settled (id: string, seconds: number): Promise<Operation | null> {
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), seconds * 1000)
    let last: Operation | null = null
    try {
      for await (const operation of this.watch(id, ending.signal)) last = operation
    } finally {
      clearTimeout(timer)
    }
    return last
  }

  /** @internal */
  open (): void {
    if (!this.#options.isWorker) return
    this.#engine.start()
    this.#purger = setInterval(() => {
      this.store.purge(new Date()).catch((error: unknown) => this.#options.onError(error, null))
    }, purgePeriod)
    this.#purger.unref()
  }

  /** Ends all that watch, so that no request keeps the server open. @internal */
  endWatching (): void {
    this.#closing.abort()
  }

  /** Lets the chunks in hand end. @internal */
  async close (): Promise<void> {
    clearInterval(this.#purger)
    await this.#engine.stop()
  }

  /** Ends when this process changes the operation, and after some milliseconds: others may have changed it. */
  async #changed (id: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
    try {
      await once(this.#changes, id, { signal: ending.signal })
    } catch (error) {
      if (!ending.signal.aborted) throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
    }
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
