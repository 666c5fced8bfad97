import { CommonsError, errorDetail, type ErrorDetail } from '../../errors.js'
import { didYouMean } from '../../suggest.js'
import type { SheetRow } from '../../tabular/table/table.js'
import { shortened } from '../../text/shorten.js'
import type { CsvColumn } from './columns.js'

/** A column of a file. */
export interface PlacedColumn extends CsvColumn {
  /** The name that items have for it. */
  readonly name: string
}

/**
 * Finds the columns of a file, in their order.
 *
 * @throws CommonsError with every column that no item may have, that is there twice, or that has no name;
 * `file_unreadable`
 */
export function readHeader (
  { cells, problem }: SheetRow,
  known: ReadonlyMap<string, CsvColumn>
): readonly PlacedColumn[] {
  if (problem !== undefined) {
    throw new CommonsError('file_unreadable', { params: { problem: `its first row is malformed: ${problem}` } })
  }
  const all = cells.map(cell => (cell === null ? '' : String(cell).trim()))
  const names = all.slice(0, all.findLastIndex(name => name !== '') + 1)
  const details: ErrorDetail[] = []
  const columns = names.flatMap((name, position): readonly PlacedColumn[] => {
    const column = known.get(name)
    const first = names.indexOf(name)
    if (name === '') details.push(detailOf('required', '', {}, `Column ${position + 1} has no name`))
    else if (column === undefined) {
      details.push(detailOf('unknown_field', name, { field: name, hint: didYouMean(name, known.keys()) }))
    } else if (first < position) {
      details.push(
        detailOf('invalid_value', name, {
          problem: `The columns ${first + 1} and ${position + 1} are both "${shortened(name)}"`
        })
      )
    }
    return column === undefined ? [] : [{ name, ...column }]
  })
  const [only, ...others] = details
  if (only === undefined) return columns
  if (others.length === 0) throw new CommonsError(only.code as 'unknown_field', { message: only.message, details })
  throw new CommonsError('validation_failed', {
    message: `${details.length} columns of the file are not valid`,
    details
  })
}

/** Told once of the file, not of each of its rows: it is no place in the list of items. */
function detailOf (
  code: 'required' | 'unknown_field' | 'invalid_value',
  field: string,
  params: object,
  message?: string
): ErrorDetail {
  return { ...errorDetail(code, {}, { ...params }, message), ...(field === '' ? {} : { field: shortened(field) }) }
}
