import type { Features, FieldMeta } from '../model/meta.js'
import { features as all } from './features.js'

/** True for fields that features or the database write, and no caller. */
export function isOwned (features: Features, field: FieldMeta): boolean {
  return field.updatedAt || all.some(feature => feature.ownedFields?.(features).includes(field.name))
}
