import { isOwned } from '../../features/is-owned.js'
import type { FieldMeta, RelationMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { ItemShape, Relation } from './item-shape.js'
import type { ScopeRule } from '../../scope/scope-rule.js'
import type { ValueRules } from '../../values/value-rule.js'
import type { FieldPermissions } from './field-permissions.js'

/** What a shape is made of. */
export interface ShapeParts {
  readonly model: Model
  /** Fields that answers show; undefined: all that are not hidden. */
  readonly fields: readonly FieldMeta[] | undefined
  /** Fields that are neither shown, unless they are named, nor taken: the key of a parent. */
  readonly hidden: ReadonlySet<string>
  /** Fields and relations that no client writes. */
  readonly readOnly: ReadonlySet<string>
  readonly related: ReadonlyMap<string, Relation>
  readonly valueRules: ValueRules
  /** Fields that are taken and not shown. Default: none. */
  readonly writeOnly?: ReadonlySet<string>
  readonly canWrite: FieldPermissions
  /** The rows that a key may name whose relation is not declared; `writable` are the fields that items write. */
  readonly scopeOf: (relation: RelationMeta, writable: ReadonlySet<string>) => ScopeRule
}

/**
 * The shape of items, without forms of their own for fields. The one place that tells what items may write: a field
 * that is not writable is not written under the name of its relation either.
 */
export function shapeOf ({
  model,
  fields,
  hidden,
  readOnly,
  related,
  valueRules,
  writeOnly = new Set(),
  canWrite,
  scopeOf
}: ShapeParts): ItemShape {
  const declared = [...related.values()].map(relation =>
    readOnly.has(relation.name) ? unwrittenRelation(relation) : relation
  )
  const keyOf = ({ kind, key }: Relation): string | null => (kind === 'key' ? key!.name : null)
  const unread = new Set(declared.filter(relation => relation.read === null).map(keyOf))
  const unwritten = new Set(declared.filter(relation => relation.write.size === 0).map(keyOf))
  const named = fields ?? model.meta.fields.filter(({ name }) => !hidden.has(name) && !unread.has(name))
  const shown = named.filter(({ name }) => !writeOnly.has(name))
  const unshown = [...writeOnly].map(name => model.ownField(name))
  // The key of a relation that is written is taken, whether it is shown or not.
  const keys = declared.filter(({ kind, write }) => kind === 'key' && write.size > 0).map(({ key }) => key!)
  const writable = [...new Set([...shown, ...unshown, ...keys])].filter(
    field =>
      !readOnly.has(field.name) && !hidden.has(field.name) && !unwritten.has(field.name) && isWritable(model, field)
  )
  const writableNames = new Set(writable.map(field => field.name))
  return {
    model,
    shown,
    computed: [],
    writable: new Map(writable.map(field => [field.name, field])),
    relations: new Map(
      model.meta.relations.flatMap(relation => {
        const scope = relation.fields.length > 0 ? scopeOf(relation, writableNames) : null
        const key =
          relation.fields.length === 1 ? writable.find(field => field.name === relation.fields[0]) : undefined
        return key === undefined || scope === null ? [] : [[relation.name, { relation, key, scope }]]
      })
    ),
    related: new Map(
      declared.map(relation => {
        const isWritable = relation.kind !== 'key' || writableNames.has(relation.key!.name)
        return [relation.name, isWritable ? relation : unwrittenRelation(relation)]
      })
    ),
    codecs: new Map(),
    valueRules,
    writeOnly,
    canWrite,
    roundsDecimals: false,
    version: model.meta.features.version?.field ?? null
  }
}

/** The same relation in no form that a client writes. */
function unwrittenRelation (relation: Relation): Relation {
  return relation.write.size === 0 ? relation : { ...relation, write: new Set() }
}

/** The same shape, and all that are nested in it, with decimals that are rounded. */
export function rounding (shape: ItemShape): ItemShape {
  const related = [...shape.related].map(
    ([name, relation]) => [name, { ...relation, shape: rounding(relation.shape) }] as const
  )
  return { ...shape, related: new Map(related), roundsDecimals: true }
}

/** Keys that are generated, and what features own, are never taken from a client. */
function isWritable (model: Model, field: FieldMeta): boolean {
  if (isOwned(model.meta.features, field)) return false
  const isKey = model.primaryKey.fields.includes(field.name)
  return !(isKey && field.default !== null && field.default.kind !== 'value')
}
