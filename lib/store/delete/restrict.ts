import type { UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { answer } from '../../sql/port/answer.js'
import { chunksOf } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { dependentsOf } from '../core/dependents.js'
import { ItemErrors } from '../core/item-errors.js'

/** A row that was soft-deleted just now. */
export interface MarkedRow {
  /** The item that selected it. */
  readonly index: number
  /** The id of its deletion; null where the model has none, and then `key` holds the primary key. */
  readonly deletionId: string | null
  readonly key: InputRow
}

/**
 * Throws when rows of these deletions, in any of the models, are referred to by rows that keep them from being deleted.
 * Those that go along are soft-deleted by now, and keep nothing.
 */
export async function refuseReferred (
  context: WriteContext,
  unique: UniqueMeta,
  models: readonly Model[],
  marked: readonly MarkedRow[]
): Promise<void> {
  const itemErrors = new ItemErrors()
  const place = unique.fields.length === 1 ? unique.fields[0] : undefined
  for (const model of models) {
    const { restrictions } = dependentsOf(context.registry, model)
    const idField = model.meta.features.softDelete?.deletionId ?? null
    const names = idField === null ? model.primaryKey.fields : [idField]
    const rows = marked.map(({ deletionId, key }) => (idField === null ? key : { [idField]: deletionId }))
    for (const by of restrictions) {
      for (const chunk of chunksOf(rows, context.chunkRows)) {
        const keys = keyColumns({ ...context, model }, chunk, names, itemErrors)
        for (const row of await context.runner.query(context.dialect.findReferred({ model, keys, where: null, by }))) {
          const { index } = marked[chunk.indexes[Number(row[answer.ord]) - 1]!]!
          itemErrors.add('foreign_key_restricted', index, place, { model: model.name, referring: by.model.name })
        }
      }
    }
  }
  itemErrors.throwIfAny()
}
