import { relationPathOf } from '../../store/read/relation-path.js'
import { legalUniques } from '../../store/core/selector.js'
import type { FieldMeta, RelationMeta, UniqueMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { Relation } from '../shape/item-shape.js'
import {
  checkCompositeKey,
  inheritedRule,
  scopeFieldsOf,
  scopeRule,
  type RootScope,
  type ScopeRule
} from '../../scope/scope-rule.js'
import { resolvePermissions } from '../shape/field-permissions.js'
import { shapeOf } from '../shape/writable-shape.js'
import { resolveRules } from '../../values/model-rules.js'
import { didYouMean } from '../../suggest.js'
import type { RelationDefinition, RelationDefinitions, RelationMode } from '../shape/relation-definition.js'

/**
 * Checks the declared relations of a model: every name must exist, every form must be possible.
 *
 * @param root the scope of the resource, which holds for related rows too
 * @param ownerRule that of the rows which have the relations; null: they are those of the resource
 */
export function resolveRelations (
  owner: string,
  model: Model,
  definitions: RelationDefinitions,
  registry: Registry,
  root: RootScope,
  ownerRule: ScopeRule | null = null
): ReadonlyMap<string, Relation> {
  return new Map(
    Object.entries(definitions).map(([name, definition]) => {
      const meta = model.relation(name)
      if (meta === undefined) {
        throw new TypeError(
          `${owner}: option "relations" names the unknown relation "${name}". ${didYouMean(
            name,
            model.meta.relations.map(one => one.name)
          )}`
        )
      }
      return [
        name,
        resolveRelation(
          {
            place: `${owner}: relation "${name}" (${definition.form})`,
            model,
            meta,
            target: registry.model(meta.model),
            registry,
            root,
            ownerRule
          },
          definition
        )
      ]
    })
  )
}

/** The scope of the rows that the keys of a model name whose relations are not declared. */
export function undeclaredScope (
  owner: string,
  root: RootScope,
  registry: Registry
): (relation: RelationMeta, writable: ReadonlySet<string>) => ScopeRule {
  return (relation, writable) => {
    const target = registry.model(relation.model)
    checkCompositeKey(owner, root, relation, target, writable)
    return inheritedRule(`${owner}: relation "${relation.name}"`, root, target)
  }
}

interface Place {
  /** Begins every message. */
  readonly place: string
  readonly model: Model
  readonly meta: RelationMeta
  readonly target: Model
  readonly registry: Registry
  readonly root: RootScope
  readonly ownerRule: ScopeRule | null
}

function resolveRelation (at: Place, definition: RelationDefinition): Relation {
  const { place, meta, target, registry, root } = at
  const { many, write, read, settings } = definition
  if (many !== null && many !== meta.list) {
    fail(at, `is for ${many ? 'lists' : 'one row'}, but the relation is ${meta.list ? 'a list' : 'no list'}`)
  }
  const keys = keysOf(at)
  const isWritten = write.size > 0
  if (isWritten && !meta.list && keys.kind === 'children') {
    fail(at, `is written from ${target.name}, which holds its key: declare it read-only here`)
  }
  const scope = withParent(at, keys, scopeRule(place, root, target, settings))
  const lookup = lookupOf(at, definition, scope)
  const fields = settings.fields?.map(name => fieldOf(at, name, 'fields'))
  const related = resolveRelations(place, target, settings.relations ?? {}, registry, root, scope)
  const parentKey = keys.kind === 'children' ? [keys.key!.name] : []
  const shape = shapeOf({
    model: target,
    fields,
    hidden: new Set([...parentKey, ...(target === root.model ? (root.writeOnly ?? []) : [])]),
    readOnly: new Set(scopeFieldsOf(scope)),
    related,
    valueRules: resolveRules(place, target, settings.values),
    canWrite: resolvePermissions(place, target, settings.canWrite),
    scopeOf: undeclaredScope(place, root, registry)
  })
  return {
    name: meta.name,
    target,
    many: meta.list,
    ...keys,
    nullable: !meta.required && !meta.list,
    write,
    read,
    lookup,
    label: read === 'text' ? labelOf(at, definition, lookup) : null,
    output: settings.output ?? null,
    mode: modeOf(at, definition, keys),
    createIfNested: settings.createIfNested ?? true,
    updateIfExists: settings.updateIfExists ?? false,
    scope,
    shape
  }
}

/** Children without fields of the scope belong to whom their parent belongs to. */
function withParent (
  { model, meta, target, registry, ownerRule }: Place,
  { kind, key }: Keys,
  scope: ScopeRule
): ScopeRule {
  if (kind !== 'children' || scopeFieldsOf(scope).length > 0) return scope
  const back = target.meta.relations.find(
    one => one.relation === meta.relation && one.model === model.name && one.fields.includes(key!.name)
  )
  // A deleted parent is somebody's too.
  return back === undefined
    ? scope
    : {
        ...scope,
        parent: { key: key!, link: { ...relationPathOf(registry, target, back), where: null }, rule: ownerRule }
      }
}

type Keys = Pick<Relation, 'kind' | 'key' | 'link' | 'anchor' | 'id'>

function keysOf (at: Place): Keys {
  const { model, meta, target, registry } = at
  const { own, other, through } = relationPathOf(registry, model, meta)
  const [anchor, ...others] = own
  const isKey = meta.fields.length > 0
  if (anchor === undefined || others.length > 0) {
    return fail(at, 'has a key of several fields, which cannot be declared')
  }
  if (isKey) return { kind: 'key', key: anchor, link: null, anchor, id: other[0]! }
  const [id, ...ids] = target.primaryKey.fields
  if (id === undefined || ids.length > 0) return fail(at, `leads to ${target.name}, whose key has several fields`)
  if (through === null) return { kind: 'children', key: other[0]!, link: null, anchor, id: target.ownField(id) }
  const { schema, table } = through
  const link = {
    schema,
    table,
    own: { column: through.own, model, field: anchor },
    other: { column: through.other, model: target, field: other[0]! }
  }
  return { kind: 'links', key: null, link, anchor, id: link.other.field }
}

/** What becomes of rows that are not named must be possible. */
function modeOf (at: Place, { settings, write }: RelationDefinition, { kind, key }: Keys): RelationMode {
  const { mode } = settings
  if (mode !== undefined && kind === 'key') fail(at, 'option "mode" is for lists')
  const canUnlink = kind !== 'children' || !key!.required
  if (mode === 'replace' && write.size > 0 && !canUnlink) {
    fail(
      at,
      `option "mode" cannot be "replace": ${at.target.name}.${key!.name} takes no null; use "sync", which deletes, ` +
        'or "append"'
    )
  }
  return mode ?? (canUnlink ? 'replace' : 'sync')
}

/** The unique field that texts name rows by; needed where texts are taken. */
function lookupOf (at: Place, { write, settings }: RelationDefinition, scope: ScopeRule): FieldMeta | null {
  const { target } = at
  const name = settings.lookup ?? 'slug'
  const field = settings.lookup === undefined ? target.field(name) : fieldOf(at, name, 'lookup')
  const isUnique = field !== undefined && lookupUnique(target, field, scope) !== undefined
  if (isUnique) return field
  const singles = legalUniques(target.meta.uniques.filter(({ fields }) => fields.length === 1))
  if (settings.lookup !== undefined) {
    fail(
      at,
      `option "lookup" names "${name}", which is no unique field of ${target.name}. Unique fields: ` +
        `${singles.join(', ')}`
    )
  }
  if (write.has('text')) {
    fail(
      at,
      `needs the option "lookup": ${target.name} has no unique field "slug". Unique fields: ${singles.join(', ')}`
    )
  }
  return null
}

/** The unique constraint of a lookup field, alone or together with fields of the scope. */
export function lookupUnique (target: Model, { name }: FieldMeta, scope: ScopeRule): UniqueMeta | undefined {
  const scopeFields = scopeFieldsOf(scope)
  const completes = ({ fields }: UniqueMeta): boolean =>
    fields.includes(name) && fields.every(field => field === name || scopeFields.includes(field))
  return target.uniqueOf([name]) ?? target.meta.uniques.find(completes)
}

function labelOf (at: Place, { settings: { label } }: RelationDefinition, lookup: FieldMeta | null): Relation['label'] {
  const { target } = at
  if (typeof label === 'function') return { fields: target.meta.fields, textOf: label }
  const field =
    label !== undefined ? fieldOf(at, label, 'label') : (lookup ?? target.field('name') ?? target.field('title'))
  if (field === undefined) {
    return fail(at, `needs the option "label": ${target.name} has neither a lookup field nor "name" or "title"`)
  }
  return { fields: [field], textOf: row => row[field.name] }
}

function fieldOf (at: Place, name: string, option: string): FieldMeta {
  const { target } = at
  return (
    target.field(name) ??
    fail(
      at,
      `option "${option}" names the unknown field "${name}" of ${target.name}. ${didYouMean(name, target.fieldNames)}`
    )
  )
}

function fail ({ place }: Place, problem: string): never {
  throw new TypeError(`${place}: ${problem}`)
}
