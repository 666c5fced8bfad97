import { isCharacter, trimEndWhere, trimStartWhere } from './trim.js'

/**
 * The digits of the longest number that PostgreSQL holds, 131,072 before the point and 16,383 behind it, its sign,
 * point and exponent.
 */
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

/**
 * True for a decimal number with no more digits behind its point than a scale; for what is none too, which others
 * judge.
 */
export function fitsScale (value: string | number, scale: number): boolean {
  if (typeof value === 'number' && Number.isInteger(value)) return true
  const text = String(value)
  // Most decimals are told by the few characters behind their point, where an exponent would stand.
  const point = text.indexOf('.')
  const isShort = point === -1 || text.length - point - 1 <= scale
  return (isShort && !hasLetter(text, point + 1)) || fractionDigits(text) <= scale
}

function hasLetter (text: string, start: number): boolean {
  for (let i = start; i < text.length; i++) {
    if (text.charCodeAt(i) > nine) return true
  }
  return false
}

const nine = '9'.charCodeAt(0)

/** Digits behind the decimal point that count, once the exponent is applied; none for what is no decimal. */
function fractionDigits (text: string): number {
  const parts = decimalParts(text)
  if (parts === null) return 0
  const digits = parts.whole + parts.fraction
  const ending = digits.length - trimEndWhere(digits, isCharacter('0')).length
  return Math.max(0, parts.fraction.length - parts.exponent - ending)
}
