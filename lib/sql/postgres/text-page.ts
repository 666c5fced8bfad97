import type { Model } from '../../model/registry.js'
import { answer, cellAlias, positionAlias, type CellPath, type CommonQuery, type CountQuery, type TextPageQuery } from '../dialect.js'
import type { Statement } from '../runner.js'
import { cellText, CellWriter, type CellColumn } from './cell-text.js'
import { condition } from './filter.js'
import { keyAlias } from './insert.js'
import { behind } from './keyset.js'
import { joinAll, orderOf, orderText } from './ordering.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { all, predicate } from './write.js'

/** A page of rows as lines of text, made and joined in the database: no value crosses the driver alone. */
export function textPage ({ model, where, filter, order, position, take, cells, delimiter }: TextPageQuery): Statement {
  const source = new Source(model)
  const { joins: sorting, terms } = orderOf(model, order)
  const joins = [...sorting]
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter), position === null ? '' : behind(source, terms, position))
  const writer = new CellWriter(source, delimiter)
  const line = writer.line(columnsOf(model, cells, joins))
  const sorted = orderText(terms)
  const places = terms.map((_, i) => keyAlias(i))
  const rows = [`row_number() over (order by ${sorted}) as ord`, `${line} as line`, ...terms.map(({ expression }, i) => `${expression} as ${places[i]!}`)]
  const last = places.map((place, i) => `to_json(p.${place}) #>> '{}' as ${identifier(positionAlias(i))}`)
  return source.statement([
    `with p as materialized (select ${rows.join(', ')} from ${[`${tableOf(model)} t`, ...joins].join(' ')}${chosen === '' ? '' : ` where ${chosen}`}`,
    `order by ${sorted} limit ${source.bind(String(take), 'bigint')})`,
    `select a.*, ${last.join(', ')} from (select string_agg(line, '' order by ord) as ${identifier(answer.text)}, count(*) as ${identifier(answer.count)} from p) a`,
    `left join p on p.ord = a.${identifier(answer.count)}`
  ].join('\n'))
}

/** Stops at the limit, so that a count of far more costs no more. */
export function countTo ({ model, where, filter, limit }: CountQuery): Statement {
  const source = new Source(model)
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter))
  const rows = `select from ${tableOf(model)} t${chosen === '' ? '' : ` where ${chosen}`} limit ${source.bind(String(limit), 'bigint')}`
  return source.statement(`select count(*)::double precision as ${identifier(answer.count)} from (${rows}) r`)
}

export function common ({ model, where, filter, cells }: CommonQuery): Statement {
  const source = new Source(model)
  const joins: string[] = []
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter))
  const columns = columnsOf(model, cells, joins).map(column => cellText(source, column))
  const values = columns.map((_, i) => `case when count(v${i}) = count(*) and min(v${i}) = max(v${i}) then min(v${i}) end as ${identifier(cellAlias(i))}`)
  const rows = `select ${columns.map((text, i) => `(${text}) collate "C" as v${i}`).join(', ')} from ${[`${tableOf(model)} t`, ...joins].join(' ')}${chosen === '' ? '' : ` where ${chosen}`}`
  return source.statement(`select ${values.join(', ')} from (${rows}) r`)
}

/** The column of each cell; what several cells need of one row is joined once. */
function columnsOf (model: Model, cells: readonly CellPath[], joins: string[]): readonly CellColumn[] {
  const aliases = new Map<string, string>()
  return cells.map(({ links, field }) => {
    const path = links.map(link => link.name).join('.')
    const alias = links.length === 0 ? 't' : aliases.get(path) ?? joinAll(links, 't', `v${aliases.size}`, 'left join', joins)
    aliases.set(path, alias)
    return { model: links.at(-1)?.model ?? model, field, column: `${alias}.${identifier(field.column)}` }
  })
}
