import type { FieldMeta } from '../../../model/meta.js'
import { instantText } from '../../../model/instant.js'
import { decimalParts } from '../../../text/decimal.js'
import { isCharacter, trimEndWhere } from '../../../text/trim.js'

/**
 * A text that is equal for values which PostgreSQL holds for equal, so that keys can be compared in this process.
 * Null for a null, and for what is no value of the field: that equals nothing.
 */
export function keyText (field: FieldMeta, value: unknown): string | null {
  if (value === null || value === undefined || field.list) return null
  if (field.kind === 'enum') return typeof value === 'string' ? value : null
  switch (field.type) {
    case 'DateTime':
      return instantText(field, value)
    case 'Decimal':
      return decimalKey(value)
    case 'Int':
    case 'BigInt':
      return isNumeric(value) && whole.test(String(value)) ? String(BigInt(value as string | number | bigint)) : null
    case 'Float':
      return typeof value === 'number' || typeof value === 'bigint' ? String(Number(value)) : null
    case 'Boolean':
      return typeof value === 'boolean' ? String(value) : null
    case 'Bytes':
      return value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
        : null
    case 'String':
      return typeof value === 'string' ? textKey(field, value) : null
    default:
      return null
  }
}

const whole = /^[+-]?\d{1,20}$/

function isNumeric (value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
}

function textKey (field: FieldMeta, text: string): string {
  switch (field.native?.[0]) {
    case 'Uuid':
      return text.toLowerCase().replaceAll('-', '')
    case 'Citext':
      return text.toLowerCase()
    case 'Char':
      return trimEndWhere(text, isCharacter(' '))
    default:
      return text
  }
}

/** `1.50`, `01.5` and `15e-1` are one number. */
function decimalKey (value: unknown): string | null {
  const text =
    isNumeric(value) ||
    (typeof value === 'object' && value !== null && 'toFixed' in value && typeof value.toFixed === 'function')
      ? String(value)
      : ''
  if (text === 'NaN') return text
  const parts = decimalParts(text)
  if (parts === null) return null
  const { isNegative, whole, fraction, exponent } = parts
  const digits = (whole + fraction).replace(/^0+/, '')
  const trimmed = trimEndWhere(digits, isCharacter('0'))
  if (trimmed === '') return '0'
  return `${isNegative ? '-' : ''}${trimmed}e${exponent - fraction.length + digits.length - trimmed.length}`
}
