import type { BulkReport, ReportOptions } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { UpdateItem } from '../../store/write/update.js'
import type { UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { AppearedRows } from '../../items/shape/appeared-rows.js'
import { dataOf, versionsOf, type BatchItem } from './batch.js'
import { refusingExisting } from './conditions.js'

/** How the rows of a batch are written, without the rows that belong to them. */
export type RowWrite =
  /** `mustBeNew`: 412 for rows that exist, found by these unique constraints. */
  | { readonly kind: 'create'; readonly mustBeNew: readonly UniqueMeta[] | null }
  /** `fields`: those to write on rows that exist; undefined: all that an item names. */
  | { readonly kind: 'upsert'; readonly on: UniqueMeta; readonly fields: readonly string[] | undefined }
  | { readonly kind: 'update'; readonly unmatched: 'error' | 'report' }

/**
 * Writes the rows of items.
 *
 * @param touched which rows get a new version although only rows below them change; null: none
 */
export async function writeRows (
  store: ModelStore,
  model: Model,
  write: RowWrite,
  items: readonly BatchItem[],
  options: ReportOptions,
  touched: readonly boolean[] | null
): Promise<BulkReport> {
  switch (write.kind) {
    case 'create': {
      const create = (): Promise<BulkReport> => store.create(model, dataOf(items), options)
      return write.mustBeNew === null ? await create() : await refusingExisting(write.mustBeNew, create)
    }
    case 'upsert':
      return await upsertRows(store, model, write, items, options, touched)
    case 'update':
      return await store.update(model, updatesOf(items, touched), {
        mode: 'sparse',
        unmatched: write.unmatched,
        ...options
      })
  }
}

async function upsertRows (
  store: ModelStore,
  model: Model,
  { on, fields }: RowWrite & { readonly kind: 'upsert' },
  items: readonly BatchItem[],
  options: ReportOptions,
  touched: readonly boolean[] | null
): Promise<BulkReport> {
  const report = await store.upsert(model, dataOf(items), {
    on,
    update: fields?.filter(name => model.field(name) !== undefined),
    onDuplicate: 'error',
    expected: versionsOf(items),
    touched,
    ...options
  })
  // The other rows are locked: whatever else exists was made by another request after the permission check.
  const added = items.filter(({ isNew }) => isNew).length
  if (report.created < added) throw new AppearedRows()
  return report
}

function updatesOf (items: readonly BatchItem[], touched: readonly boolean[] | null): readonly UpdateItem[] {
  return items.map(({ where, data, version }, i) => {
    const update = { where: where!, data: data!, version }
    return touched?.[i] === true ? { ...update, touch: true } : update
  })
}
