import { isOwned } from '../../model/is-owned.js'
import { legalUniques } from '../../store/core/selector.js'
import type { ExportOptions } from '../../export/options.js'
import { resolveExport, type ResourceExport } from '../../export/resolve.js'
import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import { check, checkOptions } from '../../options.js'
import { dialectOf } from '../../sql/dialects.js'
import { isDefinition, type RelationDefinitions } from '../../items/shape/relation-definition.js'
import { resolveRelations, undeclaredScope } from '../../items/relations/relation.js'
import { didYouMean } from '../../suggest.js'
import { checkImportOptions, type ImportOptions } from '../../import/plan/options.js'
import { actionNames, defaultActions, type ResourceAction } from './actions.js'
import { resolveIdempotency, type Idempotency, type IdempotencyOptions } from './idempotency-options.js'
import { listOptionTable, resolveList, type ListOptions, type ResourceList } from '../list/options.js'
import { codecCheck, resolveCodecs, type FieldCodecs } from '../../values/codec.js'
import { resolveComputed, type ClientFields } from './computed-fields.js'
import { checkLinks } from '../../items/shape/link-scopes.js'
import { namesOf } from './names.js'
import type { RelatedLimits } from '../../items/shape/related-limits.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { RootScope } from '../../scope/scope-rule.js'
import { checkRules, ruleChecks, type RuleOptions } from './rules.js'
import type { ItemShape } from '../../items/shape/item-shape.js'
import { rounding, shapeOf } from '../../items/shape/writable-shape.js'

/** One model as HTTP shows it. */
export interface ResourceOptions extends ListOptions, RuleOptions {
  /** Name of the Prisma model. */
  readonly model: string
  /** The actions to serve: one of `presets`, or a list. Default: all. */
  readonly actions?: readonly ResourceAction[]
  /**
   * Fields to show and to take; `*` stands for every scalar field. Names of `orderings`, of `@commons.identity` and
   * `@commons.address` and of the client's `result` extensions show computed values. Default: `['*']`.
   */
  readonly fields?: readonly string[]
  /**
   * Further fields, or relations, that no client writes. Default: none; generated keys, stamps and versions are never
   * written.
   */
  readonly readOnly?: readonly string[]
  /**
   * Relations to show and to take, each by one of the functions for that: `{ customer: idToData() }`. Default: none are
   * shown, and those with a key are written by id.
   */
  readonly relations?: RelationDefinitions
  /**
   * Forms of fields of your own in requests and answers, by field. Filters and unique sets keep the stored form.
   * Default: none.
   */
  readonly codecs?: FieldCodecs
  /** Items a request may carry. Default: 1000. */
  readonly maxItems?: number
  /** Related rows that one list of an item may name or nest. Default: 1000. */
  readonly maxRelated?: number
  /** Related rows that all items of a request may name or nest. Default: ten times `maxItems`. */
  readonly maxRelatedTotal?: number
  /** Bytes a request may carry. Default: the server's `bodyLimit`. */
  readonly bodyLimit?: number
  /**
   * Take lists of items as CSV files too, as bodies of their own and in forms: each row is an item. Needs
   * `@fastify/multipart`. Default: false.
   */
  readonly csvBodies?: boolean
  /** Answer an empty list with an empty list instead of 400. Default: false. */
  readonly allowEmpty?: boolean
  /** Take single objects where lists are taken too, for creations and upserts. Default: true. */
  readonly allowSingular?: boolean
  /** Unique set of PATCH and PUT whose items carry no ids and whose query names none. Default: none. */
  readonly uniqueFields?: readonly string[]
  /** Add the routes `/bulk-create`, `/bulk-update`, `/bulk-replace`, `/bulk-delete` and `/bulk-get`. Default: false. */
  readonly actionRoutes?: boolean
  /**
   * Answer 428 to changes of one row that do not say by `If-Match` which version they change. In lists of items each
   * update says it by its version. Default: false.
   */
  readonly requireIfMatch?: boolean
  /**
   * Take the weak tags in `If-Match`, which proxies that compress make of strong ones, for strong ones. Default: false.
   */
  readonly weakIfMatch?: boolean
  /**
   * Remember answers to writes with the header `Idempotency-Key`, so that a request which comes twice is done once:
   * true, or how. Needs a model of the schema to keep them in. Default: false, the header is passed over.
   */
  readonly idempotency?: boolean | IdempotencyOptions
  /**
   * The header `Cache-Control` of answers that no hook has given one, with `Vary: Authorization`; false: neither. Files
   * are never stored. Default: `private, no-cache`.
   */
  readonly cacheControl?: string | false
  /** How rows become files. Default: every field that is shown, in every format. */
  readonly export?: ExportOptions
  /**
   * How files are imported. Default: by columns that are named as the fields that a client may write, each row a new
   * one.
   */
  readonly import?: ImportOptions
  /** Who may read rows that are marked as deleted, with `deleted=include` or `deleted=only`. Default: nobody. */
  readonly canSeeDeleted?: (request: ResourceRequest) => boolean | Promise<boolean>
  /**
   * What becomes of decimals with more digits behind the point than their column keeps: `exact` refuses them, `round`
   * lets the database round. Default: `exact`.
   */
  readonly decimals?: 'exact' | 'round'
  /**
   * Write the items of a list that can be written, and answer 207, where neither `partial_success` nor `Prefer` says
   * otherwise. Default: false, all or none.
   */
  readonly partialSuccess?: boolean
  /**
   * Answer creations with the rows; switched off, with the counts of `return=minimal`. `Prefer` wins. Default: true.
   */
  readonly returnDataOnCreate?: boolean
  /** The same for updates and upserts. Default: true. */
  readonly returnDataOnUpdate?: boolean
  /** Names in messages. Default: from the model's name, e.g. `Contract`, `Contracts`. */
  readonly singular?: string
  readonly plural?: string
}

