import type {
  Datamodel,
  DatamodelDefault,
  DatamodelEnum,
  DatamodelField,
  DatamodelIndex,
  DatamodelModel
} from './dmmf.js'
import { primaryKeyName, uniqueIndexName } from '../../lib/model/constraint-names.js'
import type { ModelShape } from '../../lib/model/annotations/column-rule.js'
import { readFeatures } from '../../lib/model/annotations/features.js'
import type {
  DefaultMeta,
  EnumMeta,
  FieldMeta,
  Metadata,
  ModelMeta,
  RelationMeta,
  UniqueMeta
} from '../../lib/model/meta.js'
import { checkModels } from '../../lib/model/annotations/schema-checks.js'
import type { PartialIndex, ReadModel } from '../../lib/model/annotations/schema-checks.js'
import { readUntold, type Untold } from '../../lib/schema-text/untold.js'
import { SchemaError } from '../../lib/model/schema-problems.js'
import type { SchemaProblem } from '../../lib/model/schema-problems.js'

/**
 * Metadata from a DMMF datamodel, the annotations in its documentation included.
 *
 * @param provider the datasource's provider, e.g. `postgresql`; it decides default index names
 * @param text the schema as it is written, which tells more than its datamodel; null when it is not at hand
 * @throws SchemaError with every wrong annotation of the schema
 */
export function metadataFromDatamodel (datamodel: Datamodel, provider: string, text: string | null = null): Metadata {
  const untold = readUntold(text)
  const enums = Object.fromEntries(datamodel.enums.map(type => [type.name, enumMeta(type, untold)]))
  const indexesOf = indexesByModel(datamodel.indexes ?? [])
  const problems: SchemaProblem[] = []
  const sound: ReadModel[] = []
  const models = datamodel.models.map((model): [string, ModelMeta] => {
    const indexes = indexesOf.get(model.name) ?? []
    const shape = modelShape(model, indexes, provider)
    const documentation = documentationOf(model)
    const reading = readFeatures(shape, documentation, { provider, enums })
    const unsupported = untold.unsupported.get(model.name)
    const meta: ModelMeta = {
      ...shape,
      uniques: [...shape.uniques, ...reading.uniques],
      features: reading.features,
      ...(unsupported === undefined ? {} : { unsupported })
    }
    problems.push(...reading.problems)
    if (reading.problems.length === 0) {
      sound.push({ meta, documentation, partialIndexes: partialIndexes(shape, indexes, provider) })
    }
    return [model.name, meta]
  })
  problems.push(...checkModels(sound))
  if (problems.length > 0) throw new SchemaError(problems)
  return { provider, models: Object.fromEntries(models), enums }
}

function indexesByModel (indexes: readonly DatamodelIndex[]): Map<string, DatamodelIndex[]> {
  const found = new Map<string, DatamodelIndex[]>()
  for (const index of indexes) {
    const others = found.get(index.model)
    if (others === undefined) found.set(index.model, [index])
    else others.push(index)
  }
  return found
}

function modelShape (model: DatamodelModel, indexes: readonly DatamodelIndex[], provider: string): ModelShape {
  const fields = model.fields.filter(field => field.kind === 'scalar' || field.kind === 'enum').map(fieldMeta)
  const table = model.dbName ?? model.name
  return {
    name: model.name,
    table,
    schema: model.schema ?? null,
    fields,
    relations: model.fields.filter(field => field.kind === 'object').map(relationMeta),
    uniques: uniqueMetas(model, table, fields, indexes, provider)
  }
}

function documentationOf (model: DatamodelModel) {
  const documented = model.fields.filter(field => field.documentation !== undefined)
  return {
    model: model.documentation ?? '',
    fields: Object.fromEntries(documented.map(field => [field.name, field.documentation!]))
  }
}

function fieldMeta (field: DatamodelField): FieldMeta {
  const { nativeType } = field
  return {
    name: field.name,
    column: field.dbName ?? field.name,
    kind: field.kind === 'enum' ? 'enum' : 'scalar',
    type: field.type,
    list: field.isList,
    required: field.isRequired,
    native: nativeType == null ? null : [nativeType[0], ...nativeType[1]],
    default: field.default === undefined ? null : defaultMeta(field.default),
    updatedAt: field.isUpdatedAt ?? false
  }
}

