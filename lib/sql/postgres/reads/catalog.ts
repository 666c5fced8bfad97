import type { UniqueMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import type { Catalog, IndexFacts, TableFacts } from '../../port/catalog.js'
import type { SqlRunner } from '../../port/runner.js'
import { matchesPredicate } from '../clauses/predicate-text.js'
import { identifier, tableOf } from '../values/types.js'
import { predicate } from '../clauses/assignments.js'

export const postgresCatalog: Catalog = {
  tables: readTables,
  wrongTimeZone,
  holdsFor: matchesPredicate,
  createIndex,
  dropIndex: (model, { name, constraint }) =>
    constraint
      ? `ALTER TABLE ${tableOf(model)} DROP CONSTRAINT ${identifier(name)};`
      : `DROP INDEX ${inSchema(model, name)};`,
  // The constraint of an index takes the new name too.
  renameIndex: (model, index, name) => `ALTER INDEX ${inSchema(model, index.name)} RENAME TO ${identifier(name)};`
}

/** A table without a schema is looked for as statements would look for it, in the search path. */
const TABLES = `with wanted as (
  select w.ord, to_regclass(case when w."schema" is null then quote_ident(w."table")
    else quote_ident(w."schema") || '.' || quote_ident(w."table") end)::oid as id
  from json_to_recordset($1::json) as w(ord int, "schema" text, "table" text)
)
select wanted.ord::integer as ord,
  (select json_agg(a.attname::text) from pg_attribute a
    where a.attrelid = wanted.id and a.attnum > 0 and not a.attisdropped)::text as columns,
  (select json_agg(a.attname::text) from pg_attribute a
    where a.attrelid = wanted.id and a.attnum > 0 and a.attgenerated <> '')::text as generated,
  (select json_agg(json_build_object(
    'name', i.relname::text,
    'unique', x.indisunique,
    'valid', x.indisvalid and x.indisready,
    'columns', (
      select json_agg(a.attname::text order by k.place)
      from unnest(x.indkey) with ordinality as k(attnum, place)
      left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum and k.attnum > 0
      where k.place <= x.indnkeyatts),
    'predicate', pg_get_expr(x.indpred, x.indrelid),
    'constraint', exists (select from pg_constraint c where c.conindid = x.indexrelid and c.conrelid = x.indrelid),
    'deferrable', not x.indimmediate
  ) order by i.relname) from pg_index x join pg_class i on i.oid = x.indexrelid
    where x.indrelid = wanted.id)::text as indexes
from wanted where wanted.id is not null`

interface TableRow {
  readonly ord: number
  readonly columns: string
  readonly generated: string | null
  readonly indexes: string | null
}

async function readTables (runner: SqlRunner, models: readonly Model[]): Promise<ReadonlyArray<TableFacts | null>> {
  const wanted = models.map(({ meta: { schema, table } }, ord) => ({ ord, schema, table }))
  const rows = (await runner.query({
    text: TABLES,
    values: [JSON.stringify(wanted)]
  })) as readonly unknown[] as readonly TableRow[]
  const byPlace = new Map(
    rows.map(({ ord, columns, generated, indexes }) => [
      ord,
      {
        columns: new Set(JSON.parse(columns) as string[]),
        generated: new Set(JSON.parse(generated ?? '[]') as string[]),
        indexes: JSON.parse(indexes ?? '[]') as IndexFacts[]
      }
    ])
  )
  return models.map((_, ord) => byPlace.get(ord) ?? null)
}

/** Names of the one zone in which Prisma's adapter and the database agree on what an instant is. */
const utcNames: ReadonlySet<string> = new Set([
  'UTC',
  'Etc/UTC',
  'GMT',
  'Etc/GMT',
  'UCT',
  'Etc/UCT',
  'Zulu',
  'Etc/Zulu',
  'Universal',
  'Etc/Universal'
])

async function wrongTimeZone (runner: SqlRunner): Promise<string | null> {
  const [row] = await runner.query({ text: "select current_setting('TimeZone') as zone", values: [] })
  const zone = String(row?.['zone'])
  return utcNames.has(zone) ? null : zone
}

function createIndex (model: Model, { index, fields, where }: UniqueMeta, other: UniqueMeta['where'] = where): string {
  const columns = fields.map(name => identifier(model.ownField(name).column)).join(', ')
  const conditions = Object.entries(other ?? {}).map(([name, value]) =>
    value === null ? `${identifier(model.ownField(name).column)} IS NULL` : predicate(model, { [name]: value })
  )
  return (
    `CREATE UNIQUE INDEX ${identifier(index)} ON ${tableOf(model)} ` +
    `(${columns})${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`};`
  )
}

/** An index lives in the schema of its table. */
function inSchema ({ meta: { schema } }: Model, index: string): string {
  return schema === null ? identifier(index) : `${identifier(schema)}.${identifier(index)}`
}
