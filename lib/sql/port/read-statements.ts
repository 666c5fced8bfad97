import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { Filter, Link } from './filter.js'
import type { OrderTerm, OrderValue } from './ordering.js'
import type { RowCondition } from './row-condition.js'
import type { SqlParameter } from './runner.js'
import type { KeyColumn, KeyedWrite, LinkTable, Reference, WriteColumn } from './statement-parts.js'

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

export interface TakenQuery {
  readonly model: Model
  readonly unique: UniqueMeta
  readonly values: readonly KeyColumn[]
  /**
   * Tells an item's own row, which takes nothing from itself and holds the values that the item does not name; null for
   * inserts.
   */
  readonly own: Pick<KeyedWrite, 'keys' | 'where'> | null
  /** The rows that are not soft-deleted. */
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

export interface ReferredQuery extends Pick<KeyedWrite, 'model' | 'keys' | 'where'> {
  readonly by: Reference
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
