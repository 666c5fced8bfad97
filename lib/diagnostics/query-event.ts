/** One statement that was sent to the database, told when it has ended. */
export interface QueryEvent {
  readonly sql: string
  /** The values of its parameters. They may be secret: diagnostics never log them unless asked to. */
  readonly args: readonly unknown[]
  /** `transaction` for BEGIN, COMMIT, ROLLBACK and savepoints, which do not count as queries. */
  readonly kind: 'query' | 'transaction'
  /** Milliseconds until the answer; for BEGIN, with the wait for a connection. */
  readonly ms: number
  /** Rows that were read or changed; null when the statement failed, or when the driver does not tell. */
  readonly rows: number | null
  readonly inTransaction: boolean
  /** The error of a statement that failed, else undefined. */
  readonly error: unknown
  /** The call that sent it; null when it is not known. */
  readonly origin: QueryOrigin | null
}

/** The call of the client that sent a statement. */
export interface QueryOrigin {
  readonly model: string | null
  /** The method, e.g. `findMany`, `bulkUpsert`. */
  readonly operation: string
  /** Gives the stack at the call; null where the client keeps none. */
  readonly stack: () => string | null
}

/** Takes the statements of one request, or of one piece of work. */
export interface QuerySink {
  add: (event: QueryEvent) => void
}
