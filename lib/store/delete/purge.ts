import type { WriteContext } from '../core/write-context.js'
import { softDeleteOf } from '../core/soft-delete-filter.js'
import { retried } from '../write/retried.js'
import { ReportBuilder, type BulkReport } from '../core/report.js'
import { answer } from '../../sql/port/answer.js'

export interface PurgeOptions {
  /** rows that were soft-deleted before this instant are removed. */
  readonly before: Date
  /** Rows to remove, at most; default: all. */
  readonly limit?: number
  /**
   * The field of the instant, on models without soft deletion too. Default: the one that says since when a row is
   * marked.
   */
  readonly field?: string
}

/**
 * Removes rows for good that were soft-deleted before an instant, the oldest first: all of them or, when others
 * still refer to one in a way that the database restricts, none. What its foreign keys cascade to goes as well.
 */
export async function purgeRows (
  context: WriteContext,
  { before, limit, field: name = softDeleteOf(context.model).deletedAt }: PurgeOptions
): Promise<BulkReport> {
  const { dialect, model, runner, retryTimeout } = context
  const field = model.ownField(name)
  const statement = dialect.purge({
    model,
    field,
    before: dialect.encodeValue(model, field, before),
    limit: limit ?? null
  })
  const [row] = await retried(runner.inTransaction ? null : retryTimeout, () => runner.query(statement))
  const builder = new ReportBuilder({ rows: null })
  builder.deleted = Number(row?.[answer.deleted])
  return builder.report()
}
