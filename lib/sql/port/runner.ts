/** A raw row: database column (or alias) → value as the driver gives it. */
export type SqlRow = Readonly<Record<string, unknown>>

/** A statement whose values are binds. Identifiers inside `text` come from metadata only. */
export interface Statement {
  readonly text: string
  readonly values: readonly SqlParameter[]
}

/** Values are bound as text (or null): see the encoder of the dialect for why nothing else is. */
export type SqlParameter = string | null

/** Runs statements on the caller's connection or transaction. Implemented outside lib. */
export interface SqlRunner {
  /** True inside a transaction that the caller opened. */
  readonly inTransaction: boolean
  /** Runs a statement and gives its rows. */
  query: (statement: Statement) => Promise<readonly SqlRow[]>
  /** Runs `work` in one transaction; inside the caller's transaction it is a savepoint of that one. */
  transaction: <T>(work: (runner: SqlRunner) => Promise<T>) => Promise<T>
}
