/** A row of any model; the columns that a function reads are named by its `columns`. */
export type FieldRow = Readonly<Record<string, unknown>>

/**
 * Column of each part where its name is not the usual one; null where the model has none. The part of the generated
 * metadata that describes the feature fits.
 */
export type ColumnNames<Part extends string> = { readonly [Name in Part]?: string | null }

/** The value of one part of a row; undefined where the model has no such column, or the row was read without it. */
export function valueOf<Part extends string> (row: object, part: Part, columns: ColumnNames<Part>): unknown {
  const column = columnOf(part, columns)
  return column !== null && Object.hasOwn(row, column) ? (row as FieldRow)[column] : undefined
}

/**
 * The value of a part that has to be there: to take an unread column for an empty one would lose what is stored.
 *
 * @throws TypeError when the model has no such column, or the row was read without it
 */
export function readValue<Part extends string> (row: object, part: Part, columns: ColumnNames<Part>): unknown {
  const value = valueOf(row, part, columns)
  if (value !== undefined) return value
  const column = columnOf(part, columns)
  throw new TypeError(
    column === null ? `The model has no column of ${part}` : `The row was read without its column "${column}"`
  )
}

/** The name of a part's column: as given, or else the usual one. */
export function columnOf<Part extends string> (part: Part, columns: ColumnNames<Part>): string | null {
  const name = columns[part]
  return name === undefined ? part : name
}

/** The texts of some parts in this order, without blanks around them; what is empty is left out. */
export function textsOf<Part extends string> (
  row: object,
  parts: readonly Part[],
  columns: ColumnNames<Part>
): string[] {
  return parts.flatMap(part => {
    const value = valueOf(row, part, columns)
    const text = typeof value === 'string' ? value.trim() : ''
    return text === '' ? [] : [text]
  })
}
