import type { ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { keywordProblem } from '../model/value-keywords.js'
import type { ValueSchema } from '../model/value-schema.js'
import { exactCheck } from './exact-rule.js'
import { schemaProblem } from './rule-problems.js'
import { failure } from './rule-failure.js'
import { InvalidValue, type ValueReader } from './value-reader.js'

/** A rule of a field's values, checked and compiled. */
export interface ValueRule {
  /** Its JSON Schema, without `trim` and without the type, which the field has. */
  readonly schema: Readonly<Record<string, unknown>>
  /** Texts lose white space at both ends before they are checked. */
  readonly trims: boolean
  /** Gives what is wrong with a value that the field takes; null where nothing is. */
  readonly check: (value: unknown) => InvalidValue | null
}

/** The rules of a model's fields, by field. */
export type ValueRules = ReadonlyMap<string, ValueRule>

/**
 * Checks a rule against its field, and compiles it.
 *
 * @param owner begins messages
 * @throws TypeError for a schema that is not valid, or has keywords that do not fit the field
 */
export function compileRule (owner: string, model: Model, field: FieldMeta, given: ValueSchema): ValueRule {
  const schema = plainCopy(owner, given)
  const problem = keywordProblem(field, schema) ?? schemaProblem(model, field, schema)
  if (problem !== null) throw new TypeError(`${owner}: ${problem}`)
  const checked = Object.fromEntries(
    Object.entries(schema).filter(
      ([name]) => name !== 'trim' && !name.startsWith('$') && (name !== 'type' || field.type === 'Json')
    )
  )
  const isExact = !field.list && (field.type === 'Decimal' || field.type === 'BigInt')
  return {
    schema: checked,
    trims: schema['trim'] === true,
    check: isExact ? exactCheck(checked) : compiledCheck(owner, field, checked)
  }
}

/** The reader of a field whose values must keep a rule too. Null is never checked: the field says whether it may be. */
export function ruledReader (rule: ValueRule | undefined, field: FieldMeta, read: ValueReader): ValueReader {
  if (rule === undefined) return read
  const { trims, check } = rule
  // Of the several texts for one instant or number the stored form is checked.
  const checksStored = field.type === 'DateTime' || field.type === 'Float'
  return value => {
    const given = trims && typeof value === 'string' ? value.trim() : value
    const stored = read(given)
    if (given === null || stored instanceof InvalidValue) return stored
    return check(checksStored ? stored : given) ?? stored
  }
}

/** Plain JSON: without the symbols and hidden members that libraries add. */
function plainCopy (owner: string, schema: ValueSchema): Record<string, unknown> {
  let copy: unknown
  try {
    copy = JSON.parse(JSON.stringify(schema))
  } catch (error) {
    throw new TypeError(`${owner}: The rule is not plain JSON`, { cause: error })
  }
  if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return copy as Record<string, unknown>
  throw new TypeError(`${owner}: The rule must be a JSON Schema object`)
}

function compiledCheck (
  owner: string,
  field: FieldMeta,
  schema: Readonly<Record<string, unknown>>
): ValueRule['check'] {
  const isFloat = field.type === 'Float' && !field.list
  const validate = compiled(owner, {
    ...schema,
    // NaN and the infinities, which limits let pass, are no numbers to JSON Schema.
    ...(isFloat && { type: 'number' }),
    ...(schema['uniqueItems'] === true && itemType(field, schema))
  })
  return value => {
    if (validate(value)) return null
    const { keyword, params, instancePath, message = 'must be valid' } = validate.errors![0]!
    return failure(keyword, params, message, instancePath)
  }
}

/** Unique values of a known type are found in linear time, others by comparing each with each. */
function itemType ({ kind, type, list }: FieldMeta, { items }: Readonly<Record<string, unknown>>): object {
  if (!list || type === 'Json') return {}
  const isNumber = kind === 'scalar' && (type === 'Int' || type === 'Float')
  const isText = kind === 'enum' || ['String', 'DateTime', 'Bytes'].includes(type)
  const scalar = isNumber ? 'number' : isText ? 'string' : undefined
  return scalar === undefined ? {} : { items: { ...Object(items), type: scalar } }
}

function compiled (owner: string, schema: object): ValidateFunction {
  try {
    return validator().compile(schema)
  } catch (error) {
    throw new TypeError(`${owner}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

let shared: Ajv2020 | undefined

/** Patterns and schemas come from the developer and are trusted. The first error of a value is enough. */
function validator (): Ajv2020 {
  if (shared !== undefined) return shared
  shared = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    logger: false
  })
  addFormats.default(shared)
  return shared
}
