import { CommonsError, errorDetail, type ErrorDetail } from '../../errors.js'
import { didYouMean, nearest } from '../../suggest.js'
import { CellError, type ReadCell } from '../../tabular/table/table.js'
import type { ImportColumn } from '../plan/plan.js'
import { shortened } from '../../text/shorten.js'

/** Where the columns of an import stand in a file. */
export interface HeaderMatch {
  /** The headers of the file, without the empty ones at its right end. */
  readonly headers: readonly string[]
  /** Column → its 0-based position; those that the file does not have are left out. */
  readonly positions: ReadonlyMap<ImportColumn, number>
  /**
   * Headers of columns that answers show and no import writes: they are ignored, so that what was exported can be
   * imported.
   */
  readonly ignored: readonly string[]
}

/** What the headers of a file are matched with. */
export interface ExpectedColumns {
  readonly columns: readonly ImportColumn[]
  /** Names that are ignored. */
  readonly readOnly: Iterable<string>
  /** Header → column, for headers that say something else. Default: none. */
  readonly mapping?: Readonly<Record<string, string>> | undefined
}

/**
 * How a header was recognised: by its very text, by its letters and digits alone, by its likeness, as one that is read
 * over, or not at all.
 */
export type Likeness = 'exact' | 'spelling' | 'guess' | 'ignored' | null

/** What a header is taken for. */
export interface HeaderGuess {
  readonly header: string
  readonly column: string | null
  readonly match: Likeness
}

/**
 * Finds the columns in the first row of a file.
 *
 * @throws CommonsError `invalid_headers` with every column that is missing, unknown, ambiguous or there twice
 */
export function matchHeader (cells: readonly ReadCell[], expected: ExpectedColumns): HeaderMatch {
  const { match, problems } = readHeader(cells, expected)
  if (problems.length > 0) throw new CommonsError('invalid_headers', { details: problems })
  return match
}

/** What `matchHeader` would throw; null for a right header. */
export function headerError (cells: readonly ReadCell[], expected: ExpectedColumns): CommonsError | null {
  const { problems } = readHeader(cells, expected)
  return problems.length === 0 ? null : new CommonsError('invalid_headers', { details: problems })
}

function readHeader (
  cells: readonly ReadCell[],
  { columns, readOnly, mapping }: ExpectedColumns
): { readonly match: HeaderMatch; readonly problems: readonly ErrorDetail[] } {
  const headers = headersOf(cells)
  const problems: ErrorDetail[] = []
  const positions = new Map<ImportColumn, number>()
  const ignored: string[] = []
  const finder = new HeaderFinder(columns, readOnly)
  for (const name of Object.keys(mapping ?? {})) {
    if (!headers.includes(name)) {
      problems.push(
        problem(
          'unknown_field',
          name,
          `The mapping names the header "${shortened(name)}", which the file does not have`
        )
      )
    }
  }
  headers.forEach((header, position) => {
    const mapped = mapping?.[header]
    const {
      column,
      match,
      others = []
    } = mapped === undefined
      ? finder.find(header)
      : { column: columns.find(({ name }) => name === mapped), match: null }
    if (match === 'ignored') ignored.push(header)
    else if (others.length > 0) {
      problems.push(
        problem(
          'unknown_field',
          header,
          `The header "${shortened(header)}" may be ${others.map(({ name }) => `"${name}"`).join(' or ')}`
        )
      )
    } else if (column === undefined) problems.push(unknownHeader(header, position, mapped, columns))
    else if (positions.has(column)) {
      problems.push(
        problem(
          'duplicate_key',
          header,
          `The columns ${positions.get(column)! + 1} and ${position + 1} are both "${column.name}"`
        )
      )
    } else positions.set(column, position)
  })
  for (const column of columns) {
    if (column.required && !positions.has(column)) {
      problems.push(problem('required', column.name, `The column "${column.name}" is missing`))
    }
  }
  return { match: { headers, positions, ignored }, problems }
}

