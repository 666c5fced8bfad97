import type { DefaultMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { Dialect, ValueFactories } from '../../sql/port/dialect.js'
import type { SqlRunner } from '../../sql/port/runner.js'

/** A row as a caller gives it: field → value. A field that is absent or undefined is not named. */
export type InputRow = Readonly<Record<string, unknown>>

/** Gives the text that a row's slug is made from; the row has the fields that the caller named. */
export type SlugSource = (row: InputRow) => string | null | undefined

/** The sources that are functions, by `Model.field`. */
export type SlugSources = ReadonlyMap<string, SlugSource>

/** All that a bulk operation works with; made for each call, so that the actor and the transaction are the caller's. */
export interface WriteContext {
  readonly registry: Registry
  readonly model: Model
  readonly dialect: Dialect
  readonly runner: SqlRunner
  readonly factories: ValueFactories
  /** Instant of the call: every stamp of one operation is the same. */
  readonly now: Date
  /** Id of who acts, as the key columns of the audit feature hold it; null when nobody does. */
  readonly actorId: unknown
  /** Makes the defaults that Prisma makes in its client. */
  readonly generate: (value: Extract<DefaultMeta, { kind: 'client' }>) => string
  /** A text in ASCII, for slugs. */
  readonly transliterate: (text: string) => string
  /** What slugs are made from where the schema's `from` does not say it. */
  readonly slugSources: SlugSources
  /** Rows a statement, at most. */
  readonly chunkRows: number
  /** Refuse decimals with more digits behind the point than their column keeps; otherwise the database rounds them. */
  readonly exactDecimals: boolean
  /** Milliseconds for which a write is retried after a deadlock or a lost race. */
  readonly retryTimeout: number
  /** True once nobody waits for the write any more: then it is not retried. Default: never. */
  readonly isAbandoned?: (() => boolean) | undefined
  /**
   * Inside the caller's transaction: write in a savepoint, so that a failure is explained item by item and the
   * transaction outlives it.
   */
  readonly isolates: boolean
  /** What is written now stands in a savepoint of its own already, which a failure undoes. Default: false. */
  readonly isUndone?: boolean
  /** Writers of the model have met a short while ago: see `retried`. Default: false. */
  readonly isContended?: boolean
}
