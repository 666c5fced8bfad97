import { isDecimalText, plainDecimal } from '../../../text/decimal.js'
import { isCharacter, trimWhere } from '../../../text/trim.js'
import { CellError, type ReadCell } from '../../table/table.js'
import type { CellFormat } from './read-formats.js'
import { serialText } from '../serial.js'

/** Digits that a double keeps whatever they are. */
const safeDigits = 15

/**
 * The value of a cell with a number: a date where the format shows one, digits with leading zeros where it shows these.
 * A number that a double would round is its digits, so that keys of 18 digits stay what they are.
 */
export function numberCell (text: string, format: CellFormat, from1904: boolean): ReadCell {
  if (text === '') return null
  const value = numberOf(text)
  if (value === undefined) return new CellError(text, 'holds no number')
  if (format === null || typeof value === 'string') return value
  if (typeof format === 'number') return Number.isInteger(value) ? padded(value, format) : value
  return serialText(value, format, from1904) ?? value
}

function numberOf (text: string): number | string | undefined {
  const value = isDecimalText(text) ? Number(text) : NaN
  if (!Number.isFinite(value)) return undefined
  if (text.length <= safeDigits && value !== 0) return value
  const digits = significantDigits(text)
  // A double has no number that is so near to zero.
  if (value === 0 && digits !== '') return undefined
  const isSafe =
    digits.length <= safeDigits ||
    [String(value), value.toPrecision(17)].some(form => significantDigits(form) === digits)
  return isSafe ? value : plainDecimal(text)
}

/** The digits of a number without zeros at both ends. */
function significantDigits (text: string): string {
  const [mantissa = ''] = text.split(/e/i)
  return trimWhere(mantissa.replace(/\D/g, ''), isCharacter('0'))
}

function padded (value: number, digits: number): string {
  const text = plainDecimal(String(Math.abs(value))).padStart(digits, '0')
  return value < 0 ? `-${text}` : text
}
