import type { CellError, ReadCell } from '../../tabular/table/table.js'

/**
 * Begins the cells of failed rows whose value cannot be kept as it was, so that their file does not import without a
 * repair: the text `#N/A` would be a value where the error was none.
 */
const mark = '#INVALID!'
const hash = mark.charCodeAt(0)

/** How a cell in error stands in a file of failed rows: what it held, behind a mark. */
export function refusedCell ({ text }: CellError): string {
  return `${mark} ${text}`.trimEnd()
}

/** True for a cell that a file of failed rows has marked, and that nobody has repaired. */
export function isRefusedCell (cell: ReadCell): boolean {
  return typeof cell === 'string' && cell.charCodeAt(0) === hash && cell.startsWith(mark)
}
