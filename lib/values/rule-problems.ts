import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { stepProblem } from '../text/decimal-order.js'
import { InvalidValue, valueReader } from './value-reader.js'

type Schema = Readonly<Record<string, unknown>>

/** Says why a schema cannot be the rule of a field, whose type has all of its keywords; null where it can. */
export function schemaProblem (model: Model, field: FieldMeta, schema: Schema): string | null {
  return (
    trimProblem(schema) ??
    typeProblem(field, schema) ??
    choiceProblem(model, field, schema) ??
    limitProblem(field, schema) ??
    referenceProblem(schema)
  )
}

function trimProblem ({ trim }: Schema): string | null {
  return trim === undefined || typeof trim === 'boolean' ? null : 'The keyword "trim" must be true or false'
}

function typeProblem (field: FieldMeta, { type }: Schema): string | null {
  if (type === undefined || (field.type === 'Json' && !field.list)) return null
  const fitting = jsonTypes(field)
  const given = [type].flat()
  if (given.some(one => fitting.some(name => name === one))) return null
  return (
    `The type ${JSON.stringify(type)} does not fit a field of type ${field.type}${field.list ? '[]' : ''}: ` +
    `write ${fitting.map(name => `"${name}"`).join(' or ')}, or leave it out`
  )
}

/** The types that values of a field have in JSON. */
function jsonTypes ({ kind, type, list }: FieldMeta): readonly string[] {
  if (list) return ['array']
  if (kind === 'enum') return ['string']
  switch (type) {
    case 'Int':
      return ['integer', 'number']
    case 'Float':
      return ['number']
    case 'BigInt':
      return ['integer', 'number', 'string']
    case 'Decimal':
      return ['number', 'string', 'integer']
    case 'Boolean':
      return ['boolean']
    default:
      return ['string']
  }
}

/** A value that the field does not take could never be chosen. */
function choiceProblem (model: Model, field: FieldMeta, schema: Schema): string | null {
  const { enum: choices, const: only } = schema
  if (choices !== undefined && (!Array.isArray(choices) || choices.length === 0)) {
    return 'The keyword "enum" must be a list of values'
  }
  const read = valueReader(model, field)
  const named: readonly unknown[] = [...((choices as readonly unknown[] | undefined) ?? []), only ?? null]
  const wrong = named.find(one => one !== null && read(one) instanceof InvalidValue)
  return wrong === undefined ? null : `${JSON.stringify(wrong)} is not a value of the field`
}

const limits = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']

/** Limits that ajv does not see. */
function limitProblem ({ type }: FieldMeta, schema: Schema): string | null {
  if (type !== 'Decimal' && type !== 'BigInt') return null
  const wrong = limits.find(name => schema[name] !== undefined && typeof schema[name] !== 'number')
  if (wrong !== undefined) return `The keyword "${wrong}" must be a number`
  const isInexact = (name: string): boolean => Math.abs(Number(schema[name] ?? 0)) > Number.MAX_SAFE_INTEGER
  const inexact = type === 'BigInt' ? limits.find(isInexact) : undefined
  if (inexact !== undefined) return `The keyword "${inexact}" is beyond 2^53, where numbers are not exact`
  if (schema['multipleOf'] === undefined) return null
  const problem = typeof schema['multipleOf'] === 'number' ? stepProblem(schema['multipleOf']) : 'must be a number'
  return problem === null ? null : `The keyword "multipleOf" ${problem}`
}

/** References have no document to lead into, neither here nor in the API's description. */
function referenceProblem (schema: Schema): string | null {
  const open: unknown[] = [schema]
  while (open.length > 0) {
    const one = open.pop()
    if (typeof one !== 'object' || one === null) continue
    if (Object.hasOwn(one, '$ref')) return 'The keyword "$ref" is not taken: write the schema out'
    open.push(...Object.values(one))
  }
  return null
}
