import { refuseDenied } from '../read/denied-columns.js'
import { currentActor } from '../../actor.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import type { Answer } from '../../resource/routes/answer.js'
import { scopesOf, type Caller } from '../../resource/write/caller.js'
import { ownValues, scopeIdentity } from '../../items/shape/link-scopes.js'
import type { Resource } from '../../resource/definition/resource.js'
import { enterRead, leaveRead } from '../../resource/write/rule-call.js'
import { shownCell, type ReadCell, type SheetPages, type SheetRow } from '../../tabular/table/table.js'
import { importAnswer } from './answer.js'
import { errorsColumn } from './failed-rows.js'
import type { FailedRowsStore, StoredFailedRows } from './failed-rows-store.js'
import { openImport, readImport } from '../read/file.js'
import { guessHeader, headerError, matchHeader, type ExpectedColumns, type HeaderGuess } from '../read/header.js'
import type { ImportProgress } from '../plan/options.js'
import type { ImportPlan } from '../plan/plan.js'
import type { ImportRequest } from './request.js'
import type { TakeError } from '../read/rows.js'
import { isNone, runImport, type FailedRow, type ImportReport } from '../write/run.js'

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

/** How an import of code of the server's own is done. */
export interface ImportSettings extends Partial<ImportRequest> {
  /** Who asks. Default: the server itself, for which scope and permissions do not hold. */
  readonly caller?: Caller
  /**
   * Takes the first error that functions of the import throw in each column; those with a meaning for the client are
   * told in the rows. Default: none is told.
   */
  readonly onError?: TakeError
  /** Told of the progress, beside the function of the resource. */
  readonly onProgress?: (progress: ImportProgress) => void
}

/** What became of an import: the counts, and the first failed rows. */
export interface ImportResult {
  readonly report: ImportReport
  readonly failedRows: readonly FailedRow[]
  /** Headers that were ignored. */
  readonly ignored: readonly string[]
  /** The name by which the shelf has all failed rows; null where none failed. */
  readonly failures: string | null
}

/** Paths of the routes that answers name. */
export interface ImportPaths {
  readonly failures: (name: string) => string
  /** Undefined where no template is served. */
  readonly template: string | undefined
}

/** Imports files into one resource. */
export class ImportActions {
  readonly resource: Resource
  readonly plan: ImportPlan
  readonly #store: ModelStore
  readonly #shelf: FailedRowsStore

  constructor (resource: Resource, plan: ImportPlan, store: ModelStore, shelf: FailedRowsStore) {
    this.resource = resource
    this.plan = plan
    this.#store = store
    this.#shelf = shelf
  }

  /** Asks whether a caller may import, and runs the hook before: once for a request, before its file is taken. */
  async enter (caller: Caller): Promise<void> {
    scopesOf(this.resource, caller)
    await enterRead(this.resource, this.#store, caller)
  }

  /**
   * Imports the file at a path, for a caller that may.
   *
   * @throws CommonsError for what cannot be read at all; what could not be read to its end is `stopped` in the report
   */
  async run (path: string, settings: ImportSettings = {}): Promise<ImportResult> {
    const { signal, stop } = deadline(this.plan.limits.seconds)
    try {
      return await this.#importFile(path, settings, signal)
    } finally {
      stop()
    }
  }

  async #importFile (path: string, settings: ImportSettings, signal: AbortSignal): Promise<ImportResult> {
    const {
      mode = 'append',
      dryRun = false,
      mapping,
      sheet,
      onError,
      onProgress,
      caller = { action: 'import', request: null }
    } = settings
    const { plan, resource } = this
    const scopes = scopesOf(resource, caller)
    const file = await openImport(path, plan)
    let bytes: number | null = null
    const expected = { ...this.#expected(), mapping }
    const { first, rest, close } = await headAndRest(
      readImport(file, plan, {
        signal,
        sheet,
        headerError: ({ cells }) => headerError(cells, expected),
        onBytes: count => {
          bytes = count
        }
      })
    )
    const header = await matched(() => matchHeader(first.cells, expected), close)
    try {
      await refuseDenied(plan, resource.canWrite, header, caller.request)
    } catch (error) {
      await close()
      throw error
    }
    const shown: FailedRow[] = []
    const failures = this.#shelf.create(header.headers.length)
    const tell = (rows: number): void => {
      const progress = { rows, fraction: bytes === null ? null : Math.min(1, bytes / file.size) }
      plan.onProgress?.(progress)
      onProgress?.(progress)
    }
    try {
      const report = await runImport({
        plan,
        store: this.#store,
        scopes,
        rows: rest,
        header,
        mode,
        dryRun,
        onFailed: async rows => {
          shown.push(...rows.slice(0, Math.max(0, plan.failedRows - shown.length)))
          await failures.append(rows)
        },
        onError: once(onError),
        onProgress: tell,
        signal
      })
      if (!dryRun && (mode === 'append' || !isNone(report))) await leaveRead(resource, this.#store, caller, [])
      const name = await this.#shelf.keep(failures, {
        headers: header.headers,
        format: file.format,
        owner: this.#ownerOf(caller)
      })
      return { report, failedRows: shown, ignored: header.ignored, failures: name }
    } catch (error) {
      await failures.remove()
      throw error
    } finally {
      await close()
    }
  }

