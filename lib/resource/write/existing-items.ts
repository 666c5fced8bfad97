import type { ItemErrors } from '../../store/core/item-errors.js'
import type { Scope } from '../../store/core/scope.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Model } from '../../model/registry.js'
import { selectorsOf, type Batch, type BatchItem } from './batch.js'
import type { Resource } from '../definition/resource.js'

/**
 * The items with their rows, locked in the order of their keys. Those whose row is not there for the caller are left
 * out, unless the batch makes it.
 */
export async function existingItems (
  model: Model,
  store: ModelStore,
  { deleted, onMissing }: Batch,
  items: readonly BatchItem[],
  scope: Scope | null
): Promise<readonly BatchItem[]> {
  if (items.length === 0 || items.some(item => item.where === null)) return items
  const rows = await store.find(model, selectorsOf(items), {
    rows: { fields: model.meta.fields, form: 'prisma' },
    deleted,
    lock: true,
    scope
  })
  const found = items.map((item, position) => {
    const current = rows[position] ?? null
    return { ...item, current, isNew: current === null }
  })
  return onMissing === 'create' ? found : found.filter(({ current }) => current !== null)
}

/** Reports the items that were left out because their row is not there. */
export function reportMissing (
  { model }: Resource,
  items: readonly BatchItem[],
  left: readonly BatchItem[],
  itemErrors: ItemErrors
): void {
  const found = new Set(left.map(({ index }) => index))
  const { fields } = model.primaryKey
  const [key] = fields
  for (const { index, where } of items) {
    if (found.has(index)) continue
    const isSingle = fields.length === 1
    const value = isSingle ? String(where![key!]) : JSON.stringify(Object.values(where!)[0])
    itemErrors.add('object_not_found', index, isSingle ? key : undefined, {
      model: model.name,
      key: fields.join(', '),
      value
    })
  }
}

/** Reports the items whose key no row has; composite keys are left to the write. One query. */
export async function reportMissingKeys (
  { model }: Resource,
  store: ModelStore,
  items: readonly BatchItem[],
  itemErrors: ItemErrors
): Promise<void> {
  const [key, ...others] = model.primaryKey.fields
  if (key === undefined || others.length > 0) return
  const named = items.flatMap(({ index, where }) => (where?.[key] === undefined ? [] : [{ index, id: where[key] }]))
  for (const position of await store.missing(
    model,
    key,
    named.map(({ id }) => id),
    null
  )) {
    const { index, id } = named[position]!
    itemErrors.add('object_not_found', index, key, { model: model.name, key, value: String(id) })
  }
}
