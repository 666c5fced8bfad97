import { defaultValue } from '../../model/default-value.js'
import { isFilled } from '../../features/is-filled.js'
import type { UniqueMeta } from '../../model/meta.js'
import { isKept } from '../../items/shape/item-mode.js'
import type { Resource } from '../definition/resource.js'

/**
 * A row that is to replace another by upsert: every optional field that it does not name is named with its declared
 * default, null or an empty list. Generated values, slugs and the user stay out, so that an existing row keeps its own.
 */
export function completeRow (
  resource: Resource,
  on: UniqueMeta,
  data: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> {
  const { model, writable } = resource
  const row: Record<string, unknown> = { ...data }
  for (const field of writable.values()) {
    if (Object.hasOwn(row, field.name) || on.fields.includes(field.name) || isFilled(model, field.name)) continue
    if (isKept(resource, field.name)) continue
    if (field.default?.kind === 'value') row[field.name] = defaultValue(field)
    else if (field.default === null && field.list) row[field.name] = []
    else if (field.default === null && !field.required) row[field.name] = null
  }
  return row
}
