import { fitsScale } from '../text/decimal.js'
import { scaleOf } from './json-form.js'
import type { FieldMeta } from './meta.js'

/**
 * Tells of values of a field whether the column keeps all their digits; null for fields that keep any. Values that are
 * no decimals pass: others judge them.
 */
export function scaleCheck (
  field: FieldMeta
): { readonly keeps: (value: unknown) => boolean; readonly problem: string } | null {
  const scale = field.kind === 'scalar' && field.type === 'Decimal' ? scaleOf(field) : null
  if (scale === null) return null
  const one = (value: unknown): boolean => {
    if (typeof value === 'string' || typeof value === 'number') return fitsScale(value, scale)
    return !isDecimal(value) || fitsScale(value.toFixed(), scale)
  }
  return {
    keeps: field.list ? value => (Array.isArray(value) ? value.every(one) : one(value)) : one,
    problem: `Expected at most ${scale} ${scale === 1 ? 'digit' : 'digits'} after the decimal point`
  }
}

/** Prisma's Decimal, and any other that prints its digits. */
function isDecimal (value: unknown): value is { readonly toFixed: () => string } {
  return typeof value === 'object' && value !== null && 'toFixed' in value && typeof value.toFixed === 'function'
}
