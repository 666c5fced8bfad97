import { Type, type TSchema } from '@sinclair/typebox'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'

/** The JSON of one value that a client may write, null included where the column takes it. */
export function inputSchema (model: Model, field: FieldMeta): TSchema {
  const value = field.list ? Type.Array(single(model, field)) : single(model, field)
  return field.required ? value : nullable(value)
}

/** The JSON of one value as an answer shows it. */
export function outputSchema (model: Model, field: FieldMeta): TSchema {
  const element = outputSingle(model, field)
  const value = field.list ? Type.Array(element) : element
  return field.required ? value : nullable(value)
}

/** What a value must be, in words. */
export function expectedOf (model: Model, field: FieldMeta): string {
  const one = expectedSingle(model, field)
  return field.list ? `a list, each element ${one}` : one
}

function nullable (schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()])
}

const intRange: Readonly<Record<string, readonly [number, number]>> = { SmallInt: [-32768, 32767], Oid: [0, 4294967295] }

function rangeOf (field: FieldMeta): readonly [number, number] {
  return intRange[field.native?.[0] ?? ''] ?? [-2147483648, 2147483647]
}

const dateTime = '^\\d{4}-\\d\\d-\\d\\d(?:[Tt ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?(?:[Zz]|[+-]\\d\\d:?\\d\\d)?)?$'
const time = '^\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?$'
const decimal = '^[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,4})?$'
const uuid = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'
const base64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'

function isTime (field: FieldMeta): boolean {
  return field.native?.[0] === 'Time' || field.native?.[0] === 'Timetz'
}

function single (model: Model, field: FieldMeta): TSchema {
  if (field.kind === 'enum') return enumSchema(model, field)
  switch (field.type) {
    case 'Int': return Type.Integer({ minimum: rangeOf(field)[0], maximum: rangeOf(field)[1] })
    case 'BigInt': return Type.Union([Type.Integer(), Type.String({ pattern: '^[+-]?\\d{1,19}$' })])
    case 'Float': return Type.Number()
    case 'Decimal': return Type.Union([Type.Number(), Type.String({ pattern: decimal })])
    case 'Boolean': return Type.Boolean()
    case 'DateTime': return Type.String({ pattern: isTime(field) ? `${time}|${dateTime}` : dateTime })
    case 'Json': return Type.Unknown()
    case 'Bytes': return Type.String({ pattern: base64, contentEncoding: 'base64' })
    default: return textSchema(field)
  }
}

function textSchema (field: FieldMeta): TSchema {
  const [native, size] = field.native ?? []
  if (native === 'Uuid') return Type.String({ pattern: uuid })
  return (native === 'VarChar' || native === 'Char') && size !== undefined ? Type.String({ maxLength: Number(size) }) : Type.String()
}

function enumSchema (model: Model, field: FieldMeta): TSchema {
  return Type.Union(Object.keys(model.enumOf(field).values).map(name => Type.Literal(name)))
}

function outputSingle (model: Model, field: FieldMeta): TSchema {
  if (field.kind === 'enum') return enumSchema(model, field)
  switch (field.type) {
    case 'Int': return Type.Integer()
    // NaN and the infinities have no JSON number.
    case 'Float': return Type.Union([Type.Number(), Type.String()])
    case 'Boolean': return Type.Boolean()
    case 'DateTime': return Type.String({ format: isTime(field) ? 'time' : field.native?.[0] === 'Date' ? 'date' : 'date-time' })
    case 'Json': return Type.Unknown()
    case 'Bytes': return Type.String({ contentEncoding: 'base64' })
    default: return field.native?.[0] === 'Uuid' ? Type.String({ format: 'uuid' }) : Type.String()
  }
}

function expectedSingle (model: Model, field: FieldMeta): string {
  if (field.kind === 'enum') return `one of ${Object.keys(model.enumOf(field).values).join(', ')}`
  const [native, size] = field.native ?? []
  switch (field.type) {
    case 'Int': return `an integer from ${rangeOf(field)[0]} to ${rangeOf(field)[1]}`
    case 'BigInt': return 'an integer, or its digits as a string'
    case 'Float': return 'a number'
    case 'Decimal': return 'a decimal number, best as a string'
    case 'Boolean': return 'true or false'
    case 'DateTime': return isTime(field) ? 'a time of day such as 08:30:00' : 'an ISO 8601 date'
    case 'Bytes': return 'base64 text'
    default: return native === 'Uuid' ? 'a UUID' : (native === 'VarChar' || native === 'Char') && size !== undefined ? `a string of at most ${size} characters` : 'a string'
  }
}
