/** What a sheet may hold at most. */
export const maxRows = 1_048_576
export const maxColumns = 16_384

/**
 * The letters of a column, 0 for the first.
 *
 * @example
 * columnLetters(27) // 'AB'
 */
export function columnLetters (index: number): string {
  const letter = String.fromCharCode(65 + index % 26)
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter
}

/** Two corners of a range of cells: columns from 0, rows from 1. */
export type Corners = readonly [firstColumn: number, firstRow: number, lastColumn: number, lastRow: number]

/** A range of cells: `A1:C9`. */
export function range (...[firstColumn, firstRow, lastColumn, lastRow]: Corners): string {
  return `${columnLetters(firstColumn)}${firstRow}:${columnLetters(lastColumn)}${lastRow}`
}

/** The same range of another sheet, its cells fixed: `'My sheet'!$A$1:$C$9`. */
export function fixedRange (sheet: string, ...corners: Corners): string {
  return `'${sheet.replaceAll("'", "''")}'!${range(...corners).replace(/[A-Z]+/g, '$$$&$$')}`
}
