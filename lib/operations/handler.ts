import type { StoreClient } from '../store/session.js'
import type { OperationCounts, OperationFailure } from './operation.js'

/** A chunk of items to write. */
export interface Chunk {
  readonly items: readonly unknown[]
  /** Place of the first one in the request. */
  readonly offset: number
  /** What the handler said of the request when the operation was started. */
  readonly request: unknown
  readonly atomic: boolean
  /**
   * Call it in the transaction of the write, as its last statement, with what was written.
   *
   * @throws OperationInterrupted when the operation was cancelled or taken over: the transaction must be undone
   */
  readonly commit: (client: StoreClient, written: WrittenChunk) => Promise<void>
}

export interface WrittenChunk {
  readonly counts: OperationCounts
  readonly failures: readonly OperationFailure[]
}

/** Does the work of operations. */
export interface OperationHandler {
  /** The same in every process that does this work, e.g. `bulk /contracts`. */
  readonly name: string
  /** Writes a chunk and calls `commit`, in one transaction. */
  readonly write: (chunk: Chunk) => Promise<void>
}

/** A chunk cannot be counted: its operation was cancelled, or another process goes on with it. */
export class OperationInterrupted extends Error {
  constructor () {
    super('The operation was cancelled or taken over')
    this.name = 'OperationInterrupted'
  }
}