/** A resource as declared; it is checked against the metadata when it is registered. */
export interface ResourceDefinition {
  readonly options: ResourceOptions
}

/**
 * Declares a resource.
 *
 * @throws TypeError for options that do not exist or are of another type
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', maxItems: 10_000 })
 * await app.register(bulk, { prefix: '/contracts', resource: contracts })
 */
export function defineResource (options: ResourceOptions): ResourceDefinition {
  checkOptions(['resource', options.model].join(' ').trimEnd(), options, {
    model: check.required(check.string),
    actions: check.names,
    fields: check.names,
    readOnly: check.names,
    codecs: codecCheck,
    relations: {
      expected: 'an object of relations, e.g. { customer: idToData() }',
      accepts: value => typeof value === 'object' && value !== null && Object.values(value).every(isDefinition)
    },
    maxItems: check.integer(1),
    maxRelated: check.integer(1),
    maxRelatedTotal: check.integer(1),
    bodyLimit: check.integer(1),
    csvBodies: check.boolean,
    allowEmpty: check.boolean,
    allowSingular: check.boolean,
    uniqueFields: check.names,
    actionRoutes: check.boolean,
    ...listOptionTable,
    requireIfMatch: check.boolean,
    weakIfMatch: check.boolean,
    idempotency: {
      expected: 'true, false or an object of options',
      accepts: value => typeof value === 'boolean' || (typeof value === 'object' && value !== null)
    },
    cacheControl: {
      expected: 'the value of a header, or false',
      accepts: value => value === false || (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value))
    },
    export: { expected: 'an object of options', accepts: value => typeof value === 'object' && value !== null },
    import: { expected: 'an object of options', accepts: value => typeof value === 'object' && value !== null },
    canSeeDeleted: check.function,
    decimals: check.oneOf('exact', 'round'),
    partialSuccess: check.boolean,
    returnDataOnCreate: check.boolean,
    returnDataOnUpdate: check.boolean,
    ...ruleChecks,
    singular: check.string,
    plural: check.string
  })
  if (options.import !== undefined) checkImportOptions(`resource ${options.model}: import`, options.import)
  return { options }
}

/** A resource checked and completed. */
export interface Resource extends ItemShape {
  readonly singular: string
  readonly plural: string
  /** Unique sets that `unique_fields` may name. */
  readonly uniques: readonly UniqueMeta[]
  readonly uniqueFields: UniqueMeta | null
  readonly maxItems: number
  readonly relatedLimits: RelatedLimits
  readonly bodyLimit: number | undefined
  readonly csvBodies: boolean
  readonly allowEmpty: boolean
  readonly allowSingular: boolean
  readonly actionRoutes: boolean
  readonly list: ResourceList
  readonly requireIfMatch: boolean
  readonly weakIfMatch: boolean
  /** Null where answers are not remembered. */
  readonly idempotency: Idempotency | null
  /** Null: answers get no header of ours. */
  readonly cacheControl: string | null
  readonly export: ResourceExport
  /** Rows can be marked as deleted, and come back. */
  readonly isSoftDelete: boolean
  readonly canSeeDeleted: (request: ResourceRequest) => boolean | Promise<boolean>
  readonly actions: ReadonlySet<ResourceAction>
  readonly importOptions: ImportOptions
  readonly rules: RuleOptions
  /** Fields that say whose a row is. */
  readonly scopeFields: readonly string[]
  /** The scope that related models inherit. */
  readonly root: RootScope
  readonly partialSuccess: boolean
  readonly returnDataOnCreate: boolean
  readonly returnDataOnUpdate: boolean
}

/**
 * Checks a definition against the metadata: every name in it must exist.
 *
 * @param client what computes fields beside the features of the models
 */
