import type { AnyQuery, RelatedQuery } from '../../port/read-statements.js'
import type { LinkColumn, LinkTable } from '../../port/statement-parts.js'
import type { LinkPairs, LinkWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { condition } from '../clauses/filter.js'
import { selection } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { columnType, elementType, identifier, tableOf } from '../values/types.js'
import { all, ord, predicate } from '../clauses/assignments.js'

/** Reads the rows that have one of the values in one of the fields. */
export function findAny ({ model, by, where, filter, returning }: AnyQuery): Statement {
  const source = new Source(model)
  const matches = by.map(({ field, values }) => {
    const [element, type] = [elementType(model, field), columnType(model, field)]
    return (
      `t.${identifier(field.column)} = ` +
      `any(${source.bind(values, `${element}[]`)}${type === element ? '' : `::${type}[]`})`
    )
  })
  const chosen = all(`(${matches.join(' or ')})`, predicate(model, where, 't.'), condition(source, model, filter))
  return source.statement(`select ${selection(returning).join(', ')} from ${tableOf(model)} t where ${chosen}`)
}

/** Reads the rows that belong to others, which they name themselves or a join table does. */
export function findRelated ({ model, by, values, where, filter, returning }: RelatedQuery): Statement {
  const order = model.primaryKey.fields.map(name => `t.${identifier(model.ownField(name).column)}`)
  const end = `order by ${['r.ord', ...order].join(', ')}`
  const columns = [...selection(returning), ord].join(', ')
  if (!('table' in by)) {
    const source = new Source(model)
    const match = all(
      source.match([{ field: by, values }]),
      predicate(model, where, 't.'),
      condition(source, model, filter)
    )
    return source.statement(`select ${columns} from ${source.from()} join ${tableOf(model)} t on ${match} ${end}`)
  }
  const { own, other } = by
  const source = new Source(own.model)
  const linked = `j.${identifier(own.column)} = ${source.field(own.field, values)}`
  const joined = `t.${identifier(other.field.column)} = j.${identifier(other.column)}`
  const match = all(joined, predicate(model, where, 't.'), condition(source, model, filter))
  return source.statement(
    `select ${columns} from ${source.from()} join ${tableName(by)} j on ${linked} join ${tableOf(model)} t on ` +
      `${match} ${end}`
  )
}

/** The deletion and the insertion see the table as it was: no pair is in both. */
export function link ({ table, removed, added }: LinkWrite): Statement {
  const source = new Source(table.own.model)
  const columns = [table.own, table.other]
  const pairs = ({ own, other }: LinkPairs): string =>
    `unnest(${[own, other].map((values, i) => arrayOf(source, columns[i]!, values)).join(', ')}) as r(own, other)`
  const match = columns
    .map(({ column }, i) => `t.${identifier(column)} = r.${i === 0 ? 'own' : 'other'}`)
    .join(' and ')
  return source.statement(
    [
      `with gone as (delete from ${tableName(table)} as t using ${pairs(removed)} where ${match})`,
      `insert into ${tableName(table)} (${columns.map(({ column }) => identifier(column)).join(', ')})`,
      `select r.own, r.other from ${pairs(added)} order by 1, 2 on conflict do nothing`
    ].join('\n')
  )
}

function arrayOf (source: Source, { model, field }: LinkColumn, values: string | null): string {
  const [element, type] = [elementType(model, field), columnType(model, field)]
  return `${source.bind(values, `${element}[]`)}${type === element ? '' : `::${type}[]`}`
}

function tableName ({ schema, table }: LinkTable): string {
  return schema === null ? identifier(table) : `${identifier(schema)}.${identifier(table)}`
}
