import { isCharacter, trimEndWhere, trimStartWhere } from './trim.js'

/** The digits of the longest number that PostgreSQL holds, 131,072 before the point and 16,383 behind it, its sign, point and exponent. */
const maxLength = 131_072 + 16_383 + 8

/** Every text matches in one way only, so that a text which fails at its end takes time linear in its length. */
const decimal = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,4}))?$/

/** A decimal number, taken apart. */
export interface DecimalParts {
  readonly isNegative: boolean
  /** Digits before the decimal point. */
  readonly whole: string
  /** Digits behind the decimal point. */
  readonly fraction: string
  readonly exponent: number
}

/** True for a decimal number in digits, with or without a sign, a point and an exponent of at most four digits. */
export function isDecimalText (text: string): boolean {
  return text.length <= maxLength && decimal.test(text)
}

/**
 * The parts of a decimal number; null for any other text.
 *
 * @example
 * decimalParts('-01.50e3') // { isNegative: true, whole: '01', fraction: '50', exponent: 3 }
 */
export function decimalParts (text: string): DecimalParts | null {
  const match = text.length > maxLength ? null : decimal.exec(text)
  if (match === null) return null
  const [, sign, whole = '', behindWhole = '', alone = '', exponent = '0'] = match
  return { isNegative: sign === '-', whole, fraction: behindWhole + alone, exponent: Number(exponent) }
}

/**
 * A decimal number without an exponent, a plus sign, and zeros that say nothing; any other text as it is.
 *
 * @example
 * plainDecimal('1.50E+3') // '1500'
 */
export function plainDecimal (text: string): string {
  const parts = decimalParts(text)
  if (parts === null) return text
  const { isNegative, whole, fraction, exponent } = parts
  const digits = whole + fraction
  const point = whole.length + exponent
  const before = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0')
  const behind = point >= digits.length ? '' : digits.slice(Math.max(0, point)).padStart(digits.length - point, '0')
  const isZero = isCharacter('0')
  const shownFraction = trimEndWhere(behind, isZero)
  const shownWhole = trimStartWhere(before, isZero) || '0'
  const shown = shownFraction === '' ? shownWhole : `${shownWhole}.${shownFraction}`
  return isNegative && shown !== '0' ? `-${shown}` : shown
}
