import { undeclaredScope, resolveRelations } from '../../items/relations/relation.js'
import type { ComputedColumn } from '../../items/shape/computed-column.js'
import type { ItemShape } from '../../items/shape/item-shape.js'
import { checkLinks, type PathStart } from '../../items/shape/link-scopes.js'
import { rounding, shapeOf } from '../../items/shape/writable-shape.js'
import { isOwned } from '../../features/is-owned.js'
import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { RootScope } from '../../scope/scope-rule.js'
import type { Dialect } from '../../sql/port/dialect.js'
import { dialectOf } from '../../sql/dialects.js'
import { didYouMean } from '../../suggest.js'
import { resolveRules } from '../../values/model-rules.js'
import { resolvePermissions } from '../../items/shape/field-permissions.js'
import { resolveCodecs } from '../../values/codec.js'
import { actionNames, defaultActions, type ActionName, type ResourceAction } from './actions.js'
import { resolveComputed, type ClientFields } from './computed-fields.js'
import type { CoreOptions, ResourceDefinition, SectionOptions } from './core-options.js'
import { resolveIdempotency, type Idempotency } from './idempotency-options.js'
import { namesOf } from './names.js'
import type { RowAction } from './row-action.js'
import { checkRules, type RuleOptions } from './rules.js'

/** A resource checked and completed, but for its sections: see `sectionReader`. */
export interface Resource extends ItemShape {
  readonly registry: Registry
  readonly dialect: Dialect
  readonly singular: string
  readonly plural: string
  /** Unique constraints that `unique_fields` may name. */
  readonly uniques: readonly UniqueMeta[]
  readonly maxRelated: number
  readonly maxRelatedTotal: number | undefined
  readonly bodyLimit: number | undefined
  /** Every value that rows can have beside their columns, by its name; `computed` are those that are shown. */
  readonly computedColumns: ReadonlyMap<string, ComputedColumn>
  /** Those that the option `computed` declares. */
  readonly declaredValues: readonly string[]
  readonly requireIfMatch: boolean
  readonly weakIfMatch: boolean
  /** Null where answers are not remembered. */
  readonly idempotency: Idempotency | null
  /** Null: answers get no header of ours. */
  readonly cacheControl: string | null
  /** Rows can be soft-deleted, and restored. */
  readonly isSoftDelete: boolean
  readonly canSeeDeleted: (request: ResourceRequest) => boolean | Promise<boolean>
  readonly actions: ReadonlySet<ActionName>
  /** Those of `defineAction`; their names are among `actions`. */
  readonly customActions: readonly RowAction[]
  readonly sections: SectionOptions
  readonly rules: RuleOptions
  /** Fields of the scope. */
  readonly scopeFields: readonly string[]
  /** The scope that related models inherit. */
  readonly root: RootScope
  /** Where paths over relations begin. */
  readonly start: PathStart
  readonly returnDataOnCreate: boolean
  readonly returnDataOnUpdate: boolean
}

/**
 * Checks a definition against the metadata: every name in it must exist.
 *
 * @param client what computes fields beside the features of the models
 */
export function resolveResource (
  { options, sections }: ResourceDefinition,
  registry: Registry,
  client?: ClientFields
): Resource {
  const model = modelOf(options.model, registry)
  checkFeatures(options, model)
  checkRules(options, model)
  const customActions = customActionsOf(options)
  const scopeFields = Object.keys(options.scope ?? {})
  const owner = `resource ${model.name}`
  const readOnly = new Set([...scopeFields, ...(options.readOnly ?? []).map(name => writtenName(model, name))])
  const writeOnly = writeOnlyFields(model, options.writeOnly ?? [], readOnly)
  const root = { model, fields: scopeFields, writeOnly }
  const related = resolveRelations(owner, model, options.relations ?? {}, registry, root)
  const start = { model, related, root }
  const dialect = dialectOf(registry.metadata.provider)
  const computedColumns = resolveComputed({ registry, start, dialect, values: options.computed ?? {}, client })
  for (const { value } of computedColumns.values()) if (value?.kind === 'aggregate') checkLinks(start, value.links)
  const named =
    options.fields === undefined
      ? undefined
      : [...new Set(options.fields.flatMap(name => (name === '*' ? model.fieldNames : name)))]
  const fields = named
    ?.filter(name => !computedColumns.has(name))
    .map(name => fieldOf(model, name, 'fields', computedColumns.keys()))
  const exact = {
    ...shapeOf({
      model,
      fields,
      hidden: new Set(),
      readOnly,
      related,
      valueRules: resolveRules(owner, model, options.values),
      writeOnly,
      canWrite: resolvePermissions(owner, model, options.canWrite),
      scopeOf: undeclaredScope(owner, root, registry)
    }),
    computed: (named ?? []).flatMap(name => computedColumns.get(name) ?? [])
  }
  const shape = options.decimals === 'round' ? rounding(exact) : exact
  const { shown } = shape
  const isNamed = (name: string): boolean =>
    scopeFields.includes(name) ||
    (shown.includes(model.ownField(name)) && !readOnly.has(name) && isKeyable(model, model.ownField(name)))
  // A constraint without the fields of the scope would lead to rows of others.
  const uniques = model.meta.uniques.filter(
    ({ fields }) => fields.every(isNamed) && scopeFields.every(name => fields.includes(name))
  )
  return {
    ...shape,
    registry,
    dialect,
    codecs: resolveCodecs(model, options.codecs, shown),
    ...namesOf(model.name, options.singular, options.plural),
    uniques,
    maxRelated: options.maxRelated ?? 1000,
    maxRelatedTotal: options.maxRelatedTotal,
    bodyLimit: options.bodyLimit,
    computedColumns,
    declaredValues: Object.keys(options.computed ?? {}),
    requireIfMatch: options.requireIfMatch ?? false,
    weakIfMatch: options.weakIfMatch ?? false,
    idempotency: resolveIdempotency(owner, options.idempotency, registry),
    cacheControl: options.cacheControl === false ? null : (options.cacheControl ?? 'private, no-cache'),
    isSoftDelete: model.meta.features.softDelete !== undefined,
    canSeeDeleted: options.canSeeDeleted ?? (() => false),
    actions: new Set([
      ...namedActions(options, sections).filter(action => isPossible(model, action)),
      ...customActions.map(({ name }) => name)
    ]),
    customActions,
    sections,
    rules: options,
    scopeFields,
    root,
    start,
    returnDataOnCreate: options.returnDataOnCreate ?? true,
    returnDataOnUpdate: options.returnDataOnUpdate ?? true
  }
}

