/** A column as it is printed. */
export interface PrintedColumn {
  readonly label: string
  readonly align: 'left' | 'center' | 'right'
  /** Whether its texts are left in one piece where there is room: numbers and dates. */
  readonly whole: boolean
  /** In characters. Default: by the texts. */
  readonly width?: number | undefined
}

/** A table with all its texts, as it goes to the thread that makes the document: plain data only. */
export interface PrintedTable {
  readonly title: string
  readonly lines: readonly string[]
  readonly facts: ReadonlyArray<readonly [label: string, value: string]>
  readonly columns: readonly PrintedColumn[]
  readonly rows: readonly (readonly string[])[]
  readonly foot: readonly string[]
}

/** Paths of the fonts' files. */
export interface FontFiles {
  readonly normal: string
  readonly bold: string
  readonly italics: string
}

export type FaceName = keyof FontFiles

export type Orientation = 'portrait' | 'landscape'

/** Width and height of an upright page, in points. */
export type PageSize = readonly [width: number, height: number]

/** All that the thread needs to make a document. */
export interface PrintTask {
  readonly table: PrintedTable
  readonly fonts: FontFiles
  readonly page: PageSize
  readonly orientation: Orientation | 'auto'
}

/** White space around what is printed, in points. */
export const margin = 30
