import { Type, type TSchema } from '@sinclair/typebox'
import { inputSchema, outputSchema } from '../../values/field-schema.js'
import type { ItemShape, Relation } from '../shape/item-shape.js'
import { scopeFieldsOf } from '../../scope/scope-rule.js'

/** The JSON of rows of a shape, which relations nest. */
type ShapeSchema = (shape: ItemShape) => TSchema

const fate = { append: 'the others stay', replace: 'the others are let go', sync: 'the others are deleted' } as const

/** The JSON in which an item names what is related. */
export function relationInput (relation: Relation, nested: ShapeSchema): TSchema {
  const { write, target, id, lookup, many, nullable, mode, shape } = relation
  const ways = [
    ...(write.has('id') ? [required(inputSchema(target, id))] : []),
    ...(write.has('text') ? [{ ...required(inputSchema(target, lookup!)), description: `Its ${lookup!.name}` }] : []),
    ...(write.has('data') ? [nested(shape)] : [])
  ]
  const one = unionOf(ways)
  // Null keeps a list as it is.
  if (many) {
    return {
      ...unionOf([Type.Array(one), Type.Null()]),
      description: `Null keeps what is there; of a list ${fate[mode]}`
    }
  }
  return nullable ? unionOf([one, Type.Null()]) : one
}

/** The JSON in which an answer shows it. */
export function relationOutput (
  { read, target, id, many, nullable, kind, shape, scope }: Relation,
  nested: ShapeSchema
): TSchema {
  const one =
    read === 'id'
      ? required(outputSchema(target, id))
      : read === 'data'
        ? nested(shape)
        : read === 'text'
          ? Type.Unsafe({ type: ['string', 'null'] })
          : Type.Unknown()
  if (many) return Type.Array(one)
  // A row outside of the scope is not shown, whatever the key says.
  const mayBeHidden = read !== 'id' && scopeFieldsOf(scope).length > 0
  return nullable || mayBeHidden || kind !== 'key' ? unionOf([one, Type.Null()]) : one
}

/** Keys and lookups name rows: null names none. */
function required (schema: TSchema): TSchema {
  const { type } = schema
  return Array.isArray(type)
    ? { ...schema, type: type.length === 2 ? type.find(one => one !== 'null') : type.filter(one => one !== 'null') }
    : schema
}

function unionOf (schemas: readonly TSchema[]): TSchema {
  return schemas.length === 1 ? schemas[0]! : Type.Union([...schemas])
}
