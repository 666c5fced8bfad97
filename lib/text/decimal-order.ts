import { decimalParts } from './decimal.js'
import { isCharacter, trimEndWhere, trimStartWhere } from './trim.js'

/**
 * Compares two decimal numbers without loss of digits, in time linear in their length. Exponents are not written out.
 *
 * @returns a negative number, 0, or a positive number; NaN where one of the texts is no decimal number
 *
 * @example
 * compareDecimals('9007199254740993', '9007199254740992') // 1
 */
export function compareDecimals (a: string, b: string): number {
  const left = magnitudeOf(a)
  const right = magnitudeOf(b)
  if (left === null || right === null) return NaN
  if (left.sign !== right.sign) return left.sign - right.sign
  if (left.point !== right.point) return left.sign * (left.point - right.point)
  if (left.digits === right.digits) return 0
  return left.digits < right.digits ? -left.sign : left.sign
}

/** Largest step in units of its last digit: ten times a remainder stays an exact number. */
const largestStep = 9e14

/** The reason why a number cannot be a step of `isMultiple`; null where it can. */
export function stepProblem (step: number): string | null {
  if (!Number.isFinite(step) || step <= 0) return 'must be more than 0'
  return Number(magnitudeOf(String(step))!.digits) > largestStep ? 'has too many digits' : null
}

/**
 * True for a decimal number that is a whole multiple of a step, by long division of its digits.
 *
 * @example
 * isMultiple('0.3', 0.1) // true
 */
export function isMultiple (text: string, step: number): boolean {
  const value = magnitudeOf(text)
  const unit = magnitudeOf(String(step))
  if (value === null || unit === null) return false
  if (value.sign === 0) return true
  const divisor = Number(unit.digits)
  // Places of the last digits: the value has to be whole in units of the step's last one.
  const zeros = value.point - value.digits.length - (unit.point - unit.digits.length)
  if (zeros < 0) return false
  let remainder = 0
  for (let i = 0; i < value.digits.length + zeros; i++) {
    const digit = i < value.digits.length ? value.digits.charCodeAt(i) - zero : 0
    remainder = (remainder * 10 + digit) % divisor
  }
  return remainder === 0
}

const zero = '0'.charCodeAt(0)

/** A number as 0.digits × 10^point, its digits without zeros at either end. */
interface Magnitude {
  readonly sign: -1 | 0 | 1
  readonly digits: string
  readonly point: number
}

function magnitudeOf (text: string): Magnitude | null {
  const parts = decimalParts(text)
  if (parts === null) return null
  const isZero = isCharacter('0')
  const written = trimEndWhere(parts.whole + parts.fraction, isZero)
  const digits = trimStartWhere(written, isZero)
  if (digits === '') return { sign: 0, digits: '', point: 0 }
  const point = parts.whole.length + parts.exponent - (written.length - digits.length)
  return { sign: parts.isNegative ? -1 : 1, digits, point }
}
