import { CommonsError, errorDetail } from '../../../errors.js'
import type { SheetPages, SheetRow } from '../../table/table.js'
import { shortened } from '../../../text/shorten.js'
import { unreadable } from './unreadable.js'
import type { WorkbookSheet } from './read-workbook.js'

/** Which sheet of a workbook is read. */
export interface SheetChoice {
  /** Its name, in any case; it may be a hidden one. Default: the first visible sheet whose header is right. */
  readonly sheet?: string | undefined
  /** Gives what is wrong with the first row of a sheet as a header, or null. Default: any row will do. */
  readonly headerError?: ((row: SheetRow) => CommonsError | null) | undefined
}

/** Names of sheets that an error lists. */
const mostNames = 20

/** Sheets whose header is looked at: each costs the unpacking of its beginning. */
const mostTried = 20

/** The sheet that is not read for its header, and comes nearest to it. */
interface RefusedSheet {
  readonly sheet: WorkbookSheet
  readonly error: CommonsError
}

/**
 * The rows of the sheet to read.
 *
 * @throws CommonsError `validation_failed` for a name that no sheet has, `file_unreadable` where none is visible; where
 * no header is right, the error of the sheet with the fewest findings, with the names of the sheets
 */
export async function chooseSheet (
  sheets: readonly WorkbookSheet[],
  read: (sheet: WorkbookSheet) => SheetPages,
  { sheet: name, headerError }: SheetChoice
): Promise<SheetPages> {
  if (name !== undefined) return read(sheetNamed(sheets, name))
  const visible = sheets.filter(({ isVisible }) => isVisible)
  if (visible.length === 0) throw unreadable('it has no visible sheet')
  const tried = new Set<string>()
  let nearest: RefusedSheet | undefined
  for (const sheet of visible) {
    if (tried.has(sheet.part)) continue
    if (tried.size === mostTried) break
    tried.add(sheet.part)
    const pages = read(sheet)[Symbol.asyncIterator]()
    const { value, done } = await pages.next()
    if (done === true) continue
    const error = headerError?.(value[0]!) ?? null
    if (error === null) return resumed(value, pages)
    await pages.return?.()
    if (nearest === undefined || error.details.length < nearest.error.details.length) nearest = { sheet, error }
  }
  // Of sheets without any row there is nothing to read.
  if (nearest === undefined) return read(visible[0]!)
  throw headersError(nearest, visible)
}

function headersError ({ error, sheet }: RefusedSheet, visible: readonly WorkbookSheet[]): CommonsError {
  if (visible.length === 1) return error
  const message =
    `No sheet has the columns that are expected. Sheets: ${listOf(visible)}. The details are those ` +
    `of "${shortened(sheet.name)}"`
  return new CommonsError(error.code, { message, details: error.details, cause: error })
}

function sheetNamed (sheets: readonly WorkbookSheet[], name: string): WorkbookSheet {
  const lower = name.toLowerCase()
  const found = sheets.find(sheet => sheet.name === name) ?? sheets.find(sheet => sheet.name.toLowerCase() === lower)
  if (found !== undefined) return found
  const problem =
    `The workbook has no sheet "${shortened(name)}". Sheets: ` +
    `${listOf(sheets.filter(({ isVisible }) => isVisible))}`
  throw new CommonsError('validation_failed', {
    details: [errorDetail('invalid_value', { field: 'sheet' }, { problem })]
  })
}

function listOf (sheets: readonly WorkbookSheet[]): string {
  const names = sheets.slice(0, mostNames).map(({ name }) => `"${shortened(name)}"`)
  return [...names, ...(sheets.length > mostNames ? ['…'] : [])].join(', ')
}

async function * resumed (first: readonly SheetRow[], rest: AsyncIterator<readonly SheetRow[]>): SheetPages {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
