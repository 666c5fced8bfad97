import { CommonsError } from '../../errors.js'
import { shownCell, type ReadCell, type SheetRow } from '../../tabular/table/table.js'
import type { ImportPlan } from '../plan/plan.js'
import { openImport, readImport } from '../read/file.js'
import { guessHeader, headerError, type ExpectedColumns, type HeaderGuess } from '../read/header.js'
import { headAndRest } from './file-pages.js'

/** Rows that a preview shows. */
const previewRows = 10

/** What the start of a file looks like, and what its columns would be taken for. */
export interface ImportPreview {
  readonly columns: readonly HeaderGuess[]
  /** Columns that a file must have, and this one does not. */
  readonly missing: readonly string[]
  /** Header → cell. */
  readonly rows: readonly { readonly row_number: number; readonly cells: Readonly<Record<string, ReadCell>> }[]
}

/** Reads the start of a file: what its columns would be taken for, and its first rows. */
export async function previewImport (
  plan: ImportPlan,
  expected: ExpectedColumns,
  path: string,
  { sheet, signal }: { readonly sheet: string | undefined; readonly signal: AbortSignal }
): Promise<ImportPreview> {
  const file = await openImport(path, plan)
  const reading = { signal, sheet, onBytes: () => {} }
  const start = async (check: boolean): ReturnType<typeof headAndRest> =>
    await headAndRest(
      readImport(file, plan, {
        ...reading,
        ...(check ? { headerError: ({ cells }) => headerError(cells, expected) } : {})
      })
    )
  // Where no sheet is the one to import, people may want to see the first.
  const { first, rest } = await start(true).catch(async (error: unknown) =>
    isHeaderError(error) ? await start(false) : await Promise.reject(error)
  )
  const columns = guessHeader(first.cells, expected)
  const found = new Set(columns.map(({ column }) => column))
  const rows: SheetRow[] = []
  for await (const page of rest) {
    rows.push(...page.slice(0, previewRows - rows.length))
    if (rows.length === previewRows) break
  }
  return {
    columns,
    missing: plan.columns.filter(({ name, required }) => required && !found.has(name)).map(({ name }) => name),
    rows: rows.map(({ number, cells }) => ({
      row_number: number,
      cells: Object.fromEntries(columns.map(({ header }, position) => [header, shownCell(cells[position] ?? null)]))
    }))
  }
}

/** True for a file whose columns are not those of the import. */
export function isHeaderError (error: unknown): error is CommonsError {
  return error instanceof CommonsError && error.code === 'invalid_headers'
}
