import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { RowCondition } from './row-condition.js'

/** How rows of one model lead to rows of another. */
export interface Link {
  /** Name of the relation. */
  readonly name: string
  /** The model that is led to. */
  readonly model: Model
  /** A row may lead to several. */
  readonly list: boolean
  /** Each row leads to one at least. */
  readonly required: boolean
  /** Fields of the one model that equal those of the other, in the same order; with a join table, the keys of both. */
  readonly own: readonly FieldMeta[]
  readonly other: readonly FieldMeta[]
  readonly through: JoinTable | null
  /** The rows that count: those that are not soft-deleted. */
  readonly where: RowCondition
  /** Of those, the rows that this filter holds for; absent: all. */
  readonly filter?: Filter
}

/** The table of an implicit many-to-many relation: its two columns. */
export interface JoinTable {
  readonly schema: string | null
  readonly table: string
  readonly own: string
  readonly other: string
}

export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max'

/** A value of a row that no column holds. */
export type ComputedForm =
  /** Taken over all rows that the links lead to; the sum of none is 0. `field` is null for the count. */
  | {
    readonly kind: 'aggregate'
    readonly links: readonly Link[]
    readonly aggregate: Aggregate
    readonly field: FieldMeta | null
  }
  /** SQL of the developer's; fields of the row stand between the texts. */
  | { readonly kind: 'expression'; readonly parts: readonly (string | FieldMeta)[] }

/**
 * `ne` and `nin` hold for every row that `equals` and `in` do not hold for, null included; the other operators never
 * hold for null. `contains`, `startsWith` and `endsWith` take capitals and small letters for the same. `has` asks for
 * an element of a list.
 */
export type Operator =
  | 'equals'
  | 'ne'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'in'
  | 'nin'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'isnull'
  | 'has'

/** One field of a row against a value: for `in` and `nin` a list of values, for `isnull` true or false. */
export interface Comparison {
  readonly kind: 'compare'
  readonly field: FieldMeta
  /**
   * What the values are computed from, where no column holds them; then `field` says what a column of them would be.
   */
  readonly of?: ComputedForm
  readonly operator: Operator
  readonly value: unknown
}

/** Which rows of a model are wanted. Values are those of the fields' types; they are bound, never written out. */
export type Filter =
  | Comparison
  /** All of the filters hold; some of them does. `and` of none holds for every row. */
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  /** The rows that the filter does not hold for. */
  | { readonly kind: 'not'; readonly filter: Filter }
  /** Some row that is led to fits. */
  | { readonly kind: 'related'; readonly link: Link; readonly filter: Filter }

/** The filters that are there, all of which must hold; null for none. */
export function allOf (filters: readonly (Filter | null)[]): Filter | null {
  const given = filters.filter(filter => filter !== null)
  return given.length < 2 ? (given[0] ?? null) : { kind: 'and', filters: given }
}

/** A text that is the same for filters that say the same in the same way, in whatever order. */
export function filterKey (filter: Filter | null): string {
  switch (filter?.kind) {
    case undefined:
      return ''
    case 'compare':
      return JSON.stringify([filter.field.name, filter.operator, valueKey(filter.value)])
    case 'not':
      return `not(${filterKey(filter.filter)})`
    case 'related':
      return `${filter.link.name}(${filterKey(filter.filter)})`
    case 'and':
    case 'or':
      return `${filter.kind}(${filter.filters.map(filterKey).sort().join()})`
  }
}

/** A value as JSON can hold it. */
function valueKey (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueKey)
  return typeof value === 'object' || value === undefined ? value : `${typeof value} ${String(value)}`
}
