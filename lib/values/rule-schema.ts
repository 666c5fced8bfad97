import type { TSchema } from '@sinclair/typebox'
import { joining } from '../model/value-keywords.js'
import type { ValueRule } from './value-rule.js'

/** The JSON Schema of a field in requests, with the keywords of its rule. Of two limits the stricter one stands. */
export function ruledSchema (rule: ValueRule | undefined, schema: TSchema): TSchema {
  if (rule === undefined) return schema
  const keywords = { ...rule.schema }
  for (const [name, stricter] of Object.entries(limits)) {
    if (typeof keywords[name] === 'number' && typeof schema[name] === 'number') {
      keywords[name] = stricter(keywords[name], schema[name] as number)
    }
  }
  if (keywords['items'] !== undefined) keywords['items'] = { ...Object(schema['items']), ...Object(keywords['items']) }
  const types: unknown = schema.type
  if (!Array.isArray(types) || !types.includes('null')) return { ...schema, ...keywords }
  // Null keeps every rule.
  const isJoined = joining.some(name => keywords[name] !== undefined)
  if (isJoined) {
    const others = types.filter(one => one !== 'null')
    const value = { ...schema, ...keywords, type: others.length === 1 ? (others[0] as string) : others }
    return { anyOf: [value, { type: 'null' }] } as unknown as TSchema
  }
  const { const: only, enum: choices = only === undefined ? undefined : [only], ...others } = keywords
  return { ...schema, ...others, ...(Array.isArray(choices) ? { enum: [...new Set([...choices, null])] } : {}) }
}

const limits: { readonly [keyword: string]: (a: number, b: number) => number } = {
  minimum: Math.max,
  maximum: Math.min,
  minLength: Math.max,
  maxLength: Math.min
}
