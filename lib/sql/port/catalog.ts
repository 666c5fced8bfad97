import type { UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { SqlRunner } from './runner.js'

/** What a database can tell of itself. One implementation a database, beside its dialect. */
export interface Catalog {
  /** The tables of the models, in their order; null where a table does not exist. */
  tables: (runner: SqlRunner, models: readonly Model[]) => Promise<ReadonlyArray<TableFacts | null>>
  /** The session's time zone when it is one in which Prisma stores instants wrongly, else null. */
  wrongTimeZone: (runner: SqlRunner) => Promise<string | null>
  /** Whether an index holds for exactly the rows that a unique constraint names (null: for all). */
  holdsFor: (model: Model, where: UniqueMeta['where'], index: IndexFacts) => boolean
  /** CREATE UNIQUE INDEX … for a unique constraint, with another condition if one is given. */
  createIndex: (model: Model, unique: UniqueMeta, where?: UniqueMeta['where']) => string
  dropIndex: (model: Model, index: IndexFacts) => string
  renameIndex: (model: Model, index: IndexFacts, name: string) => string
}

export interface TableFacts {
  /** Names of its columns. */
  readonly columns: ReadonlySet<string>
  /** Those that the database computes. */
  readonly generated: ReadonlySet<string>
  readonly indexes: readonly IndexFacts[]
}

export interface IndexFacts {
  readonly name: string
  readonly unique: boolean
  /** False when its building failed: the database keeps such an index, and does not use it. */
  readonly valid: boolean
  /** Key columns in their order; null for an expression. */
  readonly columns: ReadonlyArray<string | null>
  /** The database's own words for its condition; null when it holds for all rows. */
  readonly predicate: string | null
  /** Whether it belongs to a constraint of its name. */
  readonly constraint: boolean
  /** Whether it is checked at the end of a statement or transaction, so that no upsert can go by it. */
  readonly deferrable: boolean
}
