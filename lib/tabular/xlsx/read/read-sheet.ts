import type { FileLimits } from '../../table/limits.js'
import { CellError, type ReadCell, type SheetPages, type SheetRow } from '../../table/table.js'
import { overLimit, unreadable } from './unreadable.js'
import { readCell, type CellContext } from './read-cell.js'
import { readXml, type XmlHandler } from './read-xml.js'
import { cellPlace, columnLetters, rowNumber } from '../reference.js'

/** How many characters the escape of one has. */
const escapeLength = 7

/** The rows of a sheet as its XML comes, those of each piece at a time. */
export function readSheet (xml: AsyncIterable<Buffer>, context: CellContext, limits: FileLimits): SheetPages {
  return readXml<SheetRow>(xml, limits, emit => new SheetHandler(context, limits, emit))
}

const sheet = 'worksheet/sheetData'
const row = 'worksheet/sheetData/row'
const cell = 'worksheet/sheetData/row/c'
const value = 'worksheet/sheetData/row/c/v'
const formula = 'worksheet/sheetData/row/c/f'
const inlineText = 'worksheet/sheetData/row/c/is'
const plainText = 'worksheet/sheetData/row/c/is/t'
const richText = 'worksheet/sheetData/row/c/is/r/t'

/** Makes rows of what the XML of a sheet tells. */
class SheetHandler implements XmlHandler {
  readonly elements = [sheet, row, cell, value, formula, inlineText, plainText, richText]
  readonly #context: CellContext
  readonly #limits: FileLimits
  readonly #emit: (row: SheetRow) => void
  /** Characters of a text that are collected: what is longer is too long for a cell, escapes or not. */
  readonly #kept: number
  /** The row and the column that were begun last, 0 and -1 before the first. */
  #row = 0
  #column = -1
  #cells: ReadCell[] = []
  #problem: string | undefined
  #hasValue = false
  /** Rows with values. */
  #count = 0
  #type = ''
  #style = 0
  #value: string | undefined
  #inlineText: string | undefined
  #formula: string | undefined

  constructor (context: CellContext, limits: FileLimits, emit: (row: SheetRow) => void) {
    this.#context = context
    this.#limits = limits
    this.#emit = emit
    this.#kept = context.cellLength * escapeLength
  }

  open (path: string, attributes: Readonly<Record<string, string>>): void {
    switch (path) {
      case cell:
        this.#openCell(attributes)
        break
      case value:
        this.#value = ''
        break
      case row:
        this.#openRow(attributes['r'])
        break
      case inlineText:
        this.#inlineText = ''
        break
      case formula:
        this.#formula = ''
    }
  }

  text (path: string, text: string): void {
    switch (path) {
      case value:
        if (this.#value!.length <= this.#kept) this.#value += text
        break
      case plainText:
      case richText:
        if (this.#inlineText!.length <= this.#kept) this.#inlineText += text
        break
      case formula:
        if (this.#formula!.length <= this.#kept) this.#formula += text
    }
  }

  close (path: string): void {
    if (path === cell) this.#closeCell()
    else if (path === sheet) this.#endRow()
  }

  /** A row may be written in parts, each with its number. */
  #openRow (reference: string | undefined): void {
    const number = reference === undefined ? this.#row + 1 : rowNumber(reference)
    if (number === undefined || number < this.#row) throw unreadable('its rows are not numbered one after the other')
    this.#column = -1
    if (number === this.#row) return
    this.#endRow()
    this.#row = number
  }

  #openCell ({ r: reference, t: type = 'n', s: style = '0' }: Readonly<Record<string, string>>): void {
    const place = reference === undefined ? { column: this.#column + 1, row: this.#row } : cellPlace(reference)
    if (place === undefined || place.row !== this.#row || place.column <= this.#column) {
      throw unreadable('its cells do not stand one after the other')
    }
    this.#column = place.column
    this.#type = type
    this.#style = Number(style)
    this.#value = undefined
    this.#inlineText = undefined
    this.#formula = undefined
  }

  #closeCell (): void {
    const read = readCell(
      {
        type: this.#type,
        style: this.#style,
        value: this.#value,
        inlineText: this.#inlineText,
        formula: this.#formula
      },
      this.#context
    )
    if (read === null) return
    const column = this.#column
    if (column >= this.#limits.columns) throw overLimit(this.#limits.columns, 'columns')
    if (read instanceof CellError && read.problem !== undefined) {
      this.#problem ??= `The cell ${columnLetters(column)}${this.#row} ${read.problem}`
    }
    if (read !== '') this.#hasValue = true
    while (this.#cells.length < column) this.#cells.push(null)
    if ((this.#cells[column] ?? null) !== null) throw unreadable('two of its cells stand in one place')
    this.#cells[column] = read
  }

  #endRow (): void {
    const cells = this.#cells
    if (this.#hasValue) {
      // One more for the header.
      if (++this.#count > this.#limits.rows + 1) throw overLimit(this.#limits.rows, 'rows')
      this.#emit(
        this.#problem === undefined
          ? { number: this.#row, cells }
          : { number: this.#row, cells, problem: this.#problem }
      )
    }
    this.#hasValue = false
    this.#cells = []
    this.#problem = undefined
  }
}
