import { scaleOf } from '../model/json-form.js'
import type { FieldMeta } from '../model/meta.js'
import { decimalParts } from '../text/decimal.js'
import { isCharacter, trimEndWhere } from '../text/trim.js'
import { ValueFault, type ValueReader } from './value-reader.js'

/** A reader that refuses decimals with more digits behind the point than the column keeps: the database would round them. */
export function exactReader (field: FieldMeta, read: ValueReader): ValueReader {
  const scale = field.kind === 'scalar' && field.type === 'Decimal' ? scaleOf(field) : null
  if (scale === null) return read
  const fault = new ValueFault('invalid_value', { problem: `Expected at most ${scale} ${scale === 1 ? 'digit' : 'digits'} after the decimal point` })
  return value => {
    const stored = read(value)
    const isExact = Array.isArray(stored) ? stored.every(one => fits(one, scale)) : fits(stored, scale)
    return isExact ? stored : fault
  }
}

/** Most decimals are told by the place of their point, without a look at each digit. */
function fits (value: unknown, scale: number): boolean {
  if (typeof value === 'number') return Number.isInteger(value) || fractionDigits(String(value)) <= scale
  if (typeof value !== 'string') return true
  const point = value.indexOf('.')
  const isShort = point === -1 || value.length - point - 1 <= scale
  return (isShort && !value.includes('e') && !value.includes('E')) || fractionDigits(value) <= scale
}

/** Digits behind the decimal point that count, once the exponent is applied; none for what is no decimal, which the reader judges. */
function fractionDigits (text: string): number {
  const parts = decimalParts(text)
  if (parts === null) return 0
  const digits = parts.whole + parts.fraction
  const ending = digits.length - trimEndWhere(digits, isCharacter('0')).length
  return Math.max(0, parts.fraction.length - parts.exponent - ending)
}
