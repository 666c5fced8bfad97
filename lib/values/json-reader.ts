import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { exactReader } from './exact-decimal.js'
import { valueReader, type ValueReader } from './value-reader.js'
import { ruledReader, type ValueRules } from './value-rule.js'

/** What decides which values fields take. */
export interface FieldValues {
  readonly model: Model
  readonly valueRules: ValueRules
  /** Decimals with more digits than their column keeps are rounded, not refused. */
  readonly roundsDecimals: boolean
}

/**
 * The reader of what a client sends for a field, in the JSON form of its kind. Bodies and imports take values by it
 * alone.
 */
export function jsonReader ({ model, valueRules, roundsDecimals }: FieldValues, field: FieldMeta): ValueReader {
  const read = valueReader(model, field)
  return ruledReader(valueRules.get(field.name), field, roundsDecimals ? read : exactReader(field, read))
}
