import { isOwned } from '../../features/is-owned.js'
import { legalUniques } from '../../store/core/selector.js'
import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { ItemShape } from '../../items/shape/item-shape.js'
import { checkCompositeKey, inheritedRule, scopeFieldsOf } from '../../scope/scope-rule.js'
import type { ImportModelOptions } from './options.js'
import type { ImportedShape } from './imported-shape.js'
import type { FieldPlan, ScopedKey } from './plan.js'
import type { SourcePlace } from './source.js'

export interface StepPlace extends Pick<
  SourcePlace,
  'registry' | 'root' | 'transforms' | 'columns' | 'earlier' | 'names'
> {
  readonly place: string
  readonly name: string
  readonly shape: ImportedShape
}

/** Keys that are generated, and by which rows are found: their column is taken though no client writes it otherwise. */
export function generatedKeys (
  model: Model,
  uniqueFields: readonly string[],
  scopeFields: readonly string[]
): readonly string[] {
  return model.meta.fields
    .filter(
      field =>
        uniqueFields.includes(field.name) && !scopeFields.includes(field.name) && !isOwned(model.meta.features, field)
    )
    .map(field => field.name)
}

/** The keys among the fields whose rows have a scope; what the server itself gives is not looked after. */
export function scopedKeysOf (
  { place, registry, root }: StepPlace,
  model: Model,
  fields: readonly FieldPlan[],
  related: ItemShape['related']
): readonly ScopedKey[] {
  const named = new Set(
    fields
      .filter(({ source }) => source.kind === 'column' || source.kind === 'computed')
      .map(({ field }) => field.name)
  )
  return model.meta.relations.flatMap((relation): ScopedKey[] => {
    const [key, ...others] = relation.fields
    const target = registry.model(relation.model)
    checkCompositeKey(place, root, relation, target, named)
    if (key === undefined || others.length > 0 || !named.has(key)) return []
    const scope =
      related.get(relation.name)?.scope ?? inheritedRule(`${place}: relation "${relation.name}"`, root, target)
    const isOpen = scopeFieldsOf(scope).length === 0 && Object.keys(scope.where).length === 0
    return isOpen ? [] : [{ field: model.ownField(key), target, id: target.ownField(relation.references[0]!), scope }]
  })
}

export function isPlain (model: Model, field: FieldMeta): boolean {
  const isGenerated =
    model.primaryKey.fields.includes(field.name) && field.default !== null && field.default.kind !== 'value'
  return !isOwned(model.meta.features, field) && !isGenerated
}

export function uniqueOf (
  { place }: StepPlace,
  model: Model,
  scopeFields: readonly string[],
  { uniqueFields, updateIfExists }: ImportModelOptions,
  given: ReadonlySet<string>
): UniqueMeta | null {
  if (uniqueFields === undefined) {
    if (updateIfExists === true) {
      throw new TypeError(`${place}: option "updateIfExists" needs "uniqueFields", which tell what is there`)
    }
    return null
  }
  const names = uniqueFields.map(name => {
    const relation = model.relation(name)
    return relation?.fields.length === 1 ? relation.fields[0]! : name
  })
  // A set without the fields of the scope would lead to rows of others.
  const on = model.uniqueOf([...names, ...scopeFields])
  if (on === undefined) {
    const scoped = scopeFields.length === 0 ? '' : ` together with the scope (${scopeFields.join(', ')})`
    throw new TypeError(
      `${place}: option "uniqueFields" is [${uniqueFields.join(', ')}], which is not a unique constraint of ` +
        `${model.name}${scoped}. Unique constraints: ${legalUniques(model.meta.uniques).join('; ')}`
    )
  }
  const absent = on.fields.find(name => !given.has(name))
  if (absent !== undefined) {
    throw new TypeError(`${place}: option "uniqueFields" names "${absent}", which gets no value: add it to "fields"`)
  }
  return on
}
