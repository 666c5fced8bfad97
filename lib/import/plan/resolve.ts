import { sectionReader } from '../../resource/definition/section.js'
import type { Resource } from '../../resource/definition/resource.js'
import { isOwned } from '../../features/is-owned.js'
import { isNeeded } from '../../features/is-needed.js'
import { lackingField } from '../../features/lacking-field.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import { scopeFieldsOf, scopeRule } from '../../scope/scope-rule.js'
import { didYouMean } from '../../suggest.js'
import { resolveRules } from '../../values/model-rules.js'
import { defaultLimits } from '../../tabular/table/limits.js'
import { ColumnSet } from './columns.js'
import {
  importFormats,
  type FurtherModelOptions,
  type ImportField,
  type ImportModelOptions,
  type ImportOptions,
  type LookupField
} from './options.js'
import type { FieldPlan, ImportPlan, ImportStep } from './plan.js'
import { resolveSource, type SourcePlace } from './source.js'
import { defaultUploadLimits } from '../../http/uploads.js'
import { scopedKeysOf, generatedKeys, isPlain, uniqueOf, type StepPlace } from './step-fields.js'
import type { ImportedShape } from './imported-shape.js'

/** The section `import` of a resource. */
export const importOf: (resource: Resource) => ImportPlan = sectionReader(
  'import',
  (resource, options: ImportOptions) => resolveImport(resource, options, resource.registry)
)

/**
 * Checks an import against the metadata: every name in it must exist, and every row that it makes must be possible.
 *
 * @throws TypeError naming the model, the field and what it may be
 */
export function resolveImport (shape: ImportedShape, options: ImportOptions, registry: Registry): ImportPlan {
  const owner = `resource ${shape.model.name}: import`
  const {
    models,
    order,
    transforms = {},
    chunkSize = 2000,
    csv = {},
    limits,
    failedRows = 10,
    onProgress = null,
    formats = importFormats
  } = options
  const { uploadSeconds = defaultUploadLimits.uploadSeconds, maxUploads = defaultUploadLimits.maxUploads } = options
  if (models !== undefined && (options.fields ?? options.foreignKeys ?? options.uniqueFields) !== undefined) {
    throw new TypeError(
      `${owner}: options "fields", "foreignKeys" and "uniqueFields" belong into "models" where there are several`
    )
  }
  const named = models ?? { [shape.model.name]: { ...options, model: shape.model.name } }
  const names = orderOf(owner, Object.keys(named), order)
  const columns = new ColumnSet(owner)
  const steps: ImportStep[] = []
  for (const name of names) {
    const place = models === undefined ? owner : `${owner}: model "${name}"`
    steps.push(
      stepOf(
        { place, name, registry, shape, root: shape.root, transforms, columns, earlier: steps, names },
        named[name]!
      )
    )
  }
  if (!steps.some(({ isOwn }) => isOwn)) throw new TypeError(`${owner}: none of the models is ${shape.model.name}`)
  return {
    steps: steps.map((step, i) => ({ ...step, referred: referredBy(step, steps.slice(i + 1)) })),
    columns: columns.all,
    formats,
    chunkSize,
    csv,
    limits: { ...defaultLimits, ...limits },
    uploads: { uploadSeconds, maxUploads },
    failedRows,
    onProgress
  }
}

function orderOf (owner: string, names: readonly string[], order: readonly string[] = names): readonly string[] {
  const unknown = order.find(name => !names.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`${owner}: option "order" names the unknown model "${unknown}". ${didYouMean(unknown, names)}`)
  }
  const left = names.find(name => !order.includes(name))
  if (left !== undefined) throw new TypeError(`${owner}: option "order" leaves out the model "${left}"`)
  if (names.length === 0 || new Set(order).size < order.length) {
    throw new TypeError(`${owner}: option "order" must name each model once`)
  }
  return order
}

