/**
 * What a file may hold that is read. Each limit is there for the memory or the time that files of strangers could take.
 */
export interface FileLimits {
  /** Bytes of the upload. Default: 50 MiB. */
  readonly fileSize: number
  /** Rows, the header left out. Default: 1,000,000. */
  readonly rows: number
  /** Columns. Default: 200. */
  readonly columns: number
  /** Characters of a cell. Default: 32,767, as in spreadsheets. */
  readonly cellLength: number
  /** Bytes that the parts of a workbook may unpack to, of those that are read. Default: 1 GiB. */
  readonly inflatedSize: number
  /** How many times larger than packed a part of over 20 MiB may be. Default: 100. */
  readonly inflationRatio: number
  /** Entries of a workbook. Default: 1000. */
  readonly entries: number
  /** Texts that the cells of a workbook share, and the characters in all of them. Default: 1,000,000 and 64 Mi. */
  readonly sharedStrings: number
  readonly sharedStringLength: number
  /** Depth of XML elements in a workbook. Default: 32. */
  readonly nesting: number
  /**
   * Seconds that the work on a file may take, counted from when it is there and looked at after each chunk. Default:
   * 600.
   */
  readonly seconds: number
}

export const defaultLimits: FileLimits = {
  fileSize: 50 * 2 ** 20,
  rows: 1_000_000,
  columns: 200,
  cellLength: 32_767,
  inflatedSize: 2 ** 30,
  inflationRatio: 100,
  entries: 1000,
  sharedStrings: 1_000_000,
  sharedStringLength: 64 * 2 ** 20,
  nesting: 32,
  seconds: 600
}
