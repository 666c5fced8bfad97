import { CommonsError } from '../../errors.js'
import { cascadeRestoration } from './cascade.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { dependentsOf } from '../core/dependents.js'
import { ItemErrors } from '../core/item-errors.js'
import { reportKeyed } from '../write/write-by-key.js'
import { type DeleteOptions, type KeyedJob, type KeyedResult } from '../write/keyed-job.js'
import { excludesMarked, softDeleteOf, deletedFilter } from '../core/soft-delete-filter.js'
import { writeMarks } from './soft-delete-rows.js'
import { ReportBuilder, type BulkReport } from '../core/report.js'
import { legalUniques, readSelectors, type Selection } from '../core/selector.js'
import { restorationStamps, stampColumns } from '../core/stamps.js'

/**
 * Restores rows, by one statement a chunk, from rows and from all that went along with them in the same
 * deletion; what was deleted on its own, before or afterwards, stays so. A live row counts as `unchanged`.
 */
export async function restoreRows (
  context: WriteContext,
  selectors: readonly InputRow[],
  options: DeleteOptions
): Promise<BulkReport> {
  const { model, registry } = context
  const { rows, expected = null, unmatched = 'report' } = options
  const { deletedAt, deletionId } = softDeleteOf(model)
  // The id of a deletion stays until what went along is restored.
  const idField =
    deletionId === null || dependentsOf(registry, model).cascades.length === 0 ? null : model.ownField(deletionId)
  const itemErrors = new ItemErrors()
  const selection = markedSelection(context, selectors, itemErrors)
  const job: KeyedJob = {
    context,
    selection,
    selectors,
    expected,
    rows,
    known: selection.unique.where,
    idle: 'unchanged',
    mark: { field: model.ownField(deletedAt), isSet: false }
  }
  const stamps = restorationStamps(context)
  if (idField !== null) stamps.delete(idField.name)

  const results = await writeMarks(job, {
    itemErrors,
    unmatched,
    columnsOf: () => stampColumns(context, stamps),
    returning:
      rows === null && idField === null
        ? null
        : [...new Set([...(rows?.fields ?? []), ...(idField === null ? [] : [idField])])],
    follow:
      idField === null
        ? null
        : async (inner, results) => await cascadeRestoration(inner, deletionsOf(results, idField.name))
  })
  if (idField !== null) {
    for (const { written, rows } of results) for (const index of written) forget(rows.get(index), idField.name)
  }
  const builder = new ReportBuilder(options)
  reportKeyed(builder, results, 'restored')
  return builder.report()
}

/**
 * The items as selectors of soft-deleted rows. A unique constraint that holds for live rows only tells no two
 * soft-deleted ones apart.
 */
function markedSelection (context: WriteContext, selectors: readonly InputRow[], itemErrors: ItemErrors): Selection {
  const { model } = context
  const selection = readSelectors(context, selectors, itemErrors)
  const { fields, where } = selection.unique
  if (excludesMarked(model, where)) {
    const legal = model.meta.uniques.filter(unique => !excludesMarked(model, unique.where))
    throw new CommonsError('invalid_unique_fields', {
      params: { fields, model: model.name, legal: legal.map(({ fields }) => fields) },
      message:
        `"${fields.join(', ')}" is unique among live rows of ${model.name} only. Select deleted ones by ` +
        `${legalUniques(legal).join('; ')}`
    })
  }
  return { ...selection, where: deletedFilter(model, 'only', where) }
}

function deletionsOf (results: readonly KeyedResult[], field: string): string[] {
  const ids = results.flatMap(({ answers }) => [...answers.values()].map(row => row[field]))
  return [...new Set(ids.filter(id => typeof id === 'string'))]
}

/** The rows were given back before their ids went. */
function forget (row: unknown, field: string): void {
  if (typeof row === 'object' && row !== null && field in row) Object.assign(row, { [field]: null })
}
