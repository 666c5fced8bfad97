import { CommonsError, errorDetail, type ErrorDetail } from '../errors.js'
import { didYouMean, nearest } from '../suggest.js'
import { CellError, type ReadCell } from '../tabular/table.js'
import type { ImportColumn } from './plan.js'
import { shortened } from '../text/shorten.js'

/** Where the columns of an import stand in a file. */
export interface HeaderMatch {
  /** The headers of the file, without the empty ones at its right end. */
  readonly headers: readonly string[]
  /** Column → its 0-based position; those that the file does not have are left out. */
  readonly positions: ReadonlyMap<ImportColumn, number>
  /** Headers of columns that answers show and no import writes: they are read over, so that what was exported can be imported. */
  readonly ignored: readonly string[]
}

/** What the headers of a file are matched with. */
export interface ExpectedColumns {
  readonly columns: readonly ImportColumn[]
  /** Names that are read over. */
  readonly readOnly: Iterable<string>
  /** Header → column, for headers that say something else. Default: none. */
  readonly mapping?: Readonly<Record<string, string>> | undefined
}

/** How a header was recognised: by its very text, by its letters and digits alone, by its likeness, as one that is read over, or not at all. */
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
 * @throws CommonsError `invalid_headers` with every column that is missing, unknown or there twice
 */
export function matchHeader (cells: readonly ReadCell[], expected: ExpectedColumns): HeaderMatch {
  const headers = headersOf(cells)
  const problems: ErrorDetail[] = []
  const positions = new Map<ImportColumn, number>()
  const ignored: string[] = []
  const readOnly = new Set([...expected.readOnly].map(spelling))
  for (const name of Object.keys(expected.mapping ?? {})) {
    if (!headers.includes(name)) problems.push(problem('unknown_field', name, `The mapping names the header "${shortened(name)}", which the file does not have`))
  }
  headers.forEach((header, position) => {
    const mapped = expected.mapping?.[header]
    const column = mapped === undefined ? find(header, expected.columns).column : expected.columns.find(({ name }) => name === mapped)
    if (column === undefined) {
      if (mapped === undefined && readOnly.has(spelling(header))) ignored.push(header)
      else if (mapped !== undefined) problems.push(problem('unknown_field', header, `The mapping names the unknown column "${shortened(mapped)}". ${didYouMean(mapped, expected.columns.map(({ name }) => name))}`))
      else problems.push(header === '' ? problem('required', '', `Column ${position + 1} has no header`) : problem('unknown_field', header, `Unknown column "${shortened(header)}". ${didYouMean(header, expected.columns.map(({ name }) => name))}`))
    } else if (positions.has(column)) {
      problems.push(problem('duplicate_key', header, `The columns ${positions.get(column)! + 1} and ${position + 1} are both "${column.name}"`))
    } else {
      positions.set(column, position)
    }
  })
  for (const column of expected.columns) {
    if (column.required && !positions.has(column)) problems.push(problem('required', column.name, `The column "${column.name}" is missing`))
  }
  if (problems.length > 0) throw new CommonsError('invalid_headers', { details: problems })
  return { headers, positions, ignored }
}

/** What each header would be taken for, those included that only resemble a column: for people to confirm. */
export function guessHeader (cells: readonly ReadCell[], { columns, readOnly }: Pick<ExpectedColumns, 'columns' | 'readOnly'>): readonly HeaderGuess[] {
  const taken = new Set<ImportColumn>()
  const passed = new Set([...readOnly].map(spelling))
  const found = headersOf(cells).map(header => {
    const { column, match } = find(header, columns)
    if (column === undefined || taken.has(column)) return { header, column: undefined, match: null }
    taken.add(column)
    return { header, column, match }
  })
  return found.map(({ header, column, match }): HeaderGuess => {
    if (column !== undefined) return { header, column: column.name, match }
    if (passed.has(spelling(header))) return { header, column: null, match: 'ignored' }
    const left = new Map(columns.filter(one => !taken.has(one)).flatMap(one => [one.name, ...one.aliases].map(name => [spelling(name), one] as const)))
    const near = header === '' ? undefined : nearest(spelling(header), left.keys())
    if (near === undefined) return { header, column: null, match: null }
    taken.add(left.get(near)!)
    return { header, column: left.get(near)!.name, match: 'guess' }
  })
}

function find (header: string, columns: readonly ImportColumn[]): { readonly column: ImportColumn | undefined, readonly match: Likeness } {
  const exact = columns.find(({ name, aliases }) => name === header || aliases.includes(header))
  if (exact !== undefined) return { column: exact, match: 'exact' }
  const spelled = spelling(header)
  const column = spelled === '' ? undefined : columns.find(({ name, aliases }) => [name, ...aliases].some(one => spelling(one) === spelled))
  return { column, match: column === undefined ? null : 'spelling' }
}

/** `contractNumber`, `contract_number` and `Contract Number *` are one. */
function spelling (text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
}

function headersOf (cells: readonly ReadCell[]): readonly string[] {
  const headers = cells.map(cell => cell === null ? '' : (cell instanceof CellError ? cell.text : String(cell)).trim())
  return headers.slice(0, headers.findLastIndex(header => header !== '') + 1)
}

function problem (code: ErrorDetail['code'], field: string, message: string): ErrorDetail {
  return { ...errorDetail(code as 'required', {}, field === '' ? {} : { column: field }, message), ...field === '' ? {} : { field: shortened(field) } }
}
