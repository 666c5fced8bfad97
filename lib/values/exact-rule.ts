import { compareDecimals, isMultiple } from '../text/decimal-order.js'
import { failure } from './rule-failure.js'
import type { InvalidValue } from './value-reader.js'

/**
 * The check of a decimal or a big integer, a string or a number in JSON. It compares digits: a limit stands for the
 * decimal number that is written in the schema, and no digit of the value is lost.
 *
 * @param schema with numbers as limits, see `schemaProblem`
 */
export function exactCheck (schema: Readonly<Record<string, unknown>>): (value: unknown) => InvalidValue | null {
  const checks = Object.entries(schema).flatMap(([keyword, limit]) => {
    const keeps = comparisons[keyword]
    return keeps === undefined ? [] : [{ keyword, keeps: keeps(limit), failure: failed(keyword, limit) }]
  })
  return value => {
    const text = String(value)
    return checks.find(({ keeps }) => !keeps(text))?.failure ?? null
  }
}

type Keeps = (text: string) => boolean

const comparisons: { readonly [keyword: string]: (limit: unknown) => Keeps } = {
  minimum: limit => text => compareDecimals(text, String(limit)) >= 0,
  maximum: limit => text => compareDecimals(text, String(limit)) <= 0,
  exclusiveMinimum: limit => text => compareDecimals(text, String(limit)) > 0,
  exclusiveMaximum: limit => text => compareDecimals(text, String(limit)) < 0,
  multipleOf: limit => text => isMultiple(text, Number(limit)),
  const: limit => text => compareDecimals(text, String(limit)) === 0,
  enum: limit => {
    const allowed = (limit as readonly unknown[]).map(String)
    return text => allowed.some(one => compareDecimals(text, one) === 0)
  }
}

function failed (keyword: string, limit: unknown): InvalidValue {
  const params = { limit, allowedValues: limit, allowedValue: limit, [keyword]: limit }
  return failure(keyword, params, 'must be valid')
}
