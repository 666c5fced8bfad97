import { codedReader, type FieldCodec } from '../../values/codec.js'
import { lookupUnique } from '../../items/relations/relation.js'
import type { ItemShape } from '../../items/shape/item-shape.js'
import { scopeRule, type RootScope } from '../../scope/scope-rule.js'
import type { FieldMeta, RelationMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import { jsonReader, type FieldValues } from '../../values/json-reader.js'
import { resolveRules } from '../../values/model-rules.js'
import { ruledReader } from '../../values/value-rule.js'
import { valueReader, InvalidValue, type ValueReader } from '../../values/value-reader.js'
import { isNeeded } from '../../features/is-needed.js'
import { didYouMean } from '../../suggest.js'
import { cellReader } from './cell-value.js'
import type { ColumnSet } from './columns.js'
import type {
  ComputedField,
  ConstantField,
  DirectField,
  ImportField,
  LookupField,
  ReferenceField,
  Transform
} from './options.js'
import type { FieldSource, ImportColumn, ImportStep } from './plan.js'

/** Where a field stands that gets a source. */
export interface SourcePlace extends FieldValues {
  /** Begins every message. */
  readonly place: string
  readonly registry: Registry
  readonly codecs: ReadonlyMap<string, FieldCodec>
  readonly transforms: Readonly<Record<string, Transform>>
  readonly columns: ColumnSet
  /** The scope of the resource. */
  readonly root: RootScope
  /** The relations that the resource declares, where the model is its own. */
  readonly related: ItemShape['related']
  /** The models that are written before. */
  readonly earlier: readonly ImportStep[]
  /** All models, for messages. */
  readonly names: readonly string[]
}

interface Resolved {
  readonly source: FieldSource
  /** Undefined: what the model says. */
  readonly required?: boolean | undefined
}

/** Makes the source of a field from what its option says; `relation` is the one whose key the field is. */
export function resolveSource (
  at: SourcePlace,
  name: string,
  field: FieldMeta,
  relation: RelationMeta | undefined,
  entry: Exclude<ImportField, string>
): Resolved {
  const place = `${at.place}: field "${name}"`
  const kinds = ['constant', 'reference', 'lookup', 'compute'].filter(kind => kind in entry)
  if (kinds.length > 1) throw new TypeError(`${place}: "${kinds[0]!}" and "${kinds[1]!}" exclude each other`)
  checkNames(place, entry, kinds[0])
  if ('constant' in entry) return { source: constantOf(at, place, field, entry) }
  if ('reference' in entry) return { source: referenceOf(at, place, relation, entry) }
  if ('lookup' in entry) return lookupOf(at, place, name, field, relation, entry)
  if ('compute' in entry) return { source: computedOf(at, place, name, field, entry) }
  return directOf(at, place, name, field, entry)
}

const columnNames = ['column', 'aliases', 'hint', 'example']

const names: Readonly<Record<string, readonly string[]>> = {
  constant: ['constant'],
  reference: ['reference'],
  lookup: ['lookup', 'model', 'createIfMissing', 'required', 'scope', 'where', ...columnNames],
  compute: ['compute', 'mode', ...columnNames],
  direct: ['transform', 'required', ...columnNames]
}

function checkNames (place: string, entry: object, kind = 'direct'): void {
  const known = names[kind]!
  const unknown = Object.keys(entry).find(name => !known.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`${place}: unknown option "${unknown}". ` + `${didYouMean(unknown, known)}`)
  }
}

function readerOf (at: SourcePlace, field: FieldMeta): ValueReader {
  const codec = at.codecs.get(field.name)
  const read = jsonReader(at, field)
  return codec === undefined ? numberCells(cellReader(field, read)) : codedReader(codec, read)
}

/** How far a sum in a spreadsheet may be from what it shows, relative to it: a few times the precision of a double. */
const sumError = 1e-15

/**
 * Spreadsheets calculate with doubles and show 15 digits: 0.30000000000000004 is 0.3 where the field does not take
 * more.
 */
function numberCells (read: ValueReader): ValueReader {
  return cell => {
    const stored = read(cell)
    if (!(stored instanceof InvalidValue) || typeof cell !== 'number') return stored
    const shown = Number(cell.toPrecision(15))
    return Math.abs(shown - cell) <= Math.abs(cell) * sumError ? read(shown) : stored
  }
}

/** Values that may make a row keep the rules of its model. */
function lookupReader (model: Model, field: FieldMeta, makes: boolean): ValueReader {
  const rule = makes ? resolveRules(`model ${model.name}`, model).get(field.name) : undefined
  return cellReader(field, ruledReader(rule, field, valueReader(model, field)))
}

function ownColumn ({ model, codecs, valueRules }: SourcePlace, field: FieldMeta): ImportColumn['of'] {
  return { model, field, rule: codecs.has(field.name) ? null : (valueRules.get(field.name) ?? null) }
}

