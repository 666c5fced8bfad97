import type { Cell, CellKind } from '../table/table.js'

/**
 * What a page shows of a value: nothing for null, else its text; instants without the `T` and without empty fractions,
 * so that they are read with ease and wrap between day and time.
 *
 * @example
 * cellText('2026-03-01T09:30:00.000Z', 'datetime') // '2026-03-01 09:30:00Z'
 * cellText(0, 'number') // '0'
 */
export function cellText (value: Cell, kind: CellKind): string {
  if (value === null || value === undefined) return ''
  if (kind === 'datetime' && typeof value === 'string') return value.replace('T', ' ').replace(/\.0+(?=Z$)/, '')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
