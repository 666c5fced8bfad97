import { isIP } from 'node:net'
import type { ErrorCode, ErrorParams } from '../errors.js'
import { instantText, isTimeOfDay } from '../model/instant.js'
import { jsonNull } from '../model/json-null.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { isDecimalText } from '../text/decimal.js'
import { isWellFormed, jsonProblem, unpairedSurrogate } from './json-value.js'

/** What is wrong with a value. */
export class InvalidValue {
  readonly code: ErrorCode
  readonly params: ErrorParams

  constructor (code: ErrorCode, params: ErrorParams = {}) {
    this.code = code
    this.params = params
  }
}

/** Gives what to store for a value that a client wrote, or a ValueFault. */
export type ValueReader = (value: unknown) => unknown

const readers = new WeakMap<FieldMeta, ValueReader>()

/**
 * The reader of one field's JSON. What it takes the column takes too, except where size and alphabet depend on the
 * database: the encoder refuses those, and names the item as well.
 */
export function valueReader (model: Model, field: FieldMeta): ValueReader {
  const known = readers.get(field)
  if (known !== undefined) return known
  const reader = makeReader(model, field)
  readers.set(field, reader)
  return reader
}

/** What a value must be, in words. */
export function expectedOf (model: Model, field: FieldMeta): string {
  const { expected } = kindOf(model, field)
  return field.list ? `a list, each element ${expected}` : expected
}

/** Elements of a list that a field holds. */
const listLimit = 10_000

const notNull = new InvalidValue('not_null')

function makeReader (model: Model, field: FieldMeta): ValueReader {
  const { read } = kindOf(model, field)
  const mistyped = new InvalidValue('invalid_type', { expected: expectedOf(model, field) })
  const one: ValueReader = value => read(value) ?? mistyped
  const several: ValueReader = value => {
    if (!Array.isArray(value)) return mistyped
    if (value.length > listLimit) {
      return new InvalidValue('invalid_value', {
        problem: `The list has ${value.length} elements, which are more than the limit of ${listLimit}`
      })
    }
    const list = value.map(one)
    return list.find(element => element instanceof InvalidValue) ?? list
  }
  const present = field.list ? several : one
  // A column of JSON that takes no NULL still takes the JSON null.
  const absent = !field.required ? null : field.type === 'Json' && !field.list ? jsonNull : notNull
  return value => (value === null ? absent : present(value))
}

/** One kind of value: `read` gives undefined for what is none of them. */
interface Kind {
  readonly expected: string
  readonly read: (value: unknown) => unknown
}

/** Smallest and largest value of an integer field. */
export function integerRange ({ native }: FieldMeta): readonly [number, number] {
  switch (native?.[0]) {
    case 'SmallInt':
      return [-32768, 32767]
    case 'Oid':
      return [0, 4294967295]
    default:
      return [-2147483648, 2147483647]
  }
}

const digits = /^[+-]?\d{1,19}$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const notFinite = new Set<unknown>(['NaN', 'Infinity', '-Infinity'])

function kindOf (model: Model, field: FieldMeta): Kind {
  if (field.kind === 'enum') {
    const names = Object.keys(model.enumOf(field).values)
    return {
      expected: `one of ${names.join(', ')}`,
      read: value => (names.includes(value as string) ? value : undefined)
    }
  }
  switch (field.type) {
    case 'Int': {
      const [low, high] = integerRange(field)
      return {
        expected: `an integer from ${low} to ${high}`,
        read: value => (Number.isInteger(value) && Number(value) >= low && Number(value) <= high ? value : undefined)
      }
    }
    case 'BigInt':
      return {
        expected: 'an integer from -2^63 to 2^63 - 1, beyond 2^53 as a string',
        read: value => (isBigInt(value) ? value : undefined)
      }
    case 'Float':
      return floatKind(field)
    case 'Decimal':
      return { expected: 'a decimal number', read: readDecimal }
    case 'Boolean':
      return { expected: 'true or false', read: value => (typeof value === 'boolean' ? value : undefined) }
    case 'DateTime':
      return {
        expected: isTimeOfDay(field) ? 'a time of day such as 08:30:00' : 'an ISO 8601 date of the years 1 to 9999',
        read: value => (typeof value === 'string' ? (instantText(field, value) ?? undefined) : undefined)
      }
    case 'Json':
      return {
        expected: 'any JSON',
        read: value => (value === null ? jsonNull : (refused(jsonProblem(value)) ?? value))
      }
    case 'Bytes':
      return { expected: 'base64 text', read: readBase64 }
    default:
      return textKind(field)
  }
}

/** Numbers of more digits than a double keeps have lost some by the time JSON is parsed. */
function readDecimal (value: unknown): unknown {
  if (typeof value === 'string') return isDecimalText(value) ? value : undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const isShort = String(value).length <= 15
  return isShort || Number(value.toPrecision(15)) === value ? value : longNumber
}

const longNumber = new InvalidValue('invalid_value', {
  problem: 'A number of more than 15 digits is not exact in JSON: send it as a string'
})

/** Numbers beyond 2^53 have lost digits by the time JSON is parsed. */
function isBigInt (value: unknown): boolean {
  if (typeof value !== 'string') return Number.isSafeInteger(value)
  return digits.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)
}

/** What has no JSON number is text, as answers show it. */
function floatKind ({ native }: FieldMeta): Kind {
  const fits =
    native?.[0] === 'Real'
      ? (value: number) => Number.isFinite(Math.fround(value)) && (Math.fround(value) !== 0 || value === 0)
      : Number.isFinite
  return {
    expected: native?.[0] === 'Real' ? 'a number that fits 32-bit floats' : 'a number',
    read: value =>
      typeof value === 'number' ? (fits(value) ? value : undefined) : notFinite.has(value) ? Number(value) : undefined
  }
}

function textKind ({ native }: FieldMeta): Kind {
  const text = (expected: string, accepts: (value: string) => boolean): Kind => ({
    expected,
    read: value => (typeof value === 'string' && accepts(value) ? value : undefined)
  })
  const size = native?.[1]
  switch (native?.[0]) {
    case 'Uuid':
      return text('a UUID', value => uuid.test(value))
    case 'Inet':
      return text('an IP address, with or without a prefix length', isInet)
    case 'Bit':
      return text(`${size ?? 1} binary digits`, value => /^[01]*$/.test(value) && value.length === Number(size ?? 1))
    case 'VarBit':
      return text('binary digits', value => /^[01]*$/.test(value) && value.length <= Number(size ?? Infinity))
    case 'VarChar':
    case 'Char':
      return wellFormed(size === undefined ? 'a string' : `a string of at most ${size} characters`)
    default:
      return wellFormed('a string')
  }
}

function wellFormed (expected: string): Kind {
  return {
    expected,
    read: value =>
      typeof value === 'string' ? (refused(isWellFormed(value) ? undefined : unpairedSurrogate) ?? value) : undefined
  }
}

function isInet (value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/')
  const version = address.includes('%') ? 0 : isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** Only text that encodes the bytes as we would: anything else is a typo or another alphabet. */
function readBase64 (value: unknown): Buffer | undefined {
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  return bytes.toString('base64') === value ? bytes : undefined
}

function refused (problem: string | undefined): InvalidValue | undefined {
  return problem === undefined ? undefined : new InvalidValue('invalid_value', { problem })
}
