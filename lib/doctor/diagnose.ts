import { uniqueIndexName } from '../model/constraint-names.js'
import type { UniqueMeta } from '../model/meta.js'
import type { Model, Registry } from '../model/registry.js'
import type { Catalog, IndexFacts, TableFacts } from '../sql/catalog.js'
import type { SqlRunner } from '../sql/runner.js'
import type { Diagnosis, Finding, FindingCode } from './diagnosis.js'

/**
 * Compares a database with the metadata: tables and columns that are missing, unique sets of the annotation
 * `@commons.unique` whose index is missing or another one, and a session in another time zone than UTC. A unique set
 * of a soft-deletable model that holds for deleted rows too is a note.
 */
export async function diagnose (registry: Registry, catalog: Catalog, runner: SqlRunner): Promise<Diagnosis> {
  const models = [...registry.models]
  const tables = await catalog.tables(runner, models)
  const zone = await catalog.wrongTimeZone(runner)
  const problems = models.flatMap((model, i) => {
    const table = tables[i] ?? null
    return table === null ? [tableMissing(model)] : [...missingColumns(model, table), ...partialSets(model).flatMap(unique => checkPartialSet(model, unique, table, catalog))]
  })
  return {
    problems: [...problems.filter(({ code }) => code !== 'index_name'), ...(zone === null ? [] : [timeZone(zone)])],
    notes: [
      ...problems.filter(({ code }) => code === 'index_name'),
      ...models.flatMap((model, i) => tables[i] == null ? [] : keptValues(model, tables[i], registry.metadata.provider, catalog))
    ]
  }
}

const MIGRATE = 'Apply the migrations: npx prisma migrate deploy'

function tableMissing (model: Model): Finding {
  return { code: 'table_missing', model: model.name, message: `The table "${model.meta.table}" does not exist`, hint: MIGRATE, statements: [] }
}

function missingColumns (model: Model, table: TableFacts): Finding[] {
  const missing = model.meta.fields.filter(field => !table.columns.has(field.column)).map(({ column }) => `"${column}"`)
  if (missing.length === 0) return []
  const what = missing.length === 1 ? `column ${missing[0]}` : `columns ${missing.join(', ')}`
  return [{ code: 'column_missing', model: model.name, message: `The table "${model.meta.table}" has no ${what}`, hint: MIGRATE, statements: [] }]
}

function partialSets (model: Model): UniqueMeta[] {
  return model.meta.uniques.filter(unique => unique.where !== null)
}

function checkPartialSet (model: Model, unique: UniqueMeta, table: TableFacts, catalog: Catalog): Finding[] {
  const create = catalog.createIndex(model, unique)
  const index = table.indexes.find(({ name }) => name === unique.index)
  const set = `The unique set ${unique.name} (${unique.fields.join(', ')})`
  const finding = (code: FindingCode, message: string, hint: string, statements: readonly string[]): Finding[] => [{ code, model: model.name, message, hint, statements }]
  if (index === undefined) {
    const other = table.indexes.find(index => fault(model, unique, index, catalog) === null)
    return other === undefined
      ? finding('index_missing', `${set} has no index "${unique.index}"`, 'Create it in a migration:', [create])
      : finding('index_name', `${set} has the index "${other.name}", which the annotation calls "${unique.index}"`, 'Rename it in a migration:', [catalog.renameIndex(model, other, unique.index)])
  }
  const wrong = fault(model, unique, index, catalog)
  return wrong === null ? [] : finding(wrong.code, `${set}: its index "${index.name}" ${wrong.message}`, 'Replace it in a migration:', [catalog.dropIndex(model, index), create])
}

/** What keeps an index from being that of a unique set. */
function fault (model: Model, unique: UniqueMeta, index: IndexFacts, catalog: Catalog): { code: FindingCode, message: string } | null {
  const columns = unique.fields.map(name => model.ownField(name).column)
  if (!index.unique) return { code: 'index_not_unique', message: 'is not unique' }
  if (!index.valid) return { code: 'index_invalid', message: 'is not valid: its building failed' }
  if (index.columns.length !== columns.length || !columns.every(column => index.columns.includes(column))) {
    return { code: 'index_columns', message: `is on ${index.columns.map(column => column === null ? 'an expression' : `"${column}"`).join(', ')}` }
  }
  if (catalog.holdsFor(model, unique.where, index)) return null
  return { code: 'index_predicate', message: index.predicate === null ? 'holds for all rows' : `holds for other rows: ${index.predicate}` }
}

/** Unique sets of a soft-deletable model that hold for all rows: a deleted row keeps its value from others. */
function keptValues (model: Model, table: TableFacts, provider: string, catalog: Catalog): Finding[] {
  const { softDelete } = model.meta.features
  if (softDelete === undefined) return []
  return model.meta.uniques.filter(unique => !unique.primary && unique.where === null).flatMap(unique => {
    const where = { [softDelete.deletedAt]: null }
    const index = table.indexes.find(({ name }) => name === unique.index)
    if (index === undefined) return []
    const fields = unique.fields.map(field => JSON.stringify(field)).join(', ')
    const usual = uniqueIndexName(provider, model.meta.table, unique.fields.map(name => model.ownField(name).column))
    const named = unique.index === usual ? '' : `name: ${JSON.stringify(unique.index)}, `
    return [{
      code: 'deleted_rows_keep_values',
      model: model.name,
      message: `The unique set ${unique.name} holds for deleted rows too: what they have in ${unique.fields.join(', ')} stays taken`,
      hint: `To free it, replace @unique or @@unique by \`/// @commons.unique(${named}fields: [${fields}], where: { ${softDelete.deletedAt}: null })\` above the model, and in a migration:`,
      statements: [catalog.dropIndex(model, index), catalog.createIndex(model, unique, where)]
    }]
  })
}

function timeZone (zone: string): Finding {
  return {
    code: 'time_zone',
    model: null,
    message: `The session is in the time zone ${zone}: Prisma writes instants without an offset, which are stored wrongly then`,
    hint: "Give the pool the option `options: '-c TimeZone=UTC'`",
    statements: []
  }
}