/** The actions that a definition names; those that its model cannot do are among them. */
export function servedActions ({ options, sections }: ResourceDefinition): readonly ActionName[] {
  return [...namedActions(options, sections), ...customActionsOf(options).map(({ name }) => name)]
}

function namedActions (options: CoreOptions, sections: SectionOptions): readonly ResourceAction[] {
  const { model, actions: given = defaultActions(sections['import'] !== undefined) } = options
  const actions = given.filter(action => typeof action === 'string')
  const unknown = actions.find(action => !actionNames.includes(action))
  if (unknown === undefined) return actions
  throw new TypeError(
    `resource ${model}: option "actions" names the unknown action "${String(unknown)}". ` +
      `${didYouMean(unknown, actionNames)}`
  )
}

function customActionsOf ({ model, actions = [] }: CoreOptions): readonly RowAction[] {
  const custom = actions.filter(action => typeof action !== 'string')
  const names = custom.map(({ name }) => name)
  const taken = names.find((name, i) => names.indexOf(name) < i || actionNames.some(action => action === name))
  if (taken === undefined) return custom
  throw new TypeError(`resource ${model}: option "actions" has two actions of the name "${taken}"`)
}

/**
 * Restoring needs stamps to take away, and creating needs a client that knows all required columns, whatever list names
 * the action: presets stand for all models.
 */
function isPossible ({ meta: { features, unsupported } }: Model, action: ResourceAction): boolean {
  if (unsupported !== undefined && (action === 'create' || action === 'bulkCreate' || action === 'bulkUpsert')) {
    return false
  }
  return (
    features.softDelete !== undefined ||
    (action !== 'restore' && action !== 'bulkRestore' && action !== 'bulkSoftDelete')
  )
}

/** Options that ask for a feature which the model does not have would do nothing. */
function checkFeatures ({ requireIfMatch, canSeeDeleted }: CoreOptions, { name, meta: { features } }: Model): void {
  const needs = (option: string, feature: string): never => {
    throw new TypeError(
      `resource ${name}: option "${option}" needs the feature ${feature}: add "/// @commons.${feature}" to the model`
    )
  }
  if (requireIfMatch === true && features.version === undefined) needs('requireIfMatch', 'version')
  if (canSeeDeleted !== undefined && features.softDelete === undefined) needs('canSeeDeleted', 'softDelete')
}

function modelOf (name: string, registry: Registry): Model {
  const names = [...registry.models].map(model => model.name)
  if (!names.includes(name)) {
    throw new TypeError(`resource ${name}: option "model" names no model of the schema. ${didYouMean(name, names)}`)
  }
  return registry.model(name)
}

function fieldOf (model: Model, name: string, option: string, others: Iterable<string> = []): FieldMeta {
  const field = model.field(name)
  if (field === undefined) {
    throw new TypeError(
      `resource ${model.name}: option "${option}" names the unknown field "${name}". ` +
        `${didYouMean(name, [...model.fieldNames, ...others])}`
    )
  }
  return field
}

/** Fields that are taken and never shown; what no client may write, or has to name rows by, cannot be one. */
function writeOnlyFields (model: Model, names: readonly string[], readOnly: ReadonlySet<string>): ReadonlySet<string> {
  for (const name of names) {
    const field = fieldOf(model, name, 'writeOnly')
    const { features } = model.meta
    const isTaken = !readOnly.has(name) && !isOwned(features, field) && features.version?.field !== name
    if (!isTaken || model.primaryKey.fields.includes(name)) {
      throw new TypeError(`resource ${model.name}: option "writeOnly" names "${name}", which clients do not write`)
    }
  }
  return new Set(names)
}

/** A field, or a relation under whose name it is written. */
function writtenName (model: Model, name: string): string {
  const relation = model.relation(name) ?? model.field(name)
  if (relation !== undefined) return relation.name
  const known = [...model.fieldNames, ...model.meta.relations.map(one => one.name)]
  throw new TypeError(
    `resource ${model.name}: option "readOnly" names the unknown field "${name}". ${didYouMean(name, known)}`
  )
}

/**
 * An upsert creates rows by its key, so that a key which the database counts up, or a feature owns, is no client's to
 * choose.
 */
function isKeyable (model: Model, field: FieldMeta): boolean {
  const isCounted = field.default?.kind === 'database' && field.default.name === 'autoincrement'
  return !isCounted && !isOwned(model.meta.features, field)
}
