import { CommonsError, type ErrorDetail } from '../../errors.js'
import type { Answer } from '../../resource/routes/answer.js'
import { uncapital } from '../../text/capital.js'
import type { Resource } from '../../resource/definition/resource.js'
import { isNone, type FailedRow, type ImportMode, type ImportReport } from '../write/run.js'

/** What an answer tells of an import. */
export interface DoneImport {
  readonly report: ImportReport
  readonly mode: ImportMode
  readonly dryRun: boolean
  /** The first failed rows. */
  readonly shown: readonly FailedRow[]
  /** Headers that were ignored. */
  readonly ignored: readonly string[]
  /** Where all failed rows can be downloaded; absent where none failed. */
  readonly failuresUrl?: string | undefined
  readonly templateUrl?: string | undefined
}

/**
 * The answer to an import: 201 when all rows are stored, 207 when some are, 200 for a dry run.
 *
 * @throws CommonsError when none is stored: `import_failed`, or what the file was not read to its end for
 */
export function importAnswer ({ plural, rules }: Resource, done: DoneImport): Answer {
  const { report, dryRun } = done
  const { total, failed, stopped } = report
  const stored = total - failed
  const data = importData(done)
  const isUndone = done.mode === 'replace' && isNone(report)
  if (!dryRun && stopped !== undefined) {
    const { code, params, message, status } = stopped
    throw new CommonsError(code, {
      params,
      status,
      data,
      cause: stopped,
      message: isUndone
        ? `${message}; nothing was stored`
        : `${message}; the rows before are stored as the summary tells`
    })
  }
  if (!dryRun && (isUndone || (failed > 0 && stored === 0))) {
    throw new CommonsError('import_failed', {
      data,
      ...(isUndone
        ? {
            message:
              total === 0
                ? 'The file has no rows; nothing was changed'
                : `${failed} of ${total} rows could not be imported; nothing was changed`
          }
        : {})
    })
  }
  const message =
    failed === 0 && stopped === undefined
      ? (rules.messages?.import ?? `${plural} ${dryRun ? 'can be imported' : 'imported successfully'}`)
      : (stopped?.message ?? `${failed} of ${total} ${uncapital(plural)} could not be imported`)
  return {
    status: dryRun ? 200 : failed > 0 ? 207 : 201,
    success: failed === 0 && stopped === undefined,
    message,
    data,
    ...(dryRun ? { meta: { dry_run: true } } : {})
  }
}

function importData ({ report, mode, shown, ignored, failuresUrl, templateUrl }: DoneImport): object {
  const { total, created, updated, unchanged, failed, models, deleted } = report
  return {
    import_summary: {
      total_rows: total,
      created,
      updated,
      unchanged,
      failed,
      ...(models === undefined ? {} : { models })
    },
    operation: mode,
    deleted_count: deleted,
    failed_rows: shown.map(({ row, errors }) => ({
      row_number: row.number,
      status: 'failed',
      errors: errors.map(shownError)
    })),
    ...(failed > shown.length ? { additional_failures: failed - shown.length } : {}),
    ...(failuresUrl === undefined ? {} : { failed_rows_url: failuresUrl }),
    ...(ignored.length === 0 ? {} : { ignored_columns: ignored }),
    ...(failed === 0 || templateUrl === undefined ? {} : { template_url: templateUrl })
  }
}

/** A finding about a row; its column is named in the place of a field. */
function shownError ({ code, field, message, params }: ErrorDetail): object {
  return {
    code,
    ...(field === undefined ? {} : { column: field }),
    message,
    ...(params === undefined ? {} : { params })
  }
}
