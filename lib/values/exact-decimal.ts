import { scaleCheck } from '../model/decimal-scale.js'
import type { FieldMeta } from '../model/meta.js'
import { InvalidValue, type ValueReader } from './value-reader.js'

/**
 * A reader that refuses decimals with more digits behind the point than the column keeps: the database would round
 * them.
 */
export function exactReader (field: FieldMeta, read: ValueReader): ValueReader {
  const check = scaleCheck(field)
  if (check === null) return read
  const { keeps, problem } = check
  const fault = new InvalidValue('invalid_value', { problem })
  return value => {
    const stored = read(value)
    return keeps(stored) ? stored : fault
  }
}