function directOf (at: SourcePlace, place: string, name: string, field: FieldMeta, entry: DirectField): Resolved {
  const { transform = null, required } = entry
  const named = typeof transform === 'string' ? at.transforms[transform] : transform
  if (named === undefined) {
    throw new TypeError(
      `${place}: option "transform" names "${String(transform)}", which is not among "transforms". ` +
        `${didYouMean(String(transform), Object.keys(at.transforms))}`
    )
  }
  const column = columnOf(at, name, entry, ownColumn(at, field), required ?? isNeeded(at.model, field))
  return { required, source: { kind: 'column', column, transform: named, read: readerOf(at, field) } }
}

function constantOf (
  { model }: SourcePlace,
  place: string,
  field: FieldMeta,
  { constant }: ConstantField
): FieldSource {
  const value = valueReader(model, field)(constant)
  if (value instanceof InvalidValue) throw new TypeError(`${place}: option "constant" is no value of the field`)
  return { kind: 'constant', value }
}

function referenceOf (
  { earlier, names }: SourcePlace,
  place: string,
  relation: RelationMeta | undefined,
  { reference }: ReferenceField
): FieldSource {
  const step = earlier.find(({ name }) => name === reference)
  if (step === undefined) {
    throw new TypeError(
      `${place}: option "reference" names "${reference}", which is ` +
        `${names.includes(reference) ? 'no earlier model' : `no model of the import. ${didYouMean(reference, names)}`}`
    )
  }
  if (relation === undefined || relation.model !== step.model.name) {
    throw new TypeError(`${place}: option "reference" needs a foreign key of ${step.model.name}`)
  }
  return { kind: 'reference', step: reference, id: step.model.ownField(relation.references[0]!) }
}

function lookupOf (
  at: SourcePlace,
  place: string,
  name: string,
  field: FieldMeta,
  relation: RelationMeta | undefined,
  entry: LookupField
): Resolved {
  const { registry } = at
  const { lookup, createIfMissing = false, required } = entry
  const modelName = entry.model ?? relation?.model
  if (modelName === undefined) {
    throw new TypeError(`${place}: option "lookup" needs "model", since the field is no key of a relation`)
  }
  const known = [...registry.models].map(model => model.name)
  if (!known.includes(modelName)) {
    throw new TypeError(`${place}: option "model" names no model of the schema. ${didYouMean(modelName, known)}`)
  }
  const model = registry.model(modelName)
  const by = model.field(lookup)
  if (by === undefined) {
    throw new TypeError(
      `${place}: option "lookup" names the unknown field "${lookup}" of ${model.name}. ` +
        `${didYouMean(lookup, model.fieldNames)}`
    )
  }
  const declared = relation === undefined ? undefined : at.related.get(relation.name)
  const isOpen = entry.scope === undefined && entry.where === undefined
  const scope = isOpen && declared?.target === model ? declared.scope : scopeRule(place, at.root, model, entry)
  if (lookupUnique(model, by, scope) === undefined) {
    throw new TypeError(`${place}: option "lookup" names "${lookup}", which is no unique field of ${model.name}`)
  }
  const id =
    relation !== undefined && relation.model === model.name
      ? model.ownField(relation.references[0]!)
      : model.ownField(model.primaryKey.fields[0]!)
  const aliases = [`${name}.${lookup}`, ...(entry.aliases ?? [])]
  const of = { model, field: by, rule: null }
  const column = columnOf(at, name, { ...entry, aliases }, of, required ?? isNeeded(at.model, field))
  const create =
    createIfMissing === false
      ? null
      : (value: unknown) => ({ ...(createIfMissing === true ? {} : createIfMissing(value)), [lookup]: value })
  return {
    required,
    source: {
      kind: 'lookup',
      column,
      read: lookupReader(model, { ...by, required: true }, create !== null),
      lookup: { key: field, column, model, field: by, id, scope, create }
    }
  }
}

function computedOf (
  at: SourcePlace,
  place: string,
  name: string,
  field: FieldMeta,
  entry: ComputedField
): FieldSource {
  const { compute, mode = 'always' } = entry
  if (mode === 'always' && entry.column !== undefined) {
    throw new TypeError(`${place}: option "column" needs the mode "ifEmpty"`)
  }
  const column = mode === 'always' ? null : columnOf(at, name, entry, ownColumn(at, field), false)
  return { kind: 'computed', column, compute, read: readerOf(at, field) }
}

function columnOf (
  { columns }: SourcePlace,
  name: string,
  {
    column = name,
    aliases = [],
    hint = null,
    example = null
  }: Pick<DirectField, 'column' | 'aliases' | 'example'> & { readonly hint?: string | null },
  of: ImportColumn['of'],
  required: boolean
): ImportColumn {
  return columns.add({ name: column, aliases: aliases.filter(alias => alias !== column), required, hint, example, of })
}
