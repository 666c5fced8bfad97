import type { Cell, CellKind } from './table.js'

/**
 * The text of a cell, null for one without a value: JSON of columns of the kind `json` and of objects, digits, or the
 * string itself.
 */
export function cellText (kind: CellKind, cell: Cell): string | null {
  if (cell === null || cell === undefined) return null
  if (typeof cell === 'object' || (kind === 'json' && typeof cell === 'string')) return JSON.stringify(cell)
  return String(cell)
}

/**
 * Whether people write what stands in cells of the kind, so that it could be a formula. A number may well start with a
 * minus.
 */
export function mayHoldFormula (kind: CellKind): boolean {
  return kind === 'text' || kind === 'json'
}
