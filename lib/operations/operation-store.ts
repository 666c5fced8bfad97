import type { StoreClient } from '../store/session.js'
import type { Operation, OperationCounts, OperationError, OperationFailure, OperationState } from './operation.js'

/** An operation that is about to be queued. */
export interface NewOperation extends Pick<
  Operation,
  'id' | 'kind' | 'handler' | 'owner' | 'atomic' | 'request' | 'total' | 'createdAt' | 'expiresAt'
> {
  /** The items, as JSON text a chunk. */
  readonly inputs: readonly OperationInput[]
}

export interface OperationInput {
  /** 0-based. */
  readonly chunk: number
  /** Place of its first item in the request. */
  readonly offset: number
  /** A JSON list. */
  readonly items: string
}

/** Which operations a list shows, the newest first. */
export interface OperationQuery {
  readonly owner: string
  readonly states?: readonly OperationState[]
  readonly kinds?: readonly string[]
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: { readonly createdAt: Date; readonly id: string }
}

/** The right to work on an operation, for a while. */
export interface Lease {
  readonly id: string
  readonly token: string
}

export interface ClaimOptions {
  readonly token: string
  readonly now: Date
  /** When others may take the operation over. */
  readonly until: Date
  /** Handlers of this process. */
  readonly handlers: readonly string[]
  /** Operations of one owner that are worked on at a time. */
  readonly perOwner: number
}

/** A chunk that was written. */
export interface ChunkResult {
  /** 0-based; the one that is next. */
  readonly chunk: number
  readonly counts: OperationCounts
  readonly failures: readonly OperationFailure[]
  readonly until: Date
}

/** How an operation ends. */
export interface Ending {
  readonly state: OperationState
  readonly error: OperationError | null
  /** Items of a chunk of which nothing is written: they are counted as failed. */
  readonly failures: readonly OperationFailure[]
  readonly now: Date
}

/** Where operations are kept. Every change raises `sequence`. */
export interface OperationStore {
  /** Runs work in one transaction, by a client bound to it. */
  readonly transaction: <T>(work: (client: StoreClient) => Promise<T>) => Promise<T>
  /** Keeps an operation in the transaction of the client. */
  readonly create: (client: StoreClient, operation: NewOperation) => Promise<void>
  readonly find: (ids: readonly string[]) => Promise<readonly Operation[]>
  readonly list: (query: OperationQuery) => Promise<readonly Operation[]>
  /** Takes the right to work on an operation that is queued, or whose process has gone; null when there is none. */
  readonly claim: (options: ClaimOptions) => Promise<Operation | null>
  /** Prolongs a lease; false when it was lost. */
  readonly extend: (lease: Lease, until: Date) => Promise<boolean>
  /** Gives a lease back, so that another process can go on at once. */
  readonly release: (lease: Lease) => Promise<void>
  readonly input: (id: string, chunk: number) => Promise<OperationInput | null>
  /**
   * Counts a chunk in the transaction that wrote it; false when the lease was lost, the operation cancelled or the
   * chunk counted before: then the transaction must be undone.
   *
   * @param client bound to that transaction
   */
  readonly commit: (client: StoreClient, lease: Lease, result: ChunkResult) => Promise<boolean>
  /**
   * Ends an operation and keeps its failures, in one transaction; with a cancellation asked for in between it is
   * cancelled, unless all is written. Without the lease this changes nothing.
   */
  readonly finish: (lease: Lease, ending: Ending) => Promise<void>
  /** Asks for the end of an operation: at once where it is queued, after its chunk where it runs. */
  readonly cancel: (id: string, now: Date) => Promise<void>
  /** Failed items behind an index, by index. */
  readonly failures: (id: string, after: number, limit: number) => Promise<readonly OperationFailure[]>
  /** Removes operations whose time is up. */
  readonly purge: (now: Date) => Promise<number>
}
