import { Type, type TSchema } from '@sinclair/typebox'
import { isTimeOfDay } from '../model/instant.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { textLimit } from '../model/text-limit.js'
import { integerRange } from './value-reader.js'

/**
 * The JSON of one value that a client may write, null included where the column takes it, for the API's description.
 */
export function inputSchema (model: Model, field: FieldMeta): TSchema {
  return whole(field, inputSingle(model, field))
}

/** The JSON of one value as an answer shows it. */
export function outputSchema (model: Model, field: FieldMeta): TSchema {
  return whole(field, outputSingle(model, field))
}

function whole (field: FieldMeta, element: TSchema): TSchema {
  const value = field.list ? Type.Array(element) : element
  return field.required ? value : nullable(value)
}

/** JSON Schema has null as one of several types; what names no type takes it already. */
function nullable (schema: TSchema): TSchema {
  if (schema.type === undefined) return schema
  return {
    ...schema,
    type: [schema.type, 'null'].flat(),
    ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {})
  }
}

function inputSingle (model: Model, field: FieldMeta): TSchema {
  switch (field.kind === 'enum' ? 'enum' : field.type) {
    case 'Int':
      return integerSchema(field)
    case 'BigInt':
      return Type.Unsafe({ type: ['integer', 'string'], format: 'int64', pattern: '^[+-]?\\d{1,19}$' })
    case 'Decimal':
      return Type.Unsafe({ type: ['string', 'number'], format: 'decimal' })
    default:
      return commonSingle(model, field)
  }
}

function outputSingle (model: Model, field: FieldMeta): TSchema {
  switch (field.kind === 'enum' ? 'enum' : field.type) {
    case 'Int':
      return integerSchema(field)
    case 'BigInt':
      return Type.String({ format: 'int64' })
    case 'Decimal':
      return Type.String({ format: 'decimal' })
    default:
      return commonSingle(model, field)
  }
}

function integerSchema (field: FieldMeta): TSchema {
  const [minimum, maximum] = integerRange(field)
  return minimum === -(2 ** 31) ? Type.Integer({ format: 'int32' }) : Type.Integer({ minimum, maximum })
}

/** What is written and shown in one form. */
function commonSingle (model: Model, field: FieldMeta): TSchema {
  if (field.kind === 'enum') return Type.Unsafe({ type: 'string', enum: Object.keys(model.enumOf(field).values) })
  switch (field.type) {
    case 'Boolean':
      return Type.Boolean()
    // NaN and the infinities have no JSON number.
    case 'Float':
      return Type.Unsafe({ type: ['number', 'string'], pattern: '^(?:NaN|-?Infinity)$' })
    case 'DateTime':
      return Type.String({ format: isTimeOfDay(field) ? 'time' : field.native?.[0] === 'Date' ? 'date' : 'date-time' })
    case 'Json':
      return Type.Unknown()
    case 'Bytes':
      return Type.String({ contentEncoding: 'base64' })
    default:
      return textSchema(field)
  }
}

function textSchema (field: FieldMeta): TSchema {
  const limit = textLimit(field)
  if (limit !== undefined) return Type.String({ maxLength: limit })
  switch (field.native?.[0]) {
    case 'Uuid':
      return Type.String({ format: 'uuid' })
    case 'Inet':
      return Type.String({ format: 'ip' })
    default:
      return Type.String()
  }
}
