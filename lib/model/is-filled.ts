import { isSlug } from './is-slug.js'
import type { Model } from './registry.js'

/** True for fields that features fill once for a row that is made, unless the caller does. */
export function isFilled (model: Model, field: string): boolean {
  return isSlug(model, field) || (model.meta.features.currentUser?.some(user => user.field === field) ?? false)
}
