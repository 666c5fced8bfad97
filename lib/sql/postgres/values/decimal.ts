import type { FieldMeta } from '../../../model/meta.js'

/** The number of digits that a Decimal column takes before the decimal point, when the text has more; else null. */
export function exceededDigits (field: FieldMeta, text: string): number | null {
  const [precision, scale] = sizeOf(field)
  const limit = precision - scale
  // Most texts are too short to be too large.
  const isSuspect = text.length >= limit || exponential.test(text)
  return isSuspect && wholeDigits(text, scale) > limit ? limit : null
}

const exponential = /e/i

/** Precision and scale: of the column, of Prisma's own choice, or more than anyone needs of a column without limits. */
function sizeOf ({ native }: FieldMeta): readonly [precision: number, scale: number] {
  if (native === null) return [65, 30]
  return native[0] === 'Decimal' && native.length > 1 ? [Number(native[1]), Number(native[2] ?? 0)] : [2000, 1000]
}

/** Digits before the decimal point once the exponent is applied and the value is rounded to `scale`; none for zero. */
function wholeDigits (text: string, scale: number): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(/^[+-]/, '').split('e')
  const [before = '', after = ''] = mantissa.split('.')
  const digits = (before + after).replace(/^0+/, '')
  if (digits === '') return 0
  const whole = digits.length - after.length + Number(exponent)
  const kept = whole + scale
  const carries = kept >= 0 && kept < digits.length && /^9*$/.test(digits.slice(0, kept)) && digits[kept]! >= '5'
  return Math.max(0, carries ? whole + 1 : whole)
}
