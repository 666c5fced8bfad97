import { readValue } from './columns.js'

export interface DeletedColumn {
  /** The column's name. Default: `deletedAt`. */
  readonly deletedAt?: string
}

/**
 * Whether a row is soft-deleted.
 *
 * @param columns where the column has another name
 * @throws TypeError when the row was read without the column
 */
export function isDeleted (row: { readonly deletedAt: Date | null }): boolean
export function isDeleted (row: object, columns: DeletedColumn): boolean
export function isDeleted (row: object, columns: DeletedColumn = {}): boolean {
  return readValue(row, 'deletedAt', columns) !== null
}
