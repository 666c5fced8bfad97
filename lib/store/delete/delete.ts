import { chunksOf } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { distinctItems, reportKeyed, writeKeyed } from '../write/write-by-key.js'
import { type DeleteOptions, type KeyedJob } from '../write/keyed-job.js'
import { ReportBuilder, type BulkReport } from '../core/report.js'
import { statementLock } from '../core/lock-order.js'
import { readSelectors } from '../core/selector.js'
import { markRows } from './soft-delete.js'
import { expectedVersions } from '../core/versions.js'

/**
 * Deletes rows by key; on models with soft deletion they are soft-deleted, and rows that were soft-deleted before are
 * not there. A key that stands twice counts once; keys without a row are reported.
 */
export async function deleteRows (
  context: WriteContext,
  selectors: readonly InputRow[],
  options: DeleteOptions
): Promise<BulkReport> {
  const isMarked = context.model.meta.features.softDelete !== undefined
  return isMarked
    ? await markRows(context, selectors, options, 'missing')
    : await removeRows(context, selectors, options)
}

async function removeRows (
  context: WriteContext,
  selectors: readonly InputRow[],
  options: DeleteOptions
): Promise<BulkReport> {
  const { rows, expected = null, unmatched = 'report' } = options
  const { dialect, model } = context
  const itemErrors = new ItemErrors()
  const selection = readSelectors(context, selectors, itemErrors)
  const job: KeyedJob = { context, selection, selectors, expected, rows, known: selection.where, idle: 'missing' }
  const returning = rows?.fields ?? null
  const results = await writeKeyed(job, {
    itemErrors,
    chunks: chunksOf(selection.rows, context.chunkRows, distinctItems(job, itemErrors)),
    values: selection.rows,
    statementOf: chunk =>
      dialect.delete({
        model,
        rows: chunk.rows.length,
        keys: keyColumns(context, chunk, selection.unique.fields, itemErrors),
        where: selection.where,
        expected: expectedVersions(context, chunk, index => expected?.[index], itemErrors),
        returning,
        ...statementLock(model, chunk)
      }),
    returning,
    unmatched
  })
  const builder = new ReportBuilder(options)
  reportKeyed(builder, results, 'deleted')
  return builder.report()
}
