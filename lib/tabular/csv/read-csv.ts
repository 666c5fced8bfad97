import { CommonsError } from '../../errors.js'
import { unguarded } from '../table/formula-guard.js'
import type { FileLimits } from '../table/limits.js'
import { CellError, type ReadCell, type SheetPages, type SheetRow } from '../table/table.js'
import { checkEncoding, decodeText } from './decode.js'
import { readRecords, type CsvRecord } from './records.js'
import { checkDelimiter, firstRecord, separatorLine, sniffDelimiter } from './sniff.js'

export interface CsvReaderOptions {
  /**
   * One character. Default: the one of `, ; TAB |` that the first record has most of; a line `sep=x` goes before all.
   */
  readonly delimiter?: string
  /** Of files without a byte order mark, as `TextDecoder` takes it. Default: utf-8. */
  readonly encoding?: string
  /** Take away the apostrophe that `guarded` puts in front of texts. Default: true. */
  readonly guard?: boolean
  /**
   * Rows that are shorter than the first are in error. Default: false, the cells that are missing at their end are
   * empty.
   */
  readonly strict?: boolean
}

/** Characters that tell the delimiter, and that are waited for before a text is worth being taken apart. */
const sampleLength = 16 * 2 ** 10

/** A text without an end to its record is no table; so long may one be at least. */
const minRecordLength = 2 ** 20

/**
 * Reads the rows of a CSV file. Memory stays within the longest record and a chunk of the file; an iteration that is
 * ended early ends that of the bytes. A row whose quotes are wrong, that has more cells than the first, a NUL, or a
 * cell that is too long comes with a problem, and the file goes on; the cell is an error then.
 *
 * Throws a TypeError at once if an option is wrong.
 *
 * @throws `file_unreadable` while it is read if the file is empty, has bytes that are not of its encoding, or a record
 * that does not end, `file_limit_exceeded` for too many rows or columns, `file_type_unsupported` if it is no text
 *
 * @example
 * for await (const rows of readCsv(createReadStream('contracts.csv'), defaultLimits)) await store(rows)
 */
export function readCsv (
  bytes: AsyncIterable<Uint8Array>,
  limits: FileLimits,
  options: CsvReaderOptions = {}
): SheetPages {
  if (options.delimiter !== undefined) checkDelimiter(options.delimiter)
  if (options.encoding !== undefined) checkEncoding(options.encoding)
  return readPages(decodeText(bytes, options.encoding), new CsvRows(limits, options))
}

async function * readPages (
  texts: AsyncIterable<string>,
  rows: CsvRows
): AsyncGenerator<readonly SheetRow[], void, undefined> {
  let rest = ''
  let wanted = sampleLength
  for await (const text of texts) {
    rest += text
    if (rest.length < wanted) continue
    const { page, end } = rows.read(rest, false)
    if (page.length > 0) yield page
    rest = rest.slice(end)
    // What was in vain is read again only with twice the text: small chunks cost no more than large ones.
    wanted = Math.max(sampleLength, 2 * rest.length)
  }
  const { page } = rows.read(rest, true)
  if (page.length > 0) yield page
}

/** The rows of one file, as its text comes. */
class CsvRows {
  readonly #limits: FileLimits
  readonly #guard: boolean
  readonly #isStrict: boolean
  #delimiter: string | undefined
  #isStarted = false
  /** Of the records that are read, blank ones too. */
  #number = 0
  #given = 0
  /** Cells of the first row, without the empty ones at its end. */
  #width = 0

  constructor (limits: FileLimits, { delimiter, guard = true, strict = false }: CsvReaderOptions) {
    this.#limits = limits
    this.#delimiter = delimiter
    this.#guard = guard
    this.#isStrict = strict
  }

