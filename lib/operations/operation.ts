/** The states of an operation. The last four are final. */
export const operationStates = [
  'queued',
  'running',
  'cancelling',
  'cancelled',
  'succeeded',
  'partial',
  'failed'
] as const

export type OperationState = (typeof operationStates)[number]

const finalStates: ReadonlySet<OperationState> = new Set(['cancelled', 'succeeded', 'partial', 'failed'])

export function isFinal (state: OperationState): boolean {
  return finalStates.has(state)
}

/** What was done with the items so far; those that none counts are unprocessed. */
export interface OperationCounts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly failed: number
}

export const noCounts: OperationCounts = { created: 0, updated: 0, unchanged: 0, deleted: 0, failed: 0 }

/** Long-running work on a list of items, which is done in chunks. */
export interface Operation {
  /** A random UUID. */
  readonly id: string
  /** The action, e.g. `bulkUpsert`. */
  readonly kind: string
  /** The name of the handler that does the work. */
  readonly handler: string
  /** Who started it, as `ownerOf` writes an actor; null for anonymous requests. */
  readonly owner: string | null
  readonly state: OperationState
  /** All items are written, or none. */
  readonly atomic: boolean
  /** What the handler needs to know beside the items, as JSON. */
  readonly request: unknown
  readonly total: number
  readonly counts: OperationCounts
  /** Chunks in all, and the next one to write. */
  readonly chunks: number
  readonly nextChunk: number
  /** Why it failed. */
  readonly error: OperationError | null
  /** Raised by every change. */
  readonly sequence: number
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** When it is removed, with its items and failures. */
  readonly expiresAt: Date
}

export interface OperationError {
  readonly code: string
  readonly message: string
}

/** An item that could not be written. */
export interface OperationFailure {
  /** 0-based place in the request. */
  readonly index: number
  /** The HTTP status that a request with this item alone would have. */
  readonly status: number
  /** Details of the errors, as answers show them. */
  readonly errors: readonly object[]
}

/** Items that were dealt with. */
export function processedOf ({ created, updated, unchanged, deleted, failed }: OperationCounts): number {
  return created + updated + unchanged + deleted + failed
}

/** The state of an operation whose chunks are all written. */
export function finalState ({ counts, total }: Pick<Operation, 'counts' | 'total'>): OperationState {
  if (counts.failed === 0) return 'succeeded'
  return counts.failed === total ? 'failed' : 'partial'
}

/** Name an actor as operations keep it: the ids 1 and "1" are two. */
export function ownerOf (actor: { readonly id: unknown } | null): string | null {
  return actor === null ? null : `${typeof actor.id}:${String(actor.id)}`
}
