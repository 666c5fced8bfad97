import type { Model } from '../model/registry.js'
import { features } from './features.js'

/** True for fields that features fill once for a row that is made, unless the caller does. */
export function isFilled ({ meta }: Model, field: string): boolean {
  return features.some(feature => feature.filledFields?.(meta.features).includes(field))
}
