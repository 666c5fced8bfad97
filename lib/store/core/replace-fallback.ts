import { defaultValue } from '../../model/default-value.js'
import { isFilled } from '../../features/is-filled.js'
import { isOwned } from '../../features/is-owned.js'
import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Fallback } from '../../sql/port/statement-parts.js'
import type { WriteContext } from './write-context.js'

/**
 * What a replaced row gets in a field that its item does not name: the declared literal, NULL or an empty list.
 * Keys, stamps and whatever is generated once for a row (ids, `now()`) stay. Null: only the item can give the value.
 */
export function replaceFallback ({ model, dialect }: WriteContext, on: UniqueMeta, field: FieldMeta): Fallback | null {
  const keep: Fallback = { kind: 'keep' }
  if (
    isFilled(model, field.name) ||
    isOwned(model.meta.features, field) ||
    on.fields.includes(field.name) ||
    model.primaryKey.fields.includes(field.name)
  ) {
    return keep
  }
  if (field.default === null) {
    if (field.list) return { kind: 'bind', value: dialect.encodeValue(model, field, []) }
    return field.required ? null : { kind: 'bind', value: null }
  }
  return field.default.kind === 'value'
    ? { kind: 'bind', value: dialect.encodeValue(model, field, defaultValue(field)) }
    : keep
}
