import type { FieldMeta, ScalarType } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import { instantText } from '../../../model/instant.js'
import { isDecimalText } from '../../../text/decimal.js'
import { exceededDigits } from './decimal.js'

/** What a text form can be: the text, null for SQL NULL, or the fault of the value. */
export type TextResult = string | null | ValueProblem

export interface ValueProblem {
  readonly code: 'invalid_type' | 'invalid_value'
  readonly params: Readonly<Record<string, unknown>>
}

/** The converter of one field: a value to the text PostgreSQL reads it from. */
export function toText (model: Model, field: FieldMeta): (value: unknown) => TextResult {
  if (field.kind === 'enum') {
    const { values } = model.enumOf(field)
    const names = Object.keys(values).join(', ')
    return value =>
      typeof value === 'string' && Object.hasOwn(values, value)
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
    if (value.includes('\u0000')) return invalid(nullProblem)
    // Its UTF-8 would be another text.
    if (!(value as WellFormable).isWellFormed()) return invalid(surrogateProblem)
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
    const isWhole =
      typeof value === 'bigint' ||
      (typeof value === 'number' && Number.isSafeInteger(value)) ||
      (typeof value === 'string' && whole.test(value))
    if (!isWhole) return wrongType('an integer (a bigint, or its digits as a string)')
    const number = BigInt(value)
    return number < -(2n ** 63n) || number >= 2n ** 63n
      ? invalid('Expected an integer from -2^63 to 2^63 - 1')
      : String(number)
  },
  Float (value, field) {
    if (typeof value !== 'number' && typeof value !== 'bigint') return wrongType('a number')
    const number = Number(value)
    const isLost =
      field.native?.[0] === 'Real' &&
      Number.isFinite(number) &&
      (!Number.isFinite(Math.fround(number)) || (number !== 0 && Math.fround(number) === 0))
    return isLost ? invalid('Expected a number that single precision can hold') : String(value)
  },
  Decimal (value, field) {
    const text =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || isDecimal(value)
        ? String(value)
        : null
    if (text === null) return wrongType('a decimal number')
    if (!isDecimalText(text)) {
      return text === 'NaN' && typeof value !== 'string' ? text : invalid('Expected a decimal number')
    }
    const limit = exceededDigits(field, text)
    return limit === null ? text : invalid(`Expected at most ${limit} digits before the decimal point`)
  },
  Boolean (value) {
    return typeof value === 'boolean' ? (value ? 't' : 'f') : wrongType('a boolean')
  },
  DateTime (value, field) {
    if (!(value instanceof Date) && typeof value !== 'string') return wrongType('a date')
    return instantText(field, value) ?? invalid('Expected an ISO 8601 date of the years 1 to 9999')
  },
  Json (value) {
    const marker = nullMarker(value)
    if (marker !== undefined) {
      return marker === 'DbNull' ? null : marker === 'JsonNull' ? 'null' : wrongType('a JSON value')
    }
    const text = jsonOf(value)
    if (text === undefined) return wrongType('a JSON value')
    if (!text.includes('\\u')) return text
    if (nullCharacter.test(text)) return invalid(nullProblem)
    return loneSurrogate.test(text) ? invalid(surrogateProblem) : text
  },
  Bytes (value) {
    return value instanceof Uint8Array
      ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
      : wrongType('bytes')
  }
}

const nullProblem = 'Text may not hold the character U+0000'
const surrogateProblem = 'Text may not hold half a surrogate pair'

/** Node 20 has it, the language version that this package is compiled for has not. */
type WellFormable = string & { isWellFormed: () => boolean }

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const whole = /^[+-]?\d{1,20}$/
/** An escaped U+0000 in JSON text, but not the six characters behind an escaped backslash. */
const nullCharacter = /(?<!\\)(?:\\\\)*\\u0000/
/** JSON.stringify escapes surrogates without their other half; jsonb has no form for them. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

function wrongType (expected: string): ValueProblem {
  return { code: 'invalid_type', params: { expected } }
}

function invalid (problem: string): ValueProblem {
  return { code: 'invalid_value', params: { problem } }
}

/** Prisma's Decimal, and any other that prints itself as digits. */
function isDecimal (value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toFixed' in value &&
    typeof value.toFixed === 'function' &&
    'd' in value &&
    'e' in value
  )
}

/** Undefined for what has no JSON: functions, circles, bigints, objects whose toJSON throws. */
function jsonOf (value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined
  } catch {
    return undefined
  }
}

/** The name of Prisma's DbNull, JsonNull or AnyNull: singletons of classes that cannot be imported here. */
function nullMarker (value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) return undefined
  const name: unknown = value.constructor?.name
  return name === 'DbNull' || name === 'JsonNull' || name === 'AnyNull' ? name : undefined
}

/** Length in characters, as the database counts them; code units only where they cannot be more. */
function isLonger (text: string, limit: number): boolean {
  return text.length > limit && [...text].length > limit
}
