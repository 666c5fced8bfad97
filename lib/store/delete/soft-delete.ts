import { randomUUID } from 'node:crypto'
import type { FieldMeta } from '../../model/meta.js'
import type { WriteColumn } from '../../sql/port/statement-parts.js'
import { cascadeDeletion } from './cascade.js'
import type { Chunk } from '../core/chunk.js'
import { encodeField } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { dependentsOf } from '../core/dependents.js'
import { ItemErrors } from '../core/item-errors.js'
import { reportKeyed } from '../write/write-by-key.js'
import { type DeleteOptions, type KeyedJob, type KeyedResult } from '../write/keyed-job.js'
import { softDeleteOf } from '../core/soft-delete-filter.js'
import { writeMarks, type MarkChange } from './soft-delete-rows.js'
import { ReportBuilder, type BulkReport } from '../core/report.js'
import { refuseReferred, type MarkedRow } from './restrict.js'
import { readSelectors } from '../core/selector.js'
import { deletionStamps, stampColumns } from '../core/stamps.js'

/**
 * Soft-deletes rows, by one statement a chunk, and the rows of other models that go along with them. A row that is
 * soft-deleted already keeps its stamp and counts as `unchanged`. Where live rows refer to a row by a relation that
 * restricts, its item is at fault, and nothing is soft-deleted.
 */
export async function softDeleteRows (
  context: WriteContext,
  selectors: readonly InputRow[],
  options: DeleteOptions
): Promise<BulkReport> {
  return await markRows(context, selectors, options, 'unchanged')
}

/** @param marked what an item counts as whose row is soft-deleted already */
export async function markRows (
  context: WriteContext,
  selectors: readonly InputRow[],
  options: DeleteOptions,
  marked: KeyedJob['idle']
): Promise<BulkReport> {
  const { model, registry } = context
  const { rows, expected = null, unmatched = 'report' } = options
  const { deletedAt, deletionId } = softDeleteOf(model)
  const idField = optionalField(context, deletionId)
  const { cascades, restrictions } = dependentsOf(registry, model)
  const itemErrors = new ItemErrors()
  const selection = readSelectors(context, selectors, itemErrors)
  const known = marked === 'missing' ? selection.where : selection.unique.where
  const job: KeyedJob = {
    context,
    selection,
    selectors,
    expected,
    rows,
    known,
    idle: marked,
    mark: { field: model.ownField(deletedAt), isSet: true }
  }
  const ids = idField === null ? null : selectors.map(() => randomUUID())
  // What restricts a row is looked up by the id of its deletion, without one by its primary key.
  const keyFields =
    ids === null && restrictions.length > 0 ? model.primaryKey.fields.map(name => model.ownField(name)) : []

  const columnsOf = (chunk: Chunk): WriteColumn[] => {
    const stamps = deletionStamps(context, null)
    if (idField === null || ids === null) return stampColumns(context, stamps)
    stamps.delete(idField.name)
    const values = encodeField(
      context,
      chunk,
      { field: idField, values: chunk.indexes.map(index => ids[index]) },
      itemErrors
    )
    return [
      ...stampColumns(context, stamps),
      { field: idField, named: 'every', values, given: null, fallback: { kind: 'keep' } }
    ]
  }
  const follow: MarkChange['follow'] =
    cascades.length === 0 && restrictions.length === 0
      ? null
      : async (inner, results) => {
        const written = markedRows(inner, results, ids, keyFields)
        const models = await cascadeDeletion(
          inner,
          written.flatMap(({ deletionId }) => deletionId ?? [])
        )
        await refuseReferred(inner, selection.unique, models, written)
      }
  const returning =
    rows === null && keyFields.length === 0 ? null : [...new Set([...(rows?.fields ?? []), ...keyFields])]
  const builder = new ReportBuilder(options)
  reportKeyed(builder, await writeMarks(job, { itemErrors, unmatched, columnsOf, returning, follow }), 'deleted')
  return builder.report()
}

function optionalField ({ model }: WriteContext, name: string | null): FieldMeta | null {
  return name === null ? null : model.ownField(name)
}

function markedRows (
  { dialect, model, factories }: WriteContext,
  results: readonly KeyedResult[],
  ids: readonly string[] | null,
  keyFields: readonly FieldMeta[]
): MarkedRow[] {
  const decode = dialect.decoder(model, keyFields, 'prisma', factories)
  return results.flatMap(({ written, answers }) =>
    written.map(index => ({ index, deletionId: ids?.[index] ?? null, key: decode(answers.get(index) ?? {}) }))
  )
}