  /** Imports a file, and tells as an answer what became of it. */
  async answer (
    path: string,
    request: ImportRequest,
    { caller, onError }: Required<Pick<ImportSettings, 'caller' | 'onError'>>,
    paths: ImportPaths
  ): Promise<Answer> {
    try {
      const { report, failedRows, ignored, failures } = await this.run(path, { ...request, caller, onError })
      return importAnswer(this.resource, {
        report,
        mode: request.mode,
        dryRun: request.dryRun,
        shown: failedRows,
        ignored,
        failuresUrl: failures === null ? undefined : paths.failures(failures),
        templateUrl: paths.template
      })
    } catch (error) {
      if (!isHeaderError(error) || paths.template === undefined) throw error
      throw new CommonsError('invalid_headers', {
        message: error.message,
        details: error.details,
        data: { template_url: paths.template },
        cause: error
      })
    }
  }

  /**
   * Looks at the start of a file, and imports nothing. Of a workbook it shows the sheet that would be imported, else
   * the first.
   */
  async preview (path: string, { sheet }: Pick<ImportSettings, 'sheet'> = {}): Promise<ImportPreview> {
    const { signal, stop } = deadline(this.plan.limits.seconds)
    try {
      return await this.#previewFile(path, sheet, signal)
    } finally {
      stop()
    }
  }

  async #previewFile (path: string, sheet: string | undefined, signal: AbortSignal): Promise<ImportPreview> {
    const file = await openImport(path, this.plan)
    const reading = { signal, sheet, onBytes: () => {} }
    const start = async (check: boolean): ReturnType<typeof headAndRest> =>
      await headAndRest(
        readImport(file, this.plan, {
          ...reading,
          ...(check ? { headerError: ({ cells }) => headerError(cells, this.#expected()) } : {})
        })
      )
    // Where no sheet is the one to import, people may want to see the first.
    const { first, rest } = await start(true).catch(async (error: unknown) =>
      isHeaderError(error) ? await start(false) : await Promise.reject(error)
    )
    const columns = guessHeader(first.cells, this.#expected())
    const found = new Set(columns.map(({ column }) => column))
    const rows: SheetRow[] = []
    for await (const page of rest) {
      rows.push(...page.slice(0, previewRows - rows.length))
      if (rows.length === previewRows) break
    }
    return {
      columns,
      missing: this.plan.columns.filter(({ name, required }) => required && !found.has(name)).map(({ name }) => name),
      rows: rows.map(({ number, cells }) => ({
        row_number: number,
        cells: Object.fromEntries(columns.map(({ header }, position) => [header, shownCell(cells[position] ?? null)]))
      }))
    }
  }

  /** The failed rows of an import of the same caller; null where there are none of this name. */
  async failures (name: string, caller: Caller): Promise<StoredFailedRows | null> {
    return await this.#shelf.find(name, this.#ownerOf(caller))
  }

  #expected (): ExpectedColumns {
    const { shown, related, computed } = this.resource
    return {
      columns: this.plan.columns,
      readOnly: [...[...shown, ...computed].map(({ name }) => name), ...related.keys(), errorsColumn]
    }
  }

  #ownerOf (caller: Caller): string {
    const scopes = scopesOf(this.resource, caller)
    const rules = this.plan.steps.flatMap(({ scope, lookups }) => [
      ...(scope === null ? [] : [scope]),
      ...lookups.map(lookup => lookup.scope)
    ])
    const identity = [...scopeIdentity(this.resource, scopes), ...ownValues(rules, scopes)]
    return JSON.stringify([this.resource.model.name, currentActor()?.id ?? null, identity], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value
    )
  }
}

function isHeaderError (error: unknown): error is CommonsError {
  return error instanceof CommonsError && error.code === 'invalid_headers'
}

/** A function that fails may fail in every row. */
function once (takeError: TakeError = () => {}): TakeError {
  const told = new Set<string>()
  return (error, column) => {
    if (!told.has(column)) takeError(error, column)
    told.add(column)
  }
}

/** Ends when an import may go on no longer. */
function deadline (seconds: number): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(
      new CommonsError('file_limit_exceeded', { params: { limit: seconds, unit: 'seconds of work in it' } })
    )
  }, seconds * 1000)
  timer.unref()
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer)
    }
  }
}

/** Gives a file back whose header is none. */
async function matched<T> (match: () => T, close: () => Promise<unknown>): Promise<T> {
  try {
    return match()
  } catch (error) {
    await close()
    throw error
  }
}

/** Takes the first row from the others; close what is not read. */
async function headAndRest (
  pages: SheetPages
): Promise<{ readonly first: SheetRow; readonly rest: SheetPages; readonly close: () => Promise<unknown> }> {
  const iterator = pages[Symbol.asyncIterator]()
  const { value, done } = await iterator.next()
  if (done === true || value === undefined || value.length === 0) {
    throw new CommonsError('file_unreadable', { params: { problem: 'it is empty' } })
  }
  const [first, ...others] = value
  async function * rest (): SheetPages {
    try {
      yield others
      while (true) {
        const { value, done } = await iterator.next()
        if (done === true) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { first: first!, rest: rest(), close: async () => await iterator.return?.() }
}
