import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { RowCondition } from './row-condition.js'
import type { SqlParameter } from './runner.js'

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
  /** Holds for the rows that a key may select: those of a partial unique index, those that are not soft-deleted. */
  readonly where: RowCondition
  readonly returning: Returning
  /**
   * Lock the rows until the end of the transaction before anything else, in the order of these fields. Default: no
   * order.
   */
  readonly lock?: readonly FieldMeta[]
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

export interface KeyColumn {
  readonly field: FieldMeta
  readonly values: SqlParameter
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
