import { shortened } from '../../text/shorten.js'

/** What the cells of a column hold: formats that know types write them as such. */
export type CellKind = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'json'

/**
 * A value to write. Numbers that JavaScript would blunt are digits in a string, dates are `YYYY-MM-DD`, instants ISO
 * 8601 in UTC; a column of the kind `json` takes any JSON.
 */
export type Cell = unknown

export interface TableColumn {
  /** The path of the field: `customer.code`. The key in formats that have keys. */
  readonly name: string
  /** The header. */
  readonly label: string
  readonly kind: CellKind
  /** Default: right for numbers, else left. */
  readonly align?: 'left' | 'center' | 'right'
  /** In characters. Default: what the format makes of the label and the kind. */
  readonly width?: number
}

/** A value that all rows share, and that stands above them once. */
export interface TableFact {
  readonly label: string
  readonly value: Cell
}

/** What stands around the rows. */
export interface TableFrame {
  /** Name of the sheet, title of the document. */
  readonly title: string
  readonly columns: readonly TableColumn[]
  /** Lines above the table. Default: none. */
  readonly lines?: readonly string[]
  readonly facts?: readonly TableFact[]
  /** Lines below the table. Default: none. */
  readonly foot?: readonly string[]
}

/** Rows as they come, some at a time; a row has a cell for each column. */
export type TablePages = AsyncIterable<readonly (readonly Cell[])[]>

/**
 * Writes a table as the bytes of a file. Pages are asked for as the bytes are taken; nothing is kept of those that are
 * written, unless the format cannot be written otherwise. An iteration that is ended early ends that of the pages.
 */
export type WriteTable = (frame: TableFrame, pages: TablePages) => AsyncIterable<Uint8Array>

/**
 * A value that was read: CSV has text only, null for what is empty and stands in no quotes. Dates come as ISO 8601,
 * numbers that a double would round, and those that are shown with leading zeros, as their digits.
 */
export type ReadCell = string | number | boolean | null | CellError

/** A cell that holds an error of a spreadsheet, as `#N/A`, or what is no value of its type. */
export class CellError {
  /** What stands in the cell; of long texts the start. */
  readonly text: string
  /** Why it is no value, behind the name of the cell; undefined for an error of a spreadsheet. */
  readonly problem: string | undefined

  constructor (text: string, problem?: string) {
    this.text = shortened(text, shownLength)
    this.problem = problem
  }
}

/** Characters that are kept of a cell in error: enough to find out what it was. */
const shownLength = 10_000

/** A cell as people see it: the text of an error. */
export function shownCell (cell: ReadCell): Exclude<ReadCell, CellError> {
  return cell instanceof CellError ? cell.text : cell
}

/** A row of a file. */
export interface SheetRow {
  /** As a spreadsheet shows it: 1 for the first. */
  readonly number: number
  readonly cells: readonly ReadCell[]
  /** Why the row cannot be taken, though the file goes on. */
  readonly problem?: string
}

/** The rows of a file as they are read, some at a time; rows without any value but empty texts are left out. */
export type SheetPages = AsyncIterable<readonly SheetRow[]>
