import type { FieldMeta } from './meta.js'
import { didYouMean } from '../suggest.js'

/** Keywords that describe a value and check nothing. */
export const describing: readonly string[] = [
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$schema',
  '$id'
]

const values: readonly string[] = ['type', 'enum', 'const']
const numbers: readonly string[] = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const texts: readonly string[] = ['minLength', 'maxLength', 'pattern', 'format']
const lists: readonly string[] = ['minItems', 'maxItems', 'uniqueItems', 'items', 'prefixItems', 'contains']
const objects: readonly string[] = [
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'dependentRequired'
]

/** Keywords that join schemas. */
export const joining: readonly string[] = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']

const all = ['trim', ...values, ...numbers, ...texts, ...lists, ...objects, ...joining, ...describing]

/** Says which keyword of a schema cannot hold for the values of a field; null where all can. */
export function keywordProblem (field: FieldMeta, schema: object): string | null {
  const fitting = checkingKeywords(field)
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || fitting.includes(keyword) || describing.includes(keyword)) continue
    if (!all.includes(keyword)) return `Unknown keyword "${keyword}". ${didYouMean(keyword, all)}`
    const type = `${field.type}${field.list ? '[]' : ''}`
    return `The keyword "${keyword}" does not fit a field of type ${type}. Keywords that fit: ${fitting.join(', ')}`
  }
  return null
}

/** The keywords that check values of a field. */
function checkingKeywords (field: FieldMeta): readonly string[] {
  if (field.list) return [...values, ...lists, ...joining]
  if (field.kind === 'enum') return [...values, ...joining]
  switch (field.type) {
    case 'Int':
    case 'Float':
      return [...values, ...numbers, ...joining]
    // Compared as decimal text, which a schema within the schema could not be.
    case 'BigInt':
    case 'Decimal':
      return [...values, ...numbers]
    case 'String':
      return ['trim', ...values, ...texts, ...joining]
    case 'DateTime':
      return [...values, 'pattern', 'format', ...joining]
    case 'Json':
      return [...values, ...numbers, ...texts, ...lists, ...objects, ...joining]
    default:
      return [...values, ...joining]
  }
}
