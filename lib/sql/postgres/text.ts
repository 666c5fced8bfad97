import type { FieldMeta, ScalarType } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'

/** What a text form can be: the text, null for SQL NULL, or the fault of the value. */
export type TextResult = string | null | ValueFault

export interface ValueFault {
  readonly code: 'invalid_type' | 'invalid_value'
  readonly params: Readonly<Record<string, unknown>>
}

/** The converter of one field: a value to the text PostgreSQL reads it from. */
export function toText (model: Model, field: FieldMeta): (value: unknown) => TextResult {
  if (field.kind === 'enum') {
    const { values } = model.enumOf(field)
    const names = Object.keys(values).join(', ')
    return value => typeof value === 'string' && Object.hasOwn(values, value)
      ? values[value]!
      : { code: 'invalid_value', params: { problem: `Expected one of ${names}` } }
  }
  const convert = converters[field.type as ScalarType]
  return value => convert(value, field)
}

type Converter = (value: unknown, field: FieldMeta) => TextResult

const intLimits: Readonly<Record<string, readonly [number, number]>> = {
  SmallInt: [-32768, 32767],
  Oid: [0, 4294967295],
  Integer: [-2147483648, 2147483647]
}

const converters: { readonly [type in ScalarType]: Converter } = {
  String (value, field) {
    if (typeof value !== 'string') return wrongType('a string')
    if (value.includes('\u0000')) return invalid('Text may not hold the character U+0000')
    const [native, size] = field.native ?? []
    if (native === 'Uuid') return uuid.test(value) ? value : invalid('Expected a UUID')
    if ((native === 'VarChar' || native === 'Char') && size !== undefined && isLonger(value, Number(size))) {
      return invalid(`The text is longer than ${size} characters`)
    }
    return value
  },
  Int (value, field) {
    if (typeof value !== 'number' && typeof value !== 'bigint') return wrongType('an integer')
    if (typeof value === 'number' && !Number.isInteger(value)) return wrongType('an integer')
    const [low, high] = intLimits[field.native?.[0] ?? 'Integer'] ?? intLimits['Integer']!
    return value < low || value > high ? invalid(`Expected an integer from ${low} to ${high}`) : String(value)
  },
  BigInt (value) {
    const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)) || (typeof value === 'string' && whole.test(value))
    if (!isWhole) return wrongType('an integer (a bigint, or its digits as a string)')
    const number = BigInt(value)
    return number < -(2n ** 63n) || number >= 2n ** 63n ? invalid('Expected an integer from -2^63 to 2^63 - 1') : String(number)
  },
  Float (value) {
    return typeof value === 'number' || typeof value === 'bigint' ? String(value) : wrongType('a number')
  },
  Decimal (value, field) {
    const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || isDecimal(value) ? String(value) : null
    if (text === null) return wrongType('a decimal number')
    if (!decimal.test(text)) return text === 'NaN' && typeof value !== 'string' ? text : invalid('Expected a decimal number')
    const limit = wholeDigitLimit(field)
    return text.length > limit && wholeDigits(text) > limit ? invalid(`Expected at most ${limit} digits before the decimal point`) : text
  },
  Boolean (value) {
    return typeof value === 'boolean' ? (value ? 't' : 'f') : wrongType('a boolean')
  },
  DateTime (value, field) {
    if (!(value instanceof Date) && typeof value !== 'string') return wrongType('a date')
    const native = field.native?.[0]
    const isTime = native === 'Time' || native === 'Timetz'
    // A string that is UTC already keeps its microseconds; an offset must be applied here, timestamp columns ignore it.
    if (typeof value === 'string' && utc.test(value) && !isTime && native !== 'Date' && !Number.isNaN(Date.parse(value))) return value
    const date = value instanceof Date ? value : new Date(isTime && timeOfDay.test(value) ? `1970-01-01T${value}Z` : value)
    if (Number.isNaN(date.getTime())) return invalid('Expected an ISO 8601 date')
    const iso = date.toISOString()
    if (iso.length > 24) return invalid('Expected a year from 0 to 9999')
    if (native === 'Date') return iso.slice(0, 10)
    if (!isTime) return iso
    return native === 'Time' ? iso.slice(11, 23) : `${iso.slice(11, 23)}+00`
  },
  Json (value) {
    if (isNullMarker(value)) return value.constructor.name === 'JsonNull' ? 'null' : null
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) return wrongType('a JSON value')
    return nullCharacter.test(text)
      ? invalid('Text may not hold the character U+0000')
      : text
  },
  Bytes (value) {
    return value instanceof Uint8Array
      ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
      : wrongType('bytes')
  }
}

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const whole = /^[+-]?\d{1,20}$/
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i
/** An escaped U+0000 in JSON text, but not the six characters behind an escaped backslash. */
const nullCharacter = /(?<!\\)(?:\\\\)*\\u0000/
const timeOfDay = /^\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/
const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/

function wrongType (expected: string): ValueFault {
  return { code: 'invalid_type', params: { expected } }
}

function invalid (problem: string): ValueFault {
  return { code: 'invalid_value', params: { problem } }
}

/** Prisma's Decimal, and any other that prints itself as digits. */
function isDecimal (value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'toFixed' in value && 'd' in value && 'e' in value
}

/** Prisma's DbNull and JsonNull: singletons of classes that cannot be imported here. */
function isNullMarker (value: unknown): value is object {
  return typeof value === 'object' && value !== null && (value.constructor?.name === 'DbNull' || value.constructor?.name === 'JsonNull') && Object.keys(value).length === 0
}

/** Length in characters, as the database counts them; code units only where they cannot be more. */
function isLonger (text: string, limit: number): boolean {
  return text.length > limit && [...text].length > limit
}

/** Digits that a column takes before the decimal point: what its precision leaves beside the scale. */
function wholeDigitLimit ({ native }: FieldMeta): number {
  if (native === null) return 35
  return native[0] === 'Decimal' && native.length === 3 ? Number(native[1]) - Number(native[2]) : 1000
}

/** Digits before the decimal point once the exponent is applied and the value is not zero. */
function wholeDigits (text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(/^[+-]/, '').split('e')
  const [before = '', after = ''] = mantissa.split('.')
  const digits = (before + after).replace(/^0+/, '')
  return digits === '' ? 0 : Math.max(0, digits.length - after.length + Number(exponent))
}