function defaultMeta (value: DatamodelDefault): DefaultMeta {
  if (!isCall(value)) return { kind: 'value', value }
  const [argument] = value.args
  switch (value.name) {
    case 'now':
      return { kind: 'database', name: 'now', sql: 'CURRENT_TIMESTAMP' }
    case 'uuid':
    case 'cuid':
    case 'nanoid':
    case 'ulid':
      return { kind: 'client', name: value.name, argument: typeof argument === 'number' ? argument : null }
    case 'dbgenerated':
      return { kind: 'database', name: 'dbgenerated', sql: typeof argument === 'string' ? argument : null }
    default:
      // autoincrement(), and sequence() of CockroachDB: the database counts, the expression is its own affair.
      return { kind: 'database', name: 'autoincrement', sql: null }
  }
}

function isCall (value: DatamodelDefault): value is Extract<DatamodelDefault, { readonly name: string }> {
  return typeof value === 'object' && !Array.isArray(value)
}

function relationMeta (field: DatamodelField): RelationMeta {
  return {
    name: field.name,
    model: field.type,
    list: field.isList,
    required: field.isRequired,
    relation: field.relationName ?? '',
    fields: field.relationFromFields ?? [],
    references: field.relationToFields ?? [],
    onDelete: field.relationOnDelete ?? null
  }
}

function uniqueMetas (
  model: DatamodelModel,
  table: string,
  fields: readonly FieldMeta[],
  indexes: readonly DatamodelIndex[],
  provider: string
): UniqueMeta[] {
  const columnOf = new Map(fields.map(field => [field.name, field.column]))
  const unique = (type: 'id' | 'unique', names: readonly string[], name: string | null): UniqueMeta => {
    const custom = indexes.find(
      index => index.type === type && String(index.fields.map(field => field.name)) === String(names)
    )?.dbName
    const primary = type === 'id'
    return {
      name: name ?? names.join('_'),
      fields: names,
      primary,
      index:
        custom ??
        (primary
          ? primaryKeyName(provider, table)
          : uniqueIndexName(
            provider,
            table,
            names.map(name => columnOf.get(name)!)
          )),
      where: null
    }
  }
  // A set of one field that stands in a block attribute (@@id([a]), @@unique([a])) is marked on the field as well,
  // and Prisma selects it by the field's name whatever its own.
  const id = model.fields.find(field => field.isId)
  const single = model.fields.filter(field => field.isUnique && !field.isId)
  const compound = model.uniqueIndexes.filter(index => index.fields.length > 1)
  return [
    ...(id !== undefined ? [unique('id', [id.name], null)] : []),
    ...(id === undefined && model.primaryKey !== null
      ? [unique('id', model.primaryKey.fields, model.primaryKey.name)]
      : []),
    ...single.map(field => unique('unique', [field.name], null)),
    ...compound.map(index => unique('unique', index.fields, index.name))
  ]
}

/**
 * Prisma lists an index with a condition among the others, but not with the model's unique constraints, and without the
 * condition.
 */
function partialIndexes (model: ModelShape, indexes: readonly DatamodelIndex[], provider: string): PartialIndex[] {
  // A second index on the fields of a unique constraint holds for all rows too, or adds nothing to the first.
  const known = new Set(model.uniques.map(unique => String(unique.fields)))
  return indexes
    .filter(index => index.type === 'unique')
    .flatMap(({ fields, dbName }) => {
      const names = fields.map(field => field.name)
      if (known.has(String(names))) return []
      const columns = names.map(name => model.fields.find(field => field.name === name)?.column ?? name)
      return [
        {
          fields: names,
          name: dbName === undefined || dbName === uniqueIndexName(provider, model.table, columns) ? null : dbName
        }
      ]
    })
}

function enumMeta (type: DatamodelEnum, { enumSchemas }: Untold): EnumMeta {
  const schema = enumSchemas.get(type.name)
  return {
    name: type.name,
    dbName: type.dbName ?? type.name,
    ...(schema === undefined ? {} : { schema }),
    values: Object.fromEntries(type.values.map(value => [value.name, value.dbName ?? value.name]))
  }
}
