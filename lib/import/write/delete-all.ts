import type { Scope } from '../../store/core/scope.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Model } from '../../model/registry.js'

/** Rows that are deleted by one statement. */
const pageRows = 10_000

/** Deletes all rows of a scope, null: of the model, as a deletion by their ids would; gives their number. */
export async function deleteAll (store: ModelStore, model: Model, scope: Scope | null): Promise<number> {
  const fields = model.primaryKey.fields.map(name => model.ownField(name))
  let deleted = 0
  while (true) {
    const { rows } = await store.seek(model, {
      take: pageRows,
      rows: { fields, form: 'prisma' },
      scope,
      position: null
    })
    if (rows.length === 0) return deleted
    deleted += (await store.delete(model, rows, { rows: null })).deleted
  }
}
