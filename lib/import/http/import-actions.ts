import { refuseDenied } from '../read/denied-columns.js'
import { currentActor } from '../../actor.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import type { Answer } from '../../resource/routes/answer.js'
import { scopesOf, type Caller } from '../../resource/write/caller.js'
import { ownValues, scopeIdentity } from '../../items/shape/link-scopes.js'
import type { Resource } from '../../resource/definition/resource.js'
import { enterRead, leaveRead } from '../../resource/write/rule-call.js'
import { importAnswer } from './answer.js'
import { errorsColumn } from './failed-rows.js'
import type { FailedRowsStore, StoredFailedRows } from './failed-rows-store.js'
import { openImport, readImport } from '../read/file.js'
import { headerError, matchHeader, type ExpectedColumns } from '../read/header.js'
import type { ImportProgress } from '../plan/options.js'
import type { ImportPlan } from '../plan/plan.js'
import type { ImportRequest } from './request.js'
import type { TakeError } from '../read/rows.js'
import { isHeaderError, previewImport, type ImportPreview } from './preview.js'
import { isNone, runImport, type FailedRow, type ImportReport } from '../write/run.js'
import { matched, headAndRest } from './file-pages.js'
import { deadline } from './deadline.js'

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
  /** The name of all failed rows in their store; null where none failed. */
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
  readonly #failedRows: FailedRowsStore

  constructor (resource: Resource, plan: ImportPlan, store: ModelStore, failedRows: FailedRowsStore) {
    this.resource = resource
    this.plan = plan
    this.#store = store
    this.#failedRows = failedRows
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
    const failures = this.#failedRows.create(header.headers.length)
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
      const name = await this.#failedRows.keep(failures, {
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
      return await previewImport(this.plan, this.#expected(), path, { sheet, signal })
    } finally {
      stop()
    }
  }

  /** The failed rows of an import of the same caller; null where there are none of this name. */
  async failures (name: string, caller: Caller): Promise<StoredFailedRows | null> {
    return await this.#failedRows.find(name, this.#ownerOf(caller))
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

/** A function that fails may fail in every row. */
function once (takeError: TakeError = () => {}): TakeError {
  const columns = new Set<string>()
  return (error, column) => {
    if (!columns.has(column)) takeError(error, column)
    columns.add(column)
  }
}
