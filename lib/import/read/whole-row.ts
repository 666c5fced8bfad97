import { errorDetail, type ErrorDetail } from '../../errors.js'
import { CellError, shownCell, type ReadCell } from '../../tabular/table/table.js'
import { isRefusedCell } from './refused-cell.js'

/**
 * Looks at the cells of a row before any is read. Cells beyond the header are put into the last one, as an error: a
 * file of failed rows has room for them there only.
 *
 * @param unreadable what the reader of the file found wrong with the row
 */
export function wholeRow (
  cells: readonly ReadCell[],
  headers: readonly string[],
  unreadable: string | undefined
): WholeRow {
  let stray = -1
  let refused = -1
  for (let position = 0; position < cells.length; position++) {
    const cell = cells[position]!
    if (position >= headers.length && stray === -1 && cell !== null && cell !== '') stray = position
    if (refused === -1 && isRefusedCell(cell)) refused = position
  }
  if (stray !== -1) {
    const problem = unreadable ?? `Cell ${stray + 1} stands in a column without a header`
    const last = headers.length - 1
    const text = cells
      .slice(last)
      .map(cell => shownCell(cell) ?? '')
      .join(',')
    return { cells: [...cells.slice(0, last), new CellError(text, problem)], problem: malformed(problem) }
  }
  if (unreadable !== undefined) return { cells, problem: malformed(unreadable) }
  if (refused === -1) return { cells, problem: null }
  const problem = 'The cell still holds what an earlier import refused; write its value anew'
  return { cells, problem: errorDetail('malformed_row', { field: headers[refused]! }, { problem }) }
}

/** Cells as wide as the header at most, and what keeps all of them from being read. */
interface WholeRow {
  readonly cells: readonly ReadCell[]
  readonly problem: ErrorDetail | null
}

/** A row that cannot be read at all. */
export function malformed (problem: string): ErrorDetail {
  return errorDetail('malformed_row', {}, { problem })
}
