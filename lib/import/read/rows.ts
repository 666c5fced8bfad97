import { CommonsError, errorDetail, type ErrorCode, type ErrorDetail, type ErrorParams } from '../../errors.js'
import { isThenable } from '../../thenable.js'
import { InvalidValue } from '../../values/value-reader.js'
import { CellError, shownCell, type ReadCell, type SheetRow } from '../../tabular/table/table.js'
import { isEmptyCell } from '../../values/cell-json.js'
import type { HeaderMatch } from './header.js'
import type { RowCells } from '../plan/options.js'
import type { FieldPlan, ImportColumn, ImportPlan, ImportStep } from '../plan/plan.js'
import { malformed, wholeRow } from './whole-row.js'

/** What a row of the file says of one model. */
export interface RowPart {
  /** Field → value; those of keys that are named, referred to or computed come when it is written. */
  readonly data: Readonly<Record<string, unknown>>
  /**
   * The value that names a row for each lookup of the model, undefined where there is none; null where there is none at
   * all.
   */
  readonly named: readonly unknown[] | null
}

/** A row of the file, read and checked. */
export interface ImportRow {
  /** As a spreadsheet shows it. */
  readonly number: number
  readonly cells: readonly ReadCell[]
  /** One for each model of the import, in its order; null where the row says nothing of it. */
  readonly parts: readonly (RowPart | null)[]
  /** By the names of columns; null where no function asks for them. */
  readonly values: RowCells | null
  /** What keeps it from being written; `field` is the name of a column. */
  readonly problems: ErrorDetail[]
}

/** Reads one row; `pending` of the reader is to be awaited before it is used. */
export interface RowReader {
  read: (row: SheetRow) => ImportRow
  /** Waits for functions of the import that were not done at once. */
  settle: () => Promise<void>
}

/** Takes what a function of the import threw that is no error of ours; `column` says where. */
export type TakeError = (error: unknown, column: string) => void

/** Makes the reader of the rows of one file. */
export function rowReader (
  { steps, columns }: ImportPlan,
  { headers, positions }: HeaderMatch,
  takeError: TakeError
): RowReader {
  let pending: Promise<void>[] = []
  const isAsked = steps.some(({ fields }) =>
    fields.some(({ source }) => source.kind === 'computed' || (source.kind === 'column' && source.transform !== null))
  )
  const readers = steps.map(step => partReader(step, positions, takeError, work => pending.push(work)))
  const named = columns.flatMap(column =>
    positions.has(column) ? [[column.name, positions.get(column)!] as const] : []
  )
  return {
    read ({ number, cells: found, problem: unreadable }) {
      const { cells, problem } = wholeRow(found, headers, unreadable)
      const problems: ErrorDetail[] = problem === null ? [] : [problem]
      const values = isAsked
        ? Object.fromEntries(named.map(([name, position]) => [name, shownCell(cells[position] ?? null)]))
        : null
      const parts = problem === null ? readers.map(read => read(cells, values, problems)) : []
      if (problem === null && parts.every(part => part === null)) {
        problems.push(malformed('The row has no values in the columns of the import'))
      }
      return { number, cells, parts, values, problems }
    },
    async settle () {
      const waiting = pending
      pending = []
      await Promise.all(waiting)
    }
  }
}

type ReadPart = (cells: readonly ReadCell[], values: RowCells | null, problems: ErrorDetail[]) => RowPart | null

function partReader (
  step: ImportStep,
  positions: HeaderMatch['positions'],
  takeError: TakeError,
  wait: (work: Promise<void>) => void
): ReadPart {
  const own = step.columns.map(column => positions.get(column)).filter(position => position !== undefined)
  const entries = step.fields.flatMap(plan => {
    const { source } = plan
    const column = 'column' in source ? source.column : null
    const position = column === null ? undefined : positions.get(column)
    return column !== null && position === undefined ? [] : [{ plan, source, column, position: position ?? -1 }]
  })
  const { lookups } = step
  return (cells, values, problems) => {
    // Programs that put quotes around every cell say nothing of a model by empty ones.
    if (step.columns.length > 0 && own.every(position => (cells[position] ?? '') === '')) return null
    const data: Record<string, unknown> = {}
    let named: unknown[] | null = null
    for (const { plan, source, column, position } of entries) {
      if (source.kind === 'constant') data[plan.field.name] = source.value
      if (column === null) continue
      const cell = cells[position] ?? null
      if (cell instanceof CellError) {
        problems.push(problemOf(column, 'invalid_value', { problem: `The cell holds the error ${cell.text}` }))
      } else if (isEmptyCell(plan.field, cell)) {
        if (source.kind === 'computed') continue
        takeEmpty(plan, column, data, problems)
      } else if (source.kind === 'lookup') {
        const value = source.read(cell)
        if (value instanceof InvalidValue) problems.push(problemOf(column, value.code, value.params))
        else (named ??= new Array<unknown>(lookups.length).fill(undefined))[lookups.indexOf(source.lookup)] = value
      } else if (source.kind === 'column' && source.transform !== null) {
        const done = transformed(
          () => source.transform!(cell, values!),
          value => take(plan, column, source.read, value, data, problems),
          error => problems.push(failureOf(column.name, error, takeError))
        )
        if (done !== undefined) wait(done)
      } else if (source.kind === 'column' || source.kind === 'computed') {
        take(plan, column, source.read, cell, data, problems)
      }
    }
    return { data, named }
  }
}

/** A cell without a value: the field is null where it may be, else its default is left to a new row. */
function takeEmpty (
  { field, required }: FieldPlan,
  column: ImportColumn,
  data: Record<string, unknown>,
  problems: ErrorDetail[]
): void {
  if (required) problems.push(problemOf(column, 'required'))
  else if (!field.required) data[field.name] = null
}

function take (
  plan: FieldPlan,
  column: ImportColumn,
  read: (value: unknown) => unknown,
  value: unknown,
  data: Record<string, unknown>,
  problems: ErrorDetail[]
): void {
  if (value === null || value === undefined) {
    takeEmpty(plan, column, data, problems)
    return
  }
  const stored = read(value)
  if (stored instanceof InvalidValue) problems.push(problemOf(column, stored.code, stored.params))
  else data[plan.field.name] = stored
}

/** Runs a function of the developer's; gives a promise where it has to be waited for. */
function transformed (
  run: () => unknown,
  take: (value: unknown) => void,
  fail: (error: unknown) => void
): Promise<void> | undefined {
  try {
    const value = run()
    if (isThenable(value)) return Promise.resolve(value).then(take, fail)
    take(value)
  } catch (error) {
    fail(error)
  }
  return undefined
}

/** What a function of the import threw: what is no error of ours stays on the server. */
export function failureOf (column: string, error: unknown, takeError: TakeError): ErrorDetail {
  if (!(error instanceof CommonsError) || error.status >= 500) {
    takeError(error, column)
    return errorDetail('invalid_value', { field: column }, { problem: 'The value cannot be converted' })
  }
  return errorDetail(error.code, { field: column }, error.params, error.message)
}

export function problemOf ({ name }: ImportColumn, code: ErrorCode, params?: ErrorParams): ErrorDetail {
  return errorDetail(code, { field: name }, params)
}
