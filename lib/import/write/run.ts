import { writePartially, type PartialReport } from '../../store/partial.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError, type ErrorDetail } from '../../errors.js'
import { prefetch } from '../../stream/prefetch.js'
import type { Scopes } from '../../scope/scopes.js'
import type { SheetPages } from '../../tabular/table/table.js'
import { deleteAll } from './delete-all.js'
import type { HeaderMatch } from '../read/header.js'
import { Lookups } from '../read/lookups.js'
import type { ImportPlan } from '../plan/plan.js'
import { rowReader, type ImportRow, type TakeError } from '../read/rows.js'
import { ImportCounter, type ImportSummary } from './import-counter.js'
import { RowWriter } from './write-rows.js'
import { columnOf } from './write-step.js'

/** `replace`: the rows that are there are deleted first, and nothing changes unless every row of the file is stored. */
export type ImportMode = 'append' | 'replace'

/** A row that was not stored. */
export interface FailedRow {
  readonly row: ImportRow
  /** `field` is the name of a column. */
  readonly errors: readonly ErrorDetail[]
}

export interface ImportJob {
  readonly plan: ImportPlan
  readonly store: ModelStore
  /** The rows that the caller reaches. */
  readonly scopes: Scopes
  /** The rows below the header. */
  readonly rows: SheetPages
  readonly header: HeaderMatch
  readonly mode: ImportMode
  /** Undo all once the outcome is known. */
  readonly dryRun: boolean
  /** Takes the failed rows, some at a time, in the order of the file. */
  readonly onFailed: (rows: readonly FailedRow[]) => Promise<void>
  /** Takes what functions of the import throw that is no error of ours: their rows fail without its words. */
  readonly onError: TakeError
  /** Told of the rows that are done, after each chunk. */
  readonly onProgress: (rows: number) => void
  /** Ends the import after the chunk under way. */
  readonly signal?: AbortSignal | undefined
}

/** What became of a file. */
export interface ImportReport extends ImportSummary {
  /** Rows that were deleted first. */
  readonly deleted: number
  /** Why the file was not read to its end; absent where it was. */
  readonly stopped?: CommonsError
}

/**
 * Imports the rows of a file, chunk after chunk: while one is stored the next is read and checked. A chunk is one
 * transaction, in which the rows that cannot be stored are left out; a replacement is one transaction as a whole.
 */
export async function runImport (job: ImportJob): Promise<ImportReport> {
  const { store, mode, dryRun, plan } = job
  if (mode === 'append' && !dryRun) return await importRows(job, store, 0)
  const isRefused = (report: ImportReport): boolean => mode === 'replace' && isNone(report)
  const report = await store.isolated(
    async inner => {
      const deleted =
        mode === 'replace' ? await deleteAll(inner, plan.steps.find(({ isOwn }) => isOwn)!.model, job.scopes.own) : 0
      const report = await importRows(job, inner, deleted)
      if (dryRun && !isRefused(report)) await inner.checkDeferred()
      return report
    },
    {
      // The file is read once: a deadlock or a lost race is reported, not retried.
      once: true,
      timeout: plan.limits.seconds * 1000,
      rollback: report => dryRun || isRefused(report)
    }
  )
  return isRefused(report) ? { ...report, ...nothing } : report
}

/** True for a report of a replacement that is not to be: some row failed, or there is none. */
export function isNone ({ total, failed, stopped }: ImportReport): boolean {
  return total === 0 || failed > 0 || stopped !== undefined
}

const nothing = { created: 0, updated: 0, unchanged: 0, deleted: 0 }

async function importRows (job: ImportJob, store: ModelStore, deleted: number): Promise<ImportReport> {
  const { plan, scopes, onFailed, onError, onProgress, signal } = job
  const lookups = new Lookups(plan, scopes)
  const writer = new RowWriter(plan, lookups, scopes, onError)
  const counter = new ImportCounter(plan)
  const last = plan.steps.at(-1)!
  /** Writes and counts rows; gives what is wrong with the others, by their positions. */
  const writeRows = async (store: ModelStore, rows: readonly ImportRow[]): Promise<PartialReport['failures']> => {
    const sound = await writer.writeSound(store, rows)
    if (sound !== null) {
      counter.add(sound.report)
      return sound.failures
    }
    const { failures, outcomes } = await writePartially(store, last.model, rows, writer.write)
    for (const [position, outcome] of outcomes) counter.count(outcome, writer.outcomesOf(rows[position]!))
    return failures
  }
  try {
    for await (const rows of prefetch(chunksOf(job))) {
      await lookups.prepare(store, rows)
      const sound = rows.filter(({ problems }) => problems.length === 0)
      const failed = rows.flatMap((row): FailedRow[] =>
        row.problems.length === 0 ? [] : [{ row, errors: row.problems }]
      )
      for (const [position, errors] of await writeRows(store, sound)) {
        failed.push({
          row: sound[position]!,
          errors: errors.map(error => rowError(plan, error, index => sound[index]!.number))
        })
      }
      counter.fail(failed.length)
      if (failed.length > 0) await onFailed(failed.sort((a, b) => a.row.number - b.row.number))
      onProgress(counter.total)
      signal?.throwIfAborted()
    }
  } catch (error) {
    // What was stored before stays, and has to be told.
    if (!(error instanceof CommonsError) || counter.total === 0) throw error
    return { ...counter.summary(), deleted, stopped: error }
  }
  return { ...counter.summary(), deleted }
}

/** The rows of the file, read and checked, in chunks of the wanted size. */
async function * chunksOf ({ plan, rows, header, onError }: ImportJob): AsyncGenerator<readonly ImportRow[]> {
  const reader = rowReader(plan, header, onError)
  let chunk: ImportRow[] = []
  for await (const page of rows) {
    for (const row of page) {
      chunk.push(reader.read(row))
      if (chunk.length < plan.chunkSize) continue
      await reader.settle()
      yield chunk
      chunk = []
    }
  }
  await reader.settle()
  if (chunk.length > 0) yield chunk
}

/** An error of a row as answers show it: with the name of a column, and the numbers of rows. */
function rowError (plan: ImportPlan, error: ErrorDetail, numberOf: (index: number) => number): ErrorDetail {
  const placed = error.field === undefined ? error : { ...error, field: columnNamed(plan, error.field) }
  if (error.code !== 'duplicate_key') return placed
  const { fields, indexes } = error.params as {
    readonly fields: readonly string[]
    readonly indexes: readonly number[]
  }
  const rows = indexes.map(numberOf)
  return { ...placed, params: { fields, rows }, message: `Duplicate ${fields.join(', ')} in rows ${rows.join(', ')}` }
}

/** Findings of the database name fields where they name no item. */
function columnNamed ({ steps, columns }: ImportPlan, name: string): string {
  if (columns.some(column => column.name === name)) return name
  const step = steps.find(({ fields }) => fields.some(({ field }) => field.name === name))
  return step === undefined ? name : columnOf(step, name)
}
