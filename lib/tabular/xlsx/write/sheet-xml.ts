import type { Cell, TableColumn } from '../../table/table.js'
import { cellWriter, columnStyle, textCell, textOf, type WriteCell } from './cell-xml.js'
import { PageCursor } from './page-cursor.js'
import { columnLetters, range, type Corners } from '../reference.js'
import { rulesXml } from './rule-xml.js'
import type { CellStyle, StyleSheet } from './style-sheet.js'
import type { WorkbookSheet } from './workbook.js'

const pieceLength = 65_536
/** In points; the second in lines. */
const rowHeight = 15
const highestRow = 20
const widths = { text: 18, number: 14, boolean: 10, date: 12, datetime: 24, json: 24 } as const

/** A line over the width of the table. */
interface Line {
  readonly text: string
  readonly style: CellStyle
}

/** What a sheet needs to know of the workbook. */
interface SheetPlace {
  /** Rows that it may have. */
  readonly room: number
  /** Whether it is the one that is shown first. */
  readonly selected: boolean
  /** Gives the name of the sheet of a title. */
  readonly nameOf: (title: string) => string
  /** Is told the last row of the table. */
  readonly onTable: (lastRow: number) => void
}

/** Writes one sheet, or several that follow on each other when its rows are too many for one. */
export class SheetXml {
  readonly rows: PageCursor
  readonly #sheet: WorkbookSheet
  readonly #styles: StyleSheet
  readonly #letters: readonly string[]
  readonly #cells: readonly WriteCell[]
  readonly #above: readonly Line[]
  /** Cells that were cut. */
  #cut = 0

  constructor (sheet: WorkbookSheet, styles: StyleSheet) {
    this.rows = new PageCursor(sheet.rows)
    this.#sheet = sheet
    this.#styles = styles
    this.#letters = sheet.columns.map((_, index) => columnLetters(index))
    this.#cells = sheet.columns.map(column => cellWriter(column, styles, () => this.#cut++))
    this.#above = [
      ...(sheet.lines ?? []).map((text, index): Line => ({
        text,
        style: { font: index === 0 ? 'title' : 'bold', align: 'center' }
      })),
      ...(sheet.facts ?? []).map(({ label, value }): Line => ({
        text: `${label}: ${value === null ? '' : textOf(value)}`,
        style: { align: 'left' }
      }))
    ]
  }

  /** Place of the header, 1 for the first row. */
  get headerRow (): number {
    return this.#above.length + 1
  }

  /** The cells from the header to a row. */
  tableTo (lastRow: number): Corners {
    return [0, this.headerRow, this.#sheet.columns.length - 1, lastRow]
  }

  /** The XML of a sheet, as long as there are rows and room for them. */
  async * pieces ({ room, selected, nameOf, onTable }: SheetPlace): AsyncGenerator<Buffer> {
    const { columns, foot = [] } = this.#sheet
    let row = this.headerRow
    let text = this.#head(selected)
    // Below the table come an empty row, the foot and what was cut.
    const lastRow = Math.max(room - foot.length - 2, row + 1)
    while (row < lastRow && !(await this.rows.atEnd())) {
      for (const cells of this.rows.take(lastRow - row)) {
        row++
        text += this.#row(row, cells)
        if (text.length >= pieceLength) {
          yield Buffer.from(text)
          text = ''
        }
      }
    }
    onTable(row)
    const below = (await this.rows.atEnd()) ? this.#below() : []
    const merged = [...this.#merges(1, this.#above), ...this.#merges(row + 2, below)]
    yield Buffer.from(
      text +
        this.#lines(row + 2, below) +
        '</sheetData>' +
        (columns.length === 0 || this.#sheet.hidden === true
          ? ''
          : `<autoFilter ref="${range(...this.tableTo(row))}"/>`) +
        (merged.length === 0 ? '' : `<mergeCells count="${merged.length}">${merged.join('')}</mergeCells>`) +
        rulesXml(columns, this.headerRow + 1, nameOf) +
        '</worksheet>'
    )
  }

  #head (selected: boolean): string {
    const { columns } = this.#sheet
    const header = this.headerRow
    return (
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet ' +
      'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      `<sheetViews><sheetView${selected ? ' tabSelected="1"' : ''} workbookViewId="0"><pane ySplit="${header}" ` +
      `topLeftCell="A${header + 1}" activePane="bottomLeft" state="frozen"/>` +
      `<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="${rowHeight}"/>` +
      (columns.length === 0
        ? ''
        : `<cols>${columns.map((column, index) => this.#column(column, index + 1)).join('')}</cols>`) +
      `<sheetData>${this.#lines(1, this.#above)}<row r="${header}">${columns
        .map(({ label, header: fill = 'plain', align = 'center' }, index) =>
          textCell(
            `${this.#letters[index]!}${header}`,
            this.#styles.indexOf({ font: 'header', fill, align, format: 'text' }),
            label
          )
        )
        .join('')}</row>`
    )
  }

  #column (column: TableColumn, number: number): string {
    const width = Math.min(column.width ?? Math.max(widths[column.kind], column.label.length + 4), 255)
    return (
      `<col min="${number}" max="${number}" width="${width}" style="${columnStyle(column, this.#styles)}" ` +
      'customWidth="1"/>'
    )
  }

  #row (row: number, cells: readonly Cell[]): string {
    let xml = ''
    let lines = 1
    for (let index = 0; index < this.#cells.length; index++) {
      const cell = this.#cells[index]!(`${this.#letters[index]!}${row}`, cells[index])
      if (cell.includes('\n')) lines = Math.max(lines, cell.split('\n').length)
      xml += cell
    }
    // Not every program makes rows as high as their text.
    return lines === 1
      ? `<row r="${row}">${xml}</row>`
      : `<row r="${row}" ht="${rowHeight * Math.min(lines, highestRow)}">${xml}</row>`
  }

  #below (): readonly Line[] {
    const cut =
      this.#cut === 0
        ? []
        : [`${this.#cut} ${this.#cut === 1 ? 'cell was' : 'cells were'} longer than 32,767 characters and cut there`]
    return [...(this.#sheet.foot ?? []), ...cut].map(text => ({ text, style: { font: 'italic', align: 'left' } }))
  }

  #lines (firstRow: number, lines: readonly Line[]): string {
    return lines
      .map(({ text, style }, index) => {
        const row = firstRow + index
        const height = style.font === 'title' ? ' ht="20"' : ''
        return `<row r="${row}"${height}>${textCell(`A${row}`, this.#styles.indexOf(style), text)}</row>`
      })
      .join('')
  }

  #merges (firstRow: number, lines: readonly Line[]): string[] {
    const last = this.#sheet.columns.length - 1
    return last < 1
      ? []
      : lines.map((_, index) => `<mergeCell ref="${range(0, firstRow + index, last, firstRow + index)}"/>`)
  }
}