function unknownHeader (
  header: string,
  position: number,
  mapped: string | undefined,
  columns: readonly ImportColumn[]
): ErrorDetail {
  const names = columns.map(({ name }) => name)
  if (mapped !== undefined) {
    return problem(
      'unknown_field',
      header,
      `The mapping names the unknown column "${shortened(mapped)}". ${didYouMean(mapped, names)}`
    )
  }
  if (header === '') return problem('required', '', `Column ${position + 1} has no header`)
  return problem('unknown_field', header, `Unknown column "${shortened(header)}". ${didYouMean(header, names)}`)
}

/** What each header would be taken for, those included that only resemble a column: for people to confirm. */
export function guessHeader (
  cells: readonly ReadCell[],
  { columns, readOnly }: Pick<ExpectedColumns, 'columns' | 'readOnly'>
): readonly HeaderGuess[] {
  const taken = new Set<ImportColumn>()
  const finder = new HeaderFinder(columns, readOnly)
  const found = headersOf(cells).map(header => {
    const { column, match } = finder.find(header)
    if (column === undefined || taken.has(column)) return { header, column: undefined, match }
    taken.add(column)
    return { header, column, match }
  })
  return found.map(({ header, column, match }): HeaderGuess => {
    if (column !== undefined) return { header, column: column.name, match }
    if (match === 'ignored') return { header, column: null, match }
    const left = new Map(
      columns.filter(one => !taken.has(one)).flatMap(one => namesOf(one).map(name => [spelling(name), one] as const))
    )
    const near = header === '' ? undefined : nearest(spelling(header), left.keys())
    if (near === undefined) return { header, column: null, match: null }
    taken.add(left.get(near)!)
    return { header, column: left.get(near)!.name, match: 'guess' }
  })
}

interface FoundColumn {
  readonly column: ImportColumn | undefined
  readonly match: Likeness
  /** The columns that a header may mean, where these are several. */
  readonly others?: readonly ImportColumn[]
}

/** Finds the columns of headers. What is written as a name says goes before what is only spelled alike. */
class HeaderFinder {
  readonly #columns: readonly ImportColumn[]
  readonly #readOnly: ReadonlySet<string>
  readonly #spelledReadOnly: ReadonlySet<string>

  constructor (columns: readonly ImportColumn[], readOnly: Iterable<string>) {
    this.#columns = columns
    this.#readOnly = new Set(readOnly)
    this.#spelledReadOnly = new Set([...this.#readOnly].map(spelling))
  }

  find (header: string): FoundColumn {
    const exact = this.#columns.find(column => namesOf(column).includes(header))
    if (exact !== undefined) return { column: exact, match: 'exact' }
    const spelled = spelling(header)
    const alike =
      spelled === '' ? [] : this.#columns.filter(column => namesOf(column).some(name => spelling(name) === spelled))
    const [column, ...others] = alike
    // A column may have another name than its field.
    const own = alike.find(({ of }) => of.field.name === header)
    if (own !== undefined) return { column: own, match: 'spelling' }
    if (this.#readOnly.has(header)) return { column: undefined, match: 'ignored' }
    if (others.length > 0) return { column: undefined, match: null, others: alike }
    if (column !== undefined) return { column, match: 'spelling' }
    return { column, match: this.#spelledReadOnly.has(spelled) ? 'ignored' : null }
  }
}

function namesOf ({ name, aliases }: ImportColumn): readonly string[] {
  return [name, ...aliases]
}

/** `contractNumber`, `contract_number` and `Contract Number *` are one. */
function spelling (text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
}

function headersOf (cells: readonly ReadCell[]): readonly string[] {
  const headers = cells.map(cell =>
    cell === null ? '' : (cell instanceof CellError ? cell.text : String(cell)).trim()
  )
  return headers.slice(0, headers.findLastIndex(header => header !== '') + 1)
}

function problem (code: ErrorDetail['code'], field: string, message: string): ErrorDetail {
  return {
    ...errorDetail(code as 'required', {}, field === '' ? {} : { column: field }, message),
    ...(field === '' ? {} : { field: shortened(field) })
  }
}
