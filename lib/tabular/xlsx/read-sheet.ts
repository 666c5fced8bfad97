import type { FileLimits } from '../limits.js'
import type { ReadCell, SheetPages, SheetRow } from '../table.js'
import { overLimit, unreadable } from './faults.js'
import { readCell, CellProblem, type CellContext } from './read-cell.js'
import { readXml, type XmlHandler } from './read-xml.js'
import { cellPlace, columnLetters, rowNumber } from './reference.js'

/** How many characters the escape of one has. */
const escapeLength = 7

/** The rows of a sheet as its XML comes, those of each piece at a time. */
export function readSheet (xml: AsyncIterable<Buffer>, context: CellContext, limits: FileLimits): SheetPages {
  return readXml<SheetRow>(xml, limits, emit => new SheetHandler(context, limits, emit))
}

/** Makes rows of what the XML of a sheet tells. */
class SheetHandler implements XmlHandler {
  readonly #context: CellContext
  readonly #limits: FileLimits
  readonly #emit: (row: SheetRow) => void
  /** The row and the column that were begun last, 0 and -1 before the first. */
  #row = 0
  #column = -1
  #inRow = false
  #cells: ReadCell[] = []
  #problem: string | undefined
  /** Rows with values. */
  #count = 0
  #type = ''
  #style = 0
  #text: string | undefined
  #inText = false

  constructor (context: CellContext, limits: FileLimits, emit: (row: SheetRow) => void) {
    this.#context = context
    this.#limits = limits
    this.#emit = emit
  }

  open (name: string, attributes: Readonly<Record<string, string>>, parent: string): void {
    this.#inText = (name === 'v' && parent === 'c') || (name === 't' && (parent === 'is' || parent === 'r'))
    if (this.#inText) this.#text ??= ''
    else if (this.#inRow && name === 'c' && parent === 'row') this.#openCell(attributes)
    else if (name === 'row' && parent === 'sheetData') this.#openRow(attributes['r'])
  }

  text (text: string): void {
    if (!this.#inText) return
    // What is too long is not collected, and still is too long.
    if (this.#text!.length <= this.#context.cellLength * escapeLength) this.#text += text
  }

  close (name: string, parent: string): void {
    this.#inText = false
    if (!this.#inRow) return
    if (name === 'c' && parent === 'row') this.#closeCell()
    else if (name === 'row' && parent === 'sheetData') this.#closeRow()
  }

  #openRow (reference: string | undefined): void {
    const row = reference === undefined ? this.#row + 1 : rowNumber(reference)
    if (row === undefined || row <= this.#row) throw unreadable('its rows are not numbered one after the other')
    this.#row = row
    this.#column = -1
    this.#inRow = true
    this.#cells = []
    this.#problem = undefined
  }

  #openCell ({ r: reference, t: type = 'n', s: style = '0' }: Readonly<Record<string, string>>): void {
    const place = reference === undefined ? { column: this.#column + 1, row: this.#row } : cellPlace(reference)
    if (place === undefined || place.row !== this.#row || place.column <= this.#column) throw unreadable('its cells do not stand one after the other')
    this.#column = place.column
    this.#type = type
    this.#style = Number(style)
    this.#text = undefined
  }

  #closeCell (): void {
    const value = readCell({ type: this.#type, style: this.#style, text: this.#text }, this.#context)
    if (value === null) return
    if (this.#column >= this.#limits.columns) throw overLimit(this.#limits.columns, 'columns')
    if (value instanceof CellProblem) {
      this.#problem ??= `The cell ${columnLetters(this.#column)}${this.#row} ${value.text}`
      return
    }
    while (this.#cells.length < this.#column) this.#cells.push(null)
    this.#cells.push(value)
  }

  #closeRow (): void {
    this.#inRow = false
    if (this.#cells.length === 0 && this.#problem === undefined) return
    // One more for the header.
    if (++this.#count > this.#limits.rows + 1) throw overLimit(this.#limits.rows, 'rows')
    this.#emit({ number: this.#row, cells: this.#cells, ...(this.#problem === undefined ? {} : { problem: this.#problem }) })
  }
}
