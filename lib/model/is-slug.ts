import type { Model } from './registry.js'

/** True for fields that a new row need not name, because a text is made for them. */
export function isSlug ({ meta }: Model, field: string): boolean {
  return meta.features.slug?.some(slug => slug.field === field) ?? false
}