function stepOf (at: StepPlace, options: FurtherModelOptions): ImportStep {
  const { place, name, registry, shape } = at
  const known = [...registry.models].map(model => model.name)
  if (!known.includes(options.model)) {
    throw new TypeError(`${place}: option "model" names no model of the schema. ${didYouMean(options.model, known)}`)
  }
  const model = registry.model(options.model)
  const isOwn = model.name === shape.model.name
  const scope = isOwn ? null : scopeRule(place, shape.root, model, options)
  const scopeFields = scope === null ? shape.root.fields : scopeFieldsOf(scope)
  const fields = fieldsOf(at, model, options, scopeFields).map(([name, entry]) =>
    fieldPlan(
      {
        ...at,
        model,
        codecs: isOwn ? shape.codecs : new Map(),
        valueRules: isOwn ? shape.valueRules : resolveRules(place, model),
        related: isOwn ? shape.related : new Map(),
        roundsDecimals: shape.roundsDecimals
      },
      name,
      entry
    )
  )
  const given = new Set([...fields.map(({ field }) => field.name), ...scopeFields])
  const lacking = lackingField(model, given)
  if (lacking !== undefined) {
    throw new TypeError(`${place}: the field "${lacking.name}" gets no value, and rows cannot be without`)
  }
  const [left] = model.meta.unsupported ?? []
  if (left !== undefined) {
    throw new TypeError(
      `${place}: no row of ${model.name} can be created: Prisma leaves out its required column "${left}". Leave ` +
        'out the import'
    )
  }
  const on = uniqueOf(at, model, scopeFields, options, given)
  return {
    name,
    model,
    fields,
    lookups: fields.flatMap(({ source }) => (source.kind === 'lookup' ? [source.lookup] : [])),
    scopedKeys: scopedKeysOf(at, model, fields, isOwn ? shape.related : new Map()),
    columns: [
      ...new Set(fields.flatMap(({ source }) => ('column' in source && source.column !== null ? [source.column] : [])))
    ],
    on,
    updateIfExists: options.updateIfExists ?? on !== null,
    isOwn,
    scope,
    referred: []
  }
}

/** The fields with their sources, those of relations under their names. */
function fieldsOf (
  { place, shape }: StepPlace,
  model: Model,
  { fields, foreignKeys = {}, uniqueFields = [] }: ImportModelOptions,
  scopeFields: readonly string[]
): readonly (readonly [string, ImportField])[] {
  const keys = Object.entries<LookupField>(foreignKeys).map(
    ([name, entry]) => [name, { column: name, ...entry }] as const
  )
  const replaced = new Set(keys.map(([name]) => model.relation(name)?.fields[0] ?? name))
  const writable =
    model.name === shape.model.name
      ? [...shape.writable.values()]
      : model.meta.fields.filter(field => isPlain(model, field) && !scopeFields.includes(field.name))
  const own =
    fields === undefined
      ? [
          ...new Set([...generatedKeys(model, uniqueFields, scopeFields), ...writable.map(field => field.name)])
        ].filter(name => !replaced.has(name))
      : fields
  const all = [...(own instanceof Array ? own.map(name => [name, name] as const) : Object.entries(own)), ...keys]
  const scoped = all.find(([name]) => scopeFields.includes(model.relation(name)?.fields[0] ?? name))
  if (scoped !== undefined) {
    throw new TypeError(`${place}: the field "${scoped[0]}" belongs to the scope, which gives its value: leave it out`)
  }
  return all
}

function fieldPlan (at: SourcePlace & StepPlace, name: string, entry: ImportField): FieldPlan {
  const { place, model } = at
  const relation = model.relation(name)
  const field = model.field(relation?.fields.length === 1 ? relation.fields[0]! : name)
  if (field === undefined) {
    const relations = model.meta.relations.filter(({ fields }) => fields.length === 1).map(({ name }) => name)
    const hint = didYouMean(name, [...model.fieldNames, ...relations])
    throw new TypeError(`${place}: option "fields" names the unknown field "${name}". ${hint}`)
  }
  if (isOwned(model.meta.features, field)) {
    throw new TypeError(`${place}: the field "${name}" is written by a feature of ${model.name}, and by no import`)
  }
  const { required, source } = resolveSource(
    at,
    name,
    field,
    relation ?? model.relationOfKey(field.name),
    typeof entry === 'string' ? { column: entry } : entry
  )
  return { field, required: required ?? isNeeded(model, field), source }
}

/**
 * The fields that later steps read of a row: keys that they refer to, or all of them where a function is told of the
 * row.
 */
function referredBy ({ name, model }: ImportStep, later: readonly ImportStep[]): readonly FieldMeta[] {
  const sources = later.flatMap(({ fields }) => fields.map(({ source }) => source))
  if (sources.some(({ kind }) => kind === 'computed')) return model.meta.fields
  return [
    ...new Set(sources.flatMap(source => (source.kind === 'reference' && source.step === name ? [source.id] : [])))
  ]
}
