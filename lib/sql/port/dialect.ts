import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type {
  AnyQuery,
  CommonQuery,
  ComputedQuery,
  CountQuery,
  FindQuery,
  MissingQuery,
  PageQuery,
  ReferredQuery,
  RelatedQuery,
  SeekQuery,
  SlugQuery,
  TakenQuery,
  TextPageQuery,
  WholeQuery,
  WholeTextQuery
} from './read-statements.js'
import type { SqlParameter, SqlRow, Statement } from './runner.js'
import type {
  CascadeWrite,
  DeleteWrite,
  InsertWrite,
  LinkWrite,
  ParkWrite,
  PurgeWrite,
  UpdateWrite,
  UpsertWrite
} from './write-statements.js'

/**
 * What a database must be able to do for the bulk engine. One implementation a database: pure functions from
 * metadata and rows to statements, and from raw rows back to values. The engine knows no SQL.
 */
export interface Dialect {
  readonly name: string
  /** Encodes one field of all rows into bind parameters, reporting every value the field cannot hold. */
  encode: (model: Model, field: FieldMeta, values: readonly unknown[], report: ReportValue) => SqlParameter
  /** Encodes one value that all rows share. */
  encodeValue: (model: Model, field: FieldMeta, value: unknown) => SqlParameter
  encodeFlags: (flags: readonly boolean[]) => SqlParameter
  /** A canonical text of a value, equal for values that the database holds for equal; null for a null. */
  keyText: (field: FieldMeta, value: unknown) => string | null
  insert: (write: InsertWrite) => Statement
  upsert: (write: UpsertWrite) => Statement
  /** Update-then-insert, for rows that do not all name the same fields or that carry an expected version. */
  merge: (write: UpsertWrite) => Statement
  /** Without returning fields: rows of `ord` for the items that were not written. */
  update: (write: UpdateWrite) => Statement
  /** Gives rows a value in a field of a unique constraint that no row has; null where the column can hold none. */
  park: (write: ParkWrite) => Statement | null
  /** Without returning fields: rows of `ord` for the items that had no row. */
  delete: (write: DeleteWrite) => Statement
  /** Carries a soft deletion, or a restoration, to the rows that refer to them: one row of `updated`. */
  cascade: (write: CascadeWrite) => Statement
  /** Removes rows that were soft-deleted long ago, the oldest first: one row of `deleted`. */
  purge: (write: PurgeWrite) => Statement
  /** Reads rows by key: `ord` and the returning fields of those that exist. */
  find: (query: FindQuery) => Statement
  /** Reads some rows in an order, and counts them all: see `answer.count`. */
  page: (query: PageQuery) => Statement
  /** Reads the rows that have one of the values in one of the fields. */
  findAny: (query: AnyQuery) => Statement
  /**
   * Reads the rows that belong to others: `ord` of the row they belong to, in its order, those of one row by their
   * primary key.
   */
  findRelated: (query: RelatedQuery) => Statement
  /** Takes pairs out of a join table and puts others in; one that is there already stays. */
  link: (write: LinkWrite) => Statement
  /** Computes values for the rows of some keys: `ord`, and each value under the name of its field. */
  computed: (query: ComputedQuery) => Statement
  /** What a computed field of a feature, such as `fullName`, is in SQL; null where it has no such form. */
  featureValue: (name: string, fieldOf: (part: string) => FieldMeta | null) => readonly (string | FieldMeta)[] | null
  /** Reads the rows behind a position in an order; each comes with its own, see `positionAlias`. */
  seek: (query: SeekQuery) => Statement
  /** Whether lines of text can have a field just as JSON answers show its values. */
  isTextual: (field: FieldMeta) => boolean
  /**
   * Reads the rows behind a position as CSV: `answer.text` has a line for each, ended by CRLF, `answer.count` tells how
   * many they are, and the position is that of the last. One row; texts that a spreadsheet would run get an apostrophe
   * in front.
   */
  textPage: (query: TextPageQuery) => Statement
  /** Reads all rows in their order, for a cursor. */
  all: (query: WholeQuery) => Statement
  /** The same as lines of CSV: `answer.text`. */
  textLines: (query: WholeTextQuery) => Statement
  /** A transaction that writes nothing and sees one state of the database. It takes no values. */
  readonly snapshot: { readonly begin: readonly Statement[]; readonly end: Statement }
  /** The one cursor of a transaction, by which rows are read some at a time. */
  readonly cursor: { readonly open: (query: Statement) => Statement; readonly fetch: (take: number) => Statement }
  /** Counts rows up to a limit: see `answer.count`. */
  countTo: (query: CountQuery) => Statement
  /** The text that all rows have in a cell, by `cellAlias`; null where there are several, or none. */
  common: (query: CommonQuery) => Statement
  /**
   * The items whose values in `unique` stand in another row already: rows of `ord`, and whether that row is marked as
   * `deleted`.
   */
  findTaken: (write: TakenQuery) => Statement
  /** The items whose key names no row of the referenced model: rows of `ord`. */
  findMissing: (write: MissingQuery) => Statement
  /** The items whose rows others refer to: rows of `ord`. */
  findReferred: (write: ReferredQuery) => Statement
  /**
   * Which numbers are free for slugs: rows of `ord` and `numbers` (ascending, comma-separated) for the wishes that
   * cannot have 0, 1, 2 … alone. The numbers are the smallest that are free; only past a long run of taken ones a
   * number that a deletion has freed may be passed over.
   */
  freeSlugs: (query: SlugQuery) => Statement
  /** A savepoint that work is undone to, again and again: `undo` leaves it as it was made by `begin`. */
  readonly savepoint: { readonly begin: Statement; readonly undo: Statement; readonly end: Statement }
  /** Checks constraints now that are checked at the end of the transaction. */
  readonly checkDeferred: Statement
  /** Makes rows of exactly `fields`, their values in the wanted form, from raw rows. */
  decoder: (
    model: Model,
    fields: readonly FieldMeta[],
    form: RowForm,
    values: ValueFactories
  ) => (row: SqlRow) => Record<string, unknown>
}

/** Takes a fault of the value at `position` (0-based, in the chunk). */
export type ReportValue = (
  position: number,
  code: 'invalid_type' | 'invalid_value' | 'not_null',
  params: Readonly<Record<string, unknown>>
) => void

/** `prisma`: values as Prisma's client gives them. `json`: values ready for JSON.stringify. */
export type RowForm = 'prisma' | 'json'

/** Makes the values that only the binding has classes for. */
export interface ValueFactories {
  readonly decimal: (text: string) => unknown
}
