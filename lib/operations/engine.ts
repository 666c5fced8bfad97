import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BulkError, CommonsError } from '../errors.js'
import { parseJsonText } from '../text/parse-json-text.js'
import { OperationInterrupted, type OperationHandler } from './handler.js'
import { finalState, type Operation, type OperationError, type OperationFailure } from './operation.js'
import type { Lease, OperationStore } from './operation-store.js'

/** How a process works on operations. */
export interface EngineOptions {
  /** Operations at a time. */
  readonly concurrency: number
  /** Operations of one owner at a time, in all processes. */
  readonly perOwner: number
  /** Seconds after which another process takes over from one that has gone. */
  readonly leaseSeconds: number
  /** Seconds between two looks for work of other processes. */
  readonly pollSeconds: number
  /** Times that a chunk is tried when the database cannot be reached. */
  readonly attempts: number
}

export interface EngineContext {
  readonly store: OperationStore
  readonly options: EngineOptions
  /** True for errors that may be gone a moment later, as a lost connection. */
  readonly isTransient: (error: unknown) => boolean
  /** Takes errors that are no client's business. */
  readonly onError: (error: unknown, operation: Operation | null) => void
  /** Called after each change that this process makes to an operation. */
  readonly onChange: (id: string) => void
}

/**
 * Works on operations: takes one under a lease, writes it chunk by chunk, and gives it back. A chunk is written and
 * counted in one transaction, which holds only while the lease does: whatever stops a process, no chunk is lost or
 * written twice.
 */
export class OperationEngine {
  readonly #context: EngineContext
  readonly #handlers = new Map<string, OperationHandler>()
  readonly #workers = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #isStopped = true

  constructor (context: EngineContext) {
    this.#context = context
  }

  /** @throws Error when another handler has this name */
  add (handler: OperationHandler): void {
    if (this.#handlers.has(handler.name)) throw new Error(`Two handlers of operations are named "${handler.name}"`)
    this.#handlers.set(handler.name, handler)
  }

  start (): void {
    this.#isStopped = false
    this.#timer = setInterval(() => this.wake(), this.#context.options.pollSeconds * 1000)
    this.#timer.unref()
    this.wake()
  }

  /** Looks for work now. */
  wake (): void {
    if (this.#isStopped || this.#handlers.size === 0 || this.#workers.size >= this.#context.options.concurrency) return
    const worker = this.#work().finally(() => this.#workers.delete(worker))
    this.#workers.add(worker)
  }

  /** Takes no more work; ends when the chunks in hand are written and their leases given back. */
  async stop (): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await Promise.all(this.#workers)
  }

  async #work (): Promise<void> {
    while (!this.#isStopped) {
      const token = randomUUID()
      const operation = await this.#claim(token)
      if (operation === null) return
      // Another one may be waiting beside it.
      this.wake()
      await this.#run(operation, { id: operation.id, token })
    }
  }

  async #claim (token: string): Promise<Operation | null> {
    const { store, options, onError } = this.#context
    try {
      return await store.claim({
        token,
        now: new Date(),
        until: this.#until(),
        handlers: [...this.#handlers.keys()],
        perOwner: options.perOwner
      })
    } catch (error) {
      onError(error, null)
      return null
    }
  }

  async #run (operation: Operation, lease: Lease): Promise<void> {
    const { store, options, onError, onChange } = this.#context
    onChange(operation.id)
    const heartbeat = setInterval(
      () => {
        store.extend(lease, this.#until()).catch((error: unknown) => onError(error, operation))
      },
      (options.leaseSeconds * 1000) / 3
    )
    try {
      await this.#writeChunks(operation, lease)
    } catch (error) {
      // The lease ends by itself: then this process or another one goes on.
      onError(error, operation)
    } finally {
      clearInterval(heartbeat)
      onChange(operation.id)
    }
  }

  async #writeChunks (operation: Operation, lease: Lease): Promise<void> {
    const { store, onChange } = this.#context
    // Its process went before it could end it.
    if (operation.state === 'cancelling') return await this.#end(lease, new OperationInterrupted())
    for (let chunk = operation.nextChunk; chunk < operation.chunks; chunk++) {
      if (this.#isStopped) return await store.release(lease)
      const error = await this.#writeChunk(operation, lease, chunk)
      if (error !== null) return await this.#end(lease, error)
      onChange(operation.id)
    }
    const [written] = await store.find([lease.id])
    if (written !== undefined) {
      await store.finish(lease, { state: finalState(written), error: null, failures: [], now: new Date() })
    }
  }

  /**
   * Gives the error that ends the operation; null when the chunk is written.
   *
   * @throws the error of a database that cannot be reached: once it can, the operation goes on
   */
  async #writeChunk (operation: Operation, lease: Lease, chunk: number): Promise<unknown> {
    const { options, isTransient, onError } = this.#context
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#attempt(operation, lease, chunk)
        return null
      } catch (error) {
        if (isTransient(error)) {
          if (attempt >= options.attempts || this.#isStopped) throw error
          await sleep(2 ** attempt * 250)
          // The connection may have been lost after the database had the commit.
          if (await this.#isWritten(lease, chunk)) return null
          continue
        }
        if (!(error instanceof OperationInterrupted || isClientError(error))) onError(error, operation)
        return error
      }
    }
  }

  async #attempt ({ handler: name, request, atomic }: Operation, lease: Lease, chunk: number): Promise<void> {
    const { store } = this.#context
    const handler = this.#handlers.get(name)!
    const input = await store.input(lease.id, chunk)
    if (input === null) throw new OperationInterrupted()
    await handler.write({
      items: parseJsonText(input.items) as readonly unknown[],
      offset: input.offset,
      request,
      atomic,
      commit: async (client, written) => {
        const result = { ...written, chunk, until: this.#until() }
        if (!(await store.commit(client, lease, result))) throw new OperationInterrupted()
      }
    })
  }

  async #isWritten ({ id }: Lease, chunk: number): Promise<boolean> {
    const [operation] = await this.#context.store.find([id])
    return operation !== undefined && operation.nextChunk > chunk
  }

  async #end (lease: Lease, error: unknown): Promise<void> {
    const { store } = this.#context
    const now = new Date()
    if (error instanceof OperationInterrupted) {
      return await store.finish(lease, { state: 'cancelled', error: null, failures: [], now })
    }
    const failures = error instanceof BulkError ? failuresOf(error) : []
    await store.finish(lease, { state: 'failed', error: errorOf(error), failures, now })
  }

  #until (): Date {
    return new Date(Date.now() + this.#context.options.leaseSeconds * 1000)
  }
}

function isClientError (error: unknown): boolean {
  return error instanceof CommonsError && error.status < 500
}

/** What a client may know of an error. */
function errorOf (error: unknown): OperationError {
  if (!(error instanceof CommonsError) || error.status >= 500) {
    return { code: 'internal_error', message: new CommonsError('internal_error').message }
  }
  return { code: error.code, message: error.message }
}

function failuresOf (error: BulkError): readonly OperationFailure[] {
  const failures = new Map<number, OperationFailure & { readonly errors: object[] }>()
  for (const { field, ...detail } of error.details) {
    const { index = 0 } = detail
    const failure = failures.get(index) ?? { index, status: error.status, errors: [] }
    failure.errors.push(detail)
    failures.set(index, failure)
  }
  return [...failures.values()]
}
