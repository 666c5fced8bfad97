import type { TSchema } from '@sinclair/typebox'
import type { Row } from '../../store/read/find.js'
import type { FieldMeta } from '../../model/meta.js'
import type { ComputedForm } from '../../sql/port/filter.js'
import type { Scopes } from '../../scope/scopes.js'
import type { CellKind } from '../../tabular/table/table.js'

/**
 * A value of rows that no column holds: what lists, single rows, filters, orders, files and the API's description know
 * of it.
 */
export interface ComputedColumn {
  readonly name: string
  /** Fields of the row that `compute` reads. */
  readonly needs: readonly FieldMeta[]
  /** Makes the value, as JSON has it, of a row in the form of JSON; null where the database computes it. */
  readonly compute: ((row: Row) => unknown) | null
  /** The same in SQL, to order and to filter by; null where there is no such form. */
  readonly value: ComputedForm | null
  /** The same, over the related rows alone that a request reaches. */
  readonly valueIn: (scopes: Scopes) => ComputedForm | null
  /** What a column of the values would be, to compare with and to decode by; null where their type is not known. */
  readonly field: FieldMeta | null
  /** What answers show of a value that the database has computed. */
  readonly show: (value: unknown) => unknown
  readonly schema: TSchema
  readonly kind: CellKind
}

/** A column that the database computes. */
export type SqlColumn = ComputedColumn & { readonly value: ComputedForm }

/** True for columns that a statement has to read, as rows do not tell their values. */
export function isSqlColumn (column: ComputedColumn): column is SqlColumn {
  return column.compute === null && column.value !== null
}

/** What a column of computed values would be. */
export function columnOf (name: string, type: string, required: boolean): FieldMeta {
  return {
    name,
    column: name,
    kind: 'scalar',
    type,
    list: false,
    required,
    native: null,
    default: null,
    updatedAt: false
  }
}
