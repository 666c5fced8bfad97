/** What a sheet may hold at most. */
export const maxRows = 1_048_576
const maxColumns = 16_384

/**
 * The letters of a column, 0 for the first.
 *
 * @example
 * columnLetters(27) // 'AB'
 */
export function columnLetters (index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter
}

/**
 * Place of a cell, its column from 0; undefined for what names no cell of a sheet.
 *
 * @example
 * cellPlace('AB12') // { column: 27, row: 12 }
 */
export function cellPlace (reference: string): { readonly column: number; readonly row: number } | undefined {
  let column = 0
  let at = 0
  for (; at < 3; at++) {
    // Some programs write small letters.
    const letter = (reference.charCodeAt(at) & ~32) - 64
    if (!(letter >= 1 && letter <= 26)) break
    column = column * 26 + letter
  }
  const row = rowNumber(reference.slice(at))
  return at === 0 || column > maxColumns || row === undefined ? undefined : { column: column - 1, row }
}

/** A row that a sheet can have, from 1; undefined for any other. */
export function rowNumber (text: string): number | undefined {
  const number = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : Infinity
  return number <= maxRows ? number : undefined
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
