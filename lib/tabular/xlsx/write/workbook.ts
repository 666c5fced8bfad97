import type { TableColumn, TableFrame, TablePages } from '../../table/table.js'

/** Rules for what is typed into a column, from the row below the header on; bounds are part of what is allowed. */
export type CellRule = {
  /** What is told when the rule is broken, cut at 255 characters. Default: what the program says. */
  readonly error?: string
} & (
  | {
    readonly type: 'list'
    /** Title of the sheet and place of the column in it, 0 for the first, that hold the values. */
    readonly sheet: string
    readonly column: number
    /** How many values stand there. */
    readonly count: number
    /** Other values may be typed. Default: false. */
    readonly isOpen?: boolean
  }
  | {
    readonly type: 'whole' | 'decimal' | 'textLength'
    readonly min?: number
    readonly max?: number
  }
  | {
    readonly type: 'date'
    /** `YYYY-MM-DD`, from 1900-03-01 on. */
    readonly min?: string
    readonly max?: string
  }
)

export interface SheetColumn extends TableColumn {
  /** Colour of the header: blue, red or green. Default: `plain`. */
  readonly header?: 'plain' | 'required' | 'optional'
  readonly rule?: CellRule
}

/** A sheet of a workbook: what stands around the rows, and the rows. */
export interface WorkbookSheet extends TableFrame {
  readonly columns: readonly SheetColumn[]
  readonly rows: TablePages
  /** Default: false. One sheet at least must not be hidden. */
  readonly hidden?: boolean
}

export interface WorkbookOptions {
  /**
   * Rows of a sheet, all lines counted; what is more goes on in a further sheet. Default: 1,048,576, which is the most.
   */
  readonly sheetRows?: number
}