  /** The rows of a text, and where the record starts that it does not end. */
  read (text: string, isLast: boolean): { readonly page: readonly SheetRow[]; readonly end: number } {
    const start = this.#isStarted ? 0 : this.#start(text)
    const body = start === 0 ? text : text.slice(start)
    const { records, end, isQuoteOpen } = readRecords(body, this.#delimiter!, isLast)
    const hasNul = body.includes('\0')
    const page: SheetRow[] = []
    for (const record of records) {
      const row = this.#row(record, hasNul)
      if (row !== null) page.push(row)
    }
    if (isLast ? isQuoteOpen : body.length - end > Math.max(minRecordLength, 2 * this.#limits.cellLength)) {
      const problem = isQuoteOpen
        ? `the quote that opens in row ${this.#number + 1} is never closed`
        : `row ${this.#number + 1} is too long`
      throw new CommonsError('file_unreadable', { params: { problem } })
    }
    if (isLast && this.#given === 0) throw new CommonsError('file_unreadable', { params: { problem: 'it is empty' } })
    return { page, end: start + end }
  }

  /** Settles the delimiter; gives where the records start. */
  #start (text: string): number {
    this.#isStarted = true
    const line = separatorLine(text)
    const start = line?.length ?? 0
    const record = firstRecord(text.slice(start, sampleLength))
    if (record.includes('\0')) {
      throw new CommonsError('file_type_unsupported', {
        params: { problem: 'it is binary, or UTF-16 without a byte order mark' }
      })
    }
    this.#delimiter = line?.delimiter ?? this.#delimiter ?? sniffDelimiter(record)
    return start
  }

  /** The row of a record, null for one without a value but empty texts. */
  #row ({ cells: found, problem, problemAt }: CsvRecord, hasNul: boolean): SheetRow | null {
    const { columns, cellLength, rows } = this.#limits
    const number = ++this.#number
    const cells: ReadCell[] = found
    let hasValue = false
    let fault = problem
    if (found.length > columns) throw limitExceeded(columns, 'columns')
    for (let index = 0; index < found.length; index++) {
      const cell = found[index]!
      if (cell === null) continue
      if (cell !== '') hasValue = true
      if (this.#guard) cells[index] = unguarded(cell)
      if (cell.length > cellLength) {
        const tooLong = `Cell ${index + 1} is longer than ${cellLength} characters`
        fault ??= tooLong
        cells[index] = new CellError(cell, tooLong)
      }
      if (hasNul && cell.includes('\0')) fault ??= `Cell ${index + 1} has a NUL character`
    }
    if (!hasValue) return null
    if (problem !== undefined) cells[problemAt] = new CellError(found[problemAt] ?? '', problem)
    if (this.#given++ === 0) this.#width = withoutEmptyEnd(cells, 0).length
    if (this.#given > rows + 1) throw limitExceeded(rows, 'rows')
    if (cells.length !== this.#width) fault ??= this.#fit(cells)
    return fault === undefined ? { number, cells } : { number, cells, problem: fault }
  }

  /** Takes empty cells off that the first row has not; says what keeps the row from being as wide as that. */
  #fit (cells: ReadCell[]): string | undefined {
    const { length } = cells
    withoutEmptyEnd(cells, this.#width)
    if (cells.length === this.#width || (cells.length < this.#width && !this.#isStrict)) return undefined
    const problem = `The row has ${length} ${length === 1 ? 'cell' : 'cells'}, the first row ${this.#width}`
    if (cells.length < this.#width) cells.push(new CellError('', problem))
    return problem
  }
}

/** The same cells, those at their end taken off that are empty; so many are left at least. */
function withoutEmptyEnd (cells: ReadCell[], least: number): ReadCell[] {
  while (cells.length > least && isBlank(cells.at(-1)!)) cells.pop()
  return cells
}

function isBlank (cell: ReadCell): boolean {
  return cell === null || (typeof cell === 'string' && cell.trim() === '')
}

function limitExceeded (limit: number, unit: string): CommonsError {
  return new CommonsError('file_limit_exceeded', { params: { limit, unit } })
}
