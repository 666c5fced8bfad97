import { isFilled } from './is-filled.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'

/** True when only the caller can give the value of a new row. */
export function isNeeded (model: Model, field: FieldMeta): boolean {
  return field.required && !field.list && field.default === null && !isFilled(model, field.name)
}