export function resolveResource ({ options }: ResourceDefinition, registry: Registry, client?: ClientFields): Resource {
  const model = modelOf(options.model, registry)
  checkFeatures(options, model)
  checkRules(options, model)
  const scopeFields = Object.keys(options.scope ?? {})
  const owner = `resource ${model.name}`
  const root = { model, fields: scopeFields }
  const readOnly = new Set([...scopeFields, ...(options.readOnly ?? []).map(name => writtenName(model, name))])
  const related = resolveRelations(owner, model, options.relations ?? {}, registry, root)
  const start = { model, related, root }
  const dialect = dialectOf(registry.metadata.provider)
  const computed = resolveComputed({ registry, start, dialect, orderings: options.orderings ?? {}, client })
  const named =
    options.fields === undefined
      ? undefined
      : [...new Set(options.fields.flatMap(name => (name === '*' ? model.fieldNames : name)))]
  const fields = named
    ?.filter(name => !computed.has(name))
    .map(name => fieldOf(model, name, 'fields', computed.keys()))
  const shownComputed = (named ?? []).flatMap(name => computed.get(name) ?? [])
  const exact = {
    ...shapeOf({
      model,
      fields,
      hidden: new Set(),
      readOnly,
      related,
      scopeOf: undeclaredScope(owner, root, registry)
    }),
    computed: shownComputed
  }
  const shape = options.decimals === 'round' ? rounding(exact) : exact
  const { shown } = shape
  const { maxItems = 1000 } = options
  const { singular, plural } = namesOf(model.name, options.singular, options.plural)
  const isNamed = (name: string): boolean =>
    scopeFields.includes(name) ||
    (shown.includes(model.ownField(name)) && !readOnly.has(name) && isKeyable(model, model.ownField(name)))
  // A set without the fields of the scope would lead to rows of others.
  const uniques = model.meta.uniques.filter(
    ({ fields }) => fields.every(isNamed) && scopeFields.every(name => fields.includes(name))
  )
  const codecs = resolveCodecs(model, options.codecs, shown)
  const list = resolveList(options, model, { shown, shownComputed, computed }, registry)
  const paths = [...list.filters.values(), ...list.search].map(({ links }) => links)
  const orders = [...list.orderings.values(), list.defaultOrdering]
    .flat()
    .flatMap(({ value }) => (value.kind === 'expression' ? [] : [value.links]))
  for (const links of [...paths, ...orders]) checkLinks(start, links)
  return {
    ...shape,
    codecs,
    singular,
    plural,
    uniques,
    uniqueFields: options.uniqueFields === undefined ? null : uniqueOf(model, uniques, options.uniqueFields),
    maxItems,
    cacheControl: options.cacheControl === false ? null : (options.cacheControl ?? 'private, no-cache'),
    relatedLimits: { list: options.maxRelated ?? 1000, request: options.maxRelatedTotal ?? 10 * maxItems },
    bodyLimit: options.bodyLimit,
    csvBodies: options.csvBodies ?? false,
    allowEmpty: options.allowEmpty ?? false,
    allowSingular: options.allowSingular ?? true,
    actionRoutes: options.actionRoutes ?? false,
    list,
    requireIfMatch: options.requireIfMatch ?? false,
    weakIfMatch: options.weakIfMatch ?? false,
    idempotency: resolveIdempotency(`resource ${model.name}`, options.idempotency, registry),
    export: resolveExport(
      `resource ${model.name}`,
      options.export ?? {},
      { ...shape, codecs },
      plural,
      registry,
      list.dialect
    ),
    isSoftDelete: model.meta.features.softDelete !== undefined,
    canSeeDeleted: options.canSeeDeleted ?? (() => false),
    actions: new Set(actionsOf(options).filter(action => isPossible(model, action))),
    importOptions: options.import ?? {},
    rules: options,
    scopeFields,
    root,
    partialSuccess: options.partialSuccess ?? false,
    returnDataOnCreate: options.returnDataOnCreate ?? true,
    returnDataOnUpdate: options.returnDataOnUpdate ?? true
  }
}

/** The actions that a definition names; those that its model cannot do are among them. */
export function servedActions ({ options }: ResourceDefinition): readonly ResourceAction[] {
  return actionsOf(options)
}

function actionsOf ({
  model,
  import: importing,
  actions = defaultActions(importing !== undefined)
}: ResourceOptions): readonly ResourceAction[] {
  const unknown = actions.find(action => !actionNames.includes(action))
  if (unknown === undefined) return actions
  throw new TypeError(
    `resource ${model}: option "actions" names the unknown action "${String(unknown)}". ${didYouMean(unknown, actionNames)}`
  )
}

/**
 * Restoring needs marks to take away, and creating needs a client that knows all required columns, whatever list names
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
function checkFeatures ({ requireIfMatch, canSeeDeleted }: ResourceOptions, { name, meta: { features } }: Model): void {
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
      `resource ${model.name}: option "${option}" names the unknown field "${name}". ${didYouMean(name, [...model.fieldNames, ...others])}`
    )
  }
  return field
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

function uniqueOf (model: Model, uniques: readonly UniqueMeta[], fields: readonly string[]): UniqueMeta {
  const unique = model.uniqueOf(fields.map(name => fieldOf(model, name, 'uniqueFields').name))
  if (unique !== undefined && uniques.includes(unique)) return unique
  throw new TypeError(
    `resource ${model.name}: option "uniqueFields" is [${fields.join(', ')}], which is no unique set that a client may write. Unique sets: ${legalUniques(uniques).join('; ')}`
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
