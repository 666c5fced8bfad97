import type { FieldMeta, UniqueMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import type { Filter, Link } from './filter.js'
import type { OrderTerm, OrderValue } from './ordering.js'
import { notNull, type RowCondition } from './row-condition.js'
import type { SqlParameter, SqlRow, Statement } from './runner.js'

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
  /** Gives rows a value in a field of a unique set that no row has; null where the column can hold none. */
  park: (write: ParkWrite) => Statement | null
  /** Without returning fields: rows of `ord` for the items that had no row. */
  delete: (write: DeleteWrite) => Statement
  /** Carries the mark of deleted rows, or its removal, to the rows that refer to them: one row of `updated`. */
  cascade: (write: CascadeWrite) => Statement
  /** Removes rows that were marked long ago, the oldest first: one row of `deleted`. */
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

/** How a column of the statement gets its value. */
export interface WriteColumn {
  readonly field: FieldMeta
  /**
   * `every`: each row names it. `some`: `given` tells which rows do, the others take the fallback.
   * `none`: no row names it, all take the fallback.
   */
  readonly named: 'every' | 'some' | 'none'
  /** Encoded values, one parameter for the chunk; null when `named` is `none`. */
  readonly values: SqlParameter
  /** Encoded booleans: which rows name it; only when `named` is `some`. */
  readonly given: SqlParameter
  /** Encoded booleans: which rows of an upsert write it where their row exists; absent: those that name it. */
  readonly updating?: SqlParameter
  readonly fallback: Fallback
}

/** What a row that does not name a column gets. */
export type Fallback =
  /** Its present value on update, SQL NULL on insert. */
  | { readonly kind: 'keep' }
  /** A value bound once for the chunk. */
  | { readonly kind: 'bind'; readonly value: SqlParameter }
  /** An expression of the schema: `CURRENT_TIMESTAMP`, `gen_random_uuid()`. */
  | { readonly kind: 'sql'; readonly expression: string }
  /** The next value of the column's sequence. */
  | { readonly kind: 'sequence' }
  /** The default that only the database knows: usable where no row names the column. */
  | { readonly kind: 'default' }

/** Fields to give back (none: only which items were written), or null for counts only. */
export type Returning = readonly FieldMeta[] | null

/** What the engine reads in answers, beside the returned fields; no Prisma field can have such a name. */
export const answer = {
  /** 1-based place of the item in the chunk. */
  ord: '$ord',
  inserted: '$inserted',
  created: '$created',
  updated: '$updated',
  deleted: '$deleted',
  /** One of the outcomes that `merge` gives for an item: see mergeOutcomes. */
  outcome: '$outcome',
  numbers: '$numbers',
  partitioned: '$partitioned',
  /** The names of the fields that an item would change, as a JSON list. */
  differing: '$differing',
  /** Rows there are in all; it stands in each row of a page, and in one without a row when the page is empty. */
  count: '$count',
  /** True in the rows of a page. */
  present: '$present',
  text: '$text'
} as const

/** Where an answer has the value of a term of the order, as text. */
export function positionAlias (term: number): string {
  return `$p${term}`
}

/** Where an answer has the text that is common to all rows in a cell. */
export function cellAlias (cell: number): string {
  return `$v${cell}`
}

/**
 * What `merge` did to an item: the first of these that its answers name; none of them where another transaction wrote
 * the key meanwhile. `absent`: not there, and not insertable. `conflict`: there, with another version than expected.
 * `deleted`: there, but not among the `live` rows.
 */
export const mergeOutcomes = ['deleted', 'updated', 'conflict', 'unchanged', 'created', 'absent'] as const
export type MergeOutcome = (typeof mergeOutcomes)[number]

export { notNull, type RowCondition }

export interface InsertWrite {
  readonly model: Model
  /** Number of rows: the columns may all be left to their defaults. */
  readonly rows: number
  readonly columns: readonly WriteColumn[]
  /** Leave out rows that hit any unique set. */
  readonly skipDuplicates: boolean
  readonly returning: Returning
}

export interface UpsertWrite {
  readonly model: Model
  readonly columns: readonly WriteColumn[]
  readonly on: UniqueMeta
  /** Fields written on a row that exists. */
  readonly update: ReadonlySet<string>
  /** Fields set on a row that changes and on no other: version + 1, updatedAt, updatedBy. */
  readonly touch: readonly Touch[]
  /**
   * Encoded booleans: which rows are written though none of their columns changes; absent: none. Read by `merge` only.
   */
  readonly forced?: SqlParameter
  /** Encoded booleans: which rows may be inserted (they name all that an insert needs); null: all may. */
  readonly complete: SqlParameter
  /** Encoded versions that the rows expect (null: any); null: no row expects one. */
  readonly expected: ExpectedVersion | null
  /** The rows that may be updated; one beside them that holds the key is left alone. Read by `merge` only. */
  readonly live: RowCondition
  readonly returning: Returning
  /**
   * As in KeyedWrite, for rows that cannot be inserted and so would be locked after all others. Read by `merge` only.
   */
  readonly lock?: readonly FieldMeta[]
  /**
   * Whether the table is partitioned; absent: not known, and each answer says it as `answer.partitioned`. Read by
   * `upsert` only.
   */
  readonly partitioned?: boolean | undefined
}

export type Touch =
  | { readonly field: FieldMeta; readonly kind: 'increment' }
  | { readonly field: FieldMeta; readonly kind: 'bind'; readonly value: SqlParameter }

export interface ExpectedVersion {
  readonly field: FieldMeta
  readonly values: SqlParameter
}

export interface KeyedWrite {
  readonly model: Model
  readonly keys: readonly KeyColumn[]
  /** Holds for the rows that a key may select: those of a partial unique set, those that are not marked as deleted. */
  readonly where: RowCondition
  readonly returning: Returning
  /**
   * Lock the rows until the end of the transaction before anything else, in the order of these fields. Default: no
   * order.
   */
  readonly lock?: readonly FieldMeta[]
}

export interface FindQuery extends KeyedWrite {
  /** What the items would write: each row comes with the fields that it would change, see `answer.differing`. */
  readonly compare?: readonly WriteColumn[]
  /** The rows that may be found; default: all that `where` allows. */
  readonly filter?: Filter | null
}

export interface ComputedQuery {
  readonly model: Model
  readonly keys: readonly KeyColumn[]
  /** Each with what a column of its values would be; of type Json: anything. */
  readonly values: readonly { readonly value: OrderValue; readonly field: FieldMeta }[]
}

export interface AnyQuery {
  readonly model: Model
  /** Fields with the values to look for, each its own list. */
  readonly by: readonly KeyColumn[]
  readonly where: RowCondition
  /** The rows that may be found; null: all that `where` allows. */
  readonly filter: Filter | null
  readonly returning: readonly FieldMeta[]
}

/** One column of a join table, and the field that it refers to. */
export interface LinkColumn {
  readonly column: string
  readonly model: Model
  readonly field: FieldMeta
}

/** The join table of a relation whose two sides are lists, seen from one of them. */
export interface LinkTable {
  readonly schema: string | null
  readonly table: string
  readonly own: LinkColumn
  readonly other: LinkColumn
}

export interface RelatedQuery {
  readonly model: Model
  /** The field that holds the key of the row it belongs to, or the join table that tells. */
  readonly by: FieldMeta | LinkTable
  /** Encoded keys. */
  readonly values: SqlParameter
  readonly where: RowCondition
  /** The rows that may be found; null: all that `where` allows. */
  readonly filter: Filter | null
  readonly returning: readonly FieldMeta[]
}

/** Encoded keys of both sides, pair by pair. */
export interface LinkPairs {
  readonly own: SqlParameter
  readonly other: SqlParameter
}

export interface LinkWrite {
  readonly table: LinkTable
  readonly removed: LinkPairs
  readonly added: LinkPairs
}

/** Rows of a model in an order in which no two are alike. */
export interface ListQuery {
  readonly model: Model
  /** The rows to choose from: those that both hold for; null: all. */
  readonly where: RowCondition
  readonly filter: Filter | null
  readonly order: readonly OrderTerm[]
  /** Rows to give at most. */
  readonly take: number
  readonly returning: readonly FieldMeta[]
}

export interface PageQuery extends ListQuery {
  /** Rows to leave out first. */
  readonly skip: number
}

export interface SeekQuery extends ListQuery {
  /** The value of each term of the order, as `positionAlias` gave it; null: from the first row on. */
  readonly position: readonly SqlParameter[] | null
}

/** A field of the rows, or of the one row that the links lead to from each. */
export interface CellPath {
  readonly links: readonly Link[]
  readonly field: FieldMeta
}

export interface TextPageQuery extends Omit<SeekQuery, 'returning'> {
  readonly cells: readonly CellPath[]
  /** One of `, ; | TAB`. */
  readonly delimiter: string
}

export type WholeQuery = Omit<ListQuery, 'take'>

export type WholeTextQuery = Omit<TextPageQuery, 'take' | 'position'>

export interface CountQuery extends Pick<ListQuery, 'model' | 'where' | 'filter'> {
  readonly limit: number
}

export interface CommonQuery extends Pick<ListQuery, 'model' | 'where' | 'filter'> {
  readonly cells: readonly CellPath[]
}

export interface DeleteWrite extends KeyedWrite {
  /** Number of keys, no two of them alike. */
  readonly rows: number
  readonly expected: ExpectedVersion | null
}

export interface KeyColumn {
  readonly field: FieldMeta
  readonly values: SqlParameter
}

export interface UpdateWrite extends KeyedWrite {
  /** Number of items. */
  readonly rows: number
  readonly columns: readonly WriteColumn[]
  readonly touch: readonly Touch[]
  readonly expected: ExpectedVersion | null
  /** Encoded booleans: which rows are written though none of their columns changes; absent: none. */
  readonly forced?: SqlParameter
}

export interface ParkWrite {
  readonly model: Model
  readonly field: FieldMeta
  readonly keys: readonly KeyColumn[]
}

export interface TakenQuery {
  readonly model: Model
  readonly unique: UniqueMeta
  readonly values: readonly KeyColumn[]
  /**
   * Tells an item's own row, which takes nothing from itself and holds the values that the item does not name; null for
   * inserts.
   */
  readonly own: Pick<KeyedWrite, 'keys' | 'where'> | null
  /** The rows that are not marked as deleted. */
  readonly live: RowCondition
}

export interface MissingQuery {
  /** The model referred to. */
  readonly model: Model
  readonly keys: readonly KeyColumn[]
  /** The rows that may be referred to. */
  readonly where: RowCondition
  /** The rows that may be named; default: all that `where` allows. */
  readonly filter?: Filter | null
}

/** Rows of a model that refer to rows of another, by the key that they hold. */
export interface Reference {
  /** The model whose rows hold the key. */
  readonly model: Model
  /** Fields of the key, and the fields that they refer to, in the same order. */
  readonly fields: readonly FieldMeta[]
  readonly references: readonly FieldMeta[]
  /** The rows that count. */
  readonly where: RowCondition
}

export interface ReferredQuery extends Pick<KeyedWrite, 'model' | 'keys' | 'where'> {
  readonly by: Reference
}

export interface CascadeWrite {
  /** The model referred to, and its field that holds the id of a deletion. */
  readonly model: Model
  readonly deletionId: FieldMeta
  /** Encoded ids of the deletions. */
  readonly ids: SqlParameter
  /** The rows of those deletions that are passed through. */
  readonly from: RowCondition
  /** The rows that change. */
  readonly by: Reference & { readonly deletionId: FieldMeta }
  /** `mark`: the rows take over the deletion id of the row they refer to. `restore`: they must have it. */
  readonly kind: 'mark' | 'restore'
  readonly columns: readonly WriteColumn[]
  readonly touch: readonly Touch[]
}

export interface PurgeWrite {
  readonly model: Model
  /** The field that says since when a row is marked. */
  readonly field: FieldMeta
  /** Encoded instant: rows marked before it are removed. */
  readonly before: SqlParameter
  /** Rows to remove, at most; null: all. */
  readonly limit: number | null
}

export interface SlugQuery {
  readonly model: Model
  readonly field: FieldMeta
  /** Sets that the slug is part of: it must be free in each. */
  readonly uniques: readonly UniqueMeta[]
  /** ASCII texts, no longer than `limit`. */
  readonly bases: readonly string[]
  /** How many numbers are wanted for each base. */
  readonly wanted: readonly number[]
  /** The values of the sets' other fields, for each base. */
  readonly scope: readonly KeyColumn[]
  /** Characters that a slug may have. */
  readonly limit: number
}

/** `prisma`: values as Prisma's client gives them. `json`: values ready for JSON.stringify. */
export type RowForm = 'prisma' | 'json'

/** Makes the values that only the binding has classes for. */
export interface ValueFactories {
  readonly decimal: (text: string) => unknown
}
