import type { ValueRule } from '../../values/value-rule.js'

/**
 * An example that keeps a rule: the one at hand, else one that is made of the rule's limits. Null where none is known,
 * as for most patterns.
 *
 * @param i 0-based number of the example: different ones are different where the rule leaves a choice
 */
export function ruleExample (rule: ValueRule | null, value: unknown, i: number): unknown {
  if (rule === null || rule.check(value) === null) return value
  return candidates(rule.schema, value, i).find(one => rule.check(one) === null) ?? null
}

function candidates (schema: ValueRule['schema'], value: unknown, i: number): readonly unknown[] {
  const { enum: choices, const: only, format, minLength, maxLength } = schema
  if (Array.isArray(choices)) return [choices[i % choices.length]]
  if (only !== undefined) return [only]
  if (typeof value !== 'string' || Number.isFinite(Number(value))) return numbers(schema, i)
  return [
    ...(format === 'email' ? [`person${i + 1}@example.com`] : []),
    ...(format === 'uri' ? [`https://example.com/${i + 1}`] : []),
    ...(typeof maxLength === 'number' ? [value.slice(-maxLength).trim()] : []),
    ...(typeof minLength === 'number' ? [value.padEnd(minLength, '.')] : [])
  ]
}

function numbers (schema: ValueRule['schema'], i: number): readonly number[] {
  const at = (name: string, place: (limit: number) => number): readonly number[] => {
    const limit = schema[name]
    return typeof limit === 'number' ? [place(limit)] : []
  }
  return [
    ...at('multipleOf', step => step * (i + 1)),
    ...at('minimum', limit => limit + i),
    ...at('exclusiveMinimum', limit => limit + i + 1),
    ...at('maximum', limit => limit - i),
    ...at('exclusiveMaximum', limit => limit - i - 1),
    ...at('minimum', limit => limit)
  ]
}
