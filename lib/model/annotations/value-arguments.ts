import type { AnnotationValue } from './annotations.js'
import type { Argument } from './feature-arguments.js'
import type { ValueSchema } from '../value-schema.js'

/** The arguments of `@commons.value`, each a keyword of JSON Schema or `trim`. */
export const valueArguments = {
  minimum: keyword('a number', isNumber),
  maximum: keyword('a number', isNumber),
  exclusiveMinimum: keyword('a number', isNumber),
  exclusiveMaximum: keyword('a number', isNumber),
  multipleOf: keyword('a number above 0', value => isNumber(value) && value > 0),
  minLength: keyword('a whole number', isCount),
  maxLength: keyword('a whole number', isCount),
  pattern: keyword('a regular expression', isPattern),
  format: keyword('the name of a format', value => typeof value === 'string' && value !== ''),
  enum: keyword('a list of values', value => Array.isArray(value) && value.length > 0),
  minItems: keyword('a whole number', isCount),
  maxItems: keyword('a whole number', isCount),
  uniqueItems: keyword('true or false', value => typeof value === 'boolean'),
  trim: keyword('true or false', value => typeof value === 'boolean')
}

/** The arguments that are given, as a schema. */
export function schemaOf (args: Readonly<Record<string, AnnotationValue>>): ValueSchema {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null))
}

/** Null where it is not given. */
function keyword (expected: string, accepts: (value: AnnotationValue) => boolean): Argument<AnnotationValue> {
  return {
    read: (value, name, place) => {
      if (value === undefined) return null
      if (accepts(value)) return value
      place.report(`The argument "${name}" must be ${expected}`, '')
      return undefined
    }
  }
}

function isNumber (value: AnnotationValue): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount (value: AnnotationValue): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isPattern (value: AnnotationValue): boolean {
  if (typeof value !== 'string') return false
  try {
    return new RegExp(value, 'u') instanceof RegExp
  } catch {
    return false
  }
}
