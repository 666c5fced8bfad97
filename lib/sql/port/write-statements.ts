import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { RowCondition } from './row-condition.js'
import type { SqlParameter } from './runner.js'
import type {
  ExpectedVersion,
  KeyColumn,
  KeyedWrite,
  LinkTable,
  Reference,
  Returning,
  Touch,
  WriteColumn
} from './statement-parts.js'

export interface InsertWrite {
  readonly model: Model
  /** Number of rows: the columns may all be left to their defaults. */
  readonly rows: number
  readonly columns: readonly WriteColumn[]
  /** Leave out rows that hit any unique constraint. */
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

export interface DeleteWrite extends KeyedWrite {
  /** Number of keys, no two of them alike. */
  readonly rows: number
  readonly expected: ExpectedVersion | null
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
  /** The encoded values that the batch writes to the field. */
  readonly written: SqlParameter
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
  /** The field that says since when a row is soft-deleted. */
  readonly field: FieldMeta
  /** Encoded instant: rows soft-deleted before it are removed. */
  readonly before: SqlParameter
  /** Rows to remove, at most; null: all. */
  readonly limit: number | null
}
