import type { FieldMeta, RelationMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import type { Link } from '../sql/port/filter.js'
import { didYouMean } from '../suggest.js'
import { checkScopeValue } from './check-scope-value.js'
import type { ResourceRequest } from './resource-request.js'

/** Gives the value that a field has in every row that a request may see; null and undefined: nobody is asking, 401. */
export type ScopeValue = (request: ResourceRequest) => unknown

/**
 * Field → the value that rows must have in it, a list of values, or a function that gives one of these for a request.
 */
export type WhereOption = Readonly<Record<string, unknown>>

/** What an option says of the rows of a related model. */
export interface ScopeOptions {
  /**
   * Fields of the related model that say whose a row is. Default: the fields of the resource's scope that the related
   * model has too, with the same values; false: its rows are for everyone.
   */
  readonly scope?: false | Readonly<Record<string, ScopeValue>>
  /**
   * Further values that a row must have to be named by a request, e.g. `{ isActive: true }`; rows that are named
   * already are shown all the same. Default: none.
   */
  readonly where?: WhereOption
}

/** Which rows of a related model a resource may reach. */
export interface ScopeRule {
  readonly model: Model
  /** Fields that have the values of the resource's scope. */
  readonly inherited: readonly string[]
  /** Fields with values of their own. */
  readonly own: Readonly<Record<string, ScopeValue>>
  readonly where: WhereOption
  /** For children without a scope of their own: their parent is within the scope of the rows that they are named by. */
  readonly parent?: ParentRule
}

/** How a child leads to its parent. */
export interface ParentRule {
  readonly key: FieldMeta
  readonly link: Link
  /** The rule of the parents; null: they are rows of the resource itself. */
  readonly rule: ScopeRule | null
}

/** The scope of the resource that related models inherit. */
export interface RootScope {
  readonly model: Model
  readonly fields: readonly string[]
  /** Fields of the model that no answer shows. Default: none. */
  readonly writeOnly?: ReadonlySet<string>
}

/**
 * Checks what an option says of the rows of a related model.
 *
 * @param place begins every message
 */
export function scopeRule (
  place: string,
  root: RootScope,
  model: Model,
  { scope, where = {} }: ScopeOptions
): ScopeRule {
  for (const [option, fields] of Object.entries({ scope: scope || {}, where })) {
    const unknown = Object.keys(fields).find(name => model.field(name) === undefined)
    if (unknown !== undefined) {
      throw new TypeError(
        `${place}: option "${option}" names the unknown field "${unknown}" of ${model.name}. ` +
          `${didYouMean(unknown, model.fieldNames)}`
      )
    }
  }
  for (const [name, value] of Object.entries(where)) {
    if (typeof value !== 'function') {
      for (const one of [value].flat()) checkScopeValue(`${place}: option "where"`, model.ownField(name), one)
    }
  }
  if (scope === false) return { model, inherited: [], own: {}, where }
  const own = scope ?? {}
  return {
    model,
    inherited: inheritedFields(place, root, model).filter(name => !Object.hasOwn(own, name)),
    own,
    where
  }
}

const inheritedRules = new WeakMap<RootScope, Map<Model, ScopeRule>>()

/** The rule of rows that are reached by a relation which is not declared. */
export function inheritedRule (place: string, root: RootScope, model: Model): ScopeRule {
  const rules = inheritedRules.get(root) ?? new Map<Model, ScopeRule>()
  inheritedRules.set(root, rules)
  const rule = rules.get(model) ?? scopeRule(place, root, model, {})
  rules.set(model, rule)
  return rule
}

/** The fields that say whose a row of the model is: no client writes them. */
export function scopeFieldsOf ({ inherited, own }: ScopeRule): readonly string[] {
  return [...inherited, ...Object.keys(own)]
}

/**
 * Refuses keys of several fields that lead out of the scope: which row such a key names may depend on what is stored. A
 * key that has the fields of the scope among its own leads nowhere else.
 */
export function checkCompositeKey (
  place: string,
  root: RootScope,
  relation: RelationMeta,
  target: Model,
  writable: ReadonlySet<string>
): void {
  if (relation.fields.length < 2 || !relation.fields.some(name => writable.has(name))) return
  const open = inheritedFields(place, root, target).filter(
    name => relation.fields[relation.references.indexOf(name)] !== name
  )
  if (open.length === 0) return
  throw new TypeError(
    `${place}: the key of "${relation.name}" (${relation.fields.join(', ')}) may lead to rows of other scopes: ` +
      `name its fields in "readOnly", or add ${open.join(', ')} to the key`
  )
}

/** An id that rows get of their own says nothing of whose they are, though many models have one of this name. */
function inheritedFields (place: string, { model: own, fields }: RootScope, model: Model): readonly string[] {
  return fields.filter(name => {
    const field = model.field(name)
    if (field === undefined || isOwnId(own, name) || isOwnId(model, name)) return false
    if (isAlike(field, own.ownField(name))) return true
    throw new TypeError(
      `${place}: ${model.name}.${name} is of another type than ${own.name}.${name}, which the scope names: say by ` +
        'the relation\'s option "scope" which rows are meant'
    )
  })
}

function isOwnId ({ meta, primaryKey: { fields } }: Model, name: string): boolean {
  const isKey = fields.length === 1 && fields[0] === name
  return (
    isKey &&
    meta.fields.some(field => field.name === name && field.default !== null) &&
    !meta.relations.some(relation => relation.fields.includes(name))
  )
}

function isAlike (field: FieldMeta, other: FieldMeta): boolean {
  return field.kind === other.kind && field.type === other.type && !field.list && !other.list
}
