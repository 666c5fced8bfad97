import type { Model } from '../model/registry.js'
import type { ValueSchema } from '../model/value-schema.js'
import { didYouMean } from '../suggest.js'
import { compileRule, type ValueRule, type ValueRules } from './value-rule.js'

/** Rules of fields as options give them. */
export type ValueSchemas = Readonly<Record<string, ValueSchema>>

/**
 * The rules of a model's fields: those of its annotations, with the keywords of an option over them.
 *
 * @param owner begins messages
 * @param given the option `values`
 * @throws TypeError for fields that the model does not have, and for rules that do not fit them
 */
export function resolveRules (owner: string, model: Model, given: ValueSchemas = {}): ValueRules {
  const rules = new Map(annotatedRules(model))
  const annotated = new Map(model.meta.features.values?.map(({ field, schema }) => [field, schema]))
  for (const [name, schema] of Object.entries(given)) {
    const field = model.field(name)
    if (field === undefined) {
      throw new TypeError(
        `${owner}: option "values" names the unknown field "${name}". ${didYouMean(name, model.fieldNames)}`
      )
    }
    const merged = annotated.has(name) ? { ...annotated.get(name), ...schema } : schema
    rules.set(name, compileRule(`${owner}: option "values" of "${name}"`, model, field, merged))
  }
  return rules
}

const known = new WeakMap<Model, ReadonlyMap<string, ValueRule>>()

function annotatedRules (model: Model): ReadonlyMap<string, ValueRule> {
  const compiled = known.get(model)
  if (compiled !== undefined) return compiled
  const rules = new Map(
    model.meta.features.values?.map(({ field, schema }) => [
      field,
      compileRule(`model ${model.name}: @commons.value of "${field}"`, model, model.ownField(field), schema)
    ])
  )
  known.set(model, rules)
  return rules
}
