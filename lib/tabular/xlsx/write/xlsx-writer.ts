import type { WriteTable } from '../../table/table.js'
import type { WorkbookOptions } from './workbook.js'
import { writeWorkbook } from './write-workbook.js'

/**
 * Writes tables as XLSX workbooks of one sheet, see `writeWorkbook`. Cells have types: numbers, booleans, dates and
 * instants (in UTC) are such in the spreadsheet. What a spreadsheet would change stays text: numbers of more than 15
 * digits, dates before 1900-03-01 or after 9999, text that looks like a number or a formula. null is no cell, empty
 * text a cell without characters, NaN no cell.
 *
 * @example
 * const write = xlsxWriter()
 * reply.send(Readable.from(write({ title: 'Staff', columns }, pages)))
 */
export function xlsxWriter (options: WorkbookOptions = {}): WriteTable {
  return (frame, pages) => writeWorkbook([{ ...frame, rows: pages }], options)
}
