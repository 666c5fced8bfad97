import { keyAlias } from '../clauses/select.js'
import type { Model } from '../../../model/registry.js'
import { answer, cellAlias, positionAlias } from '../../port/answer.js'
import type { CellPath, CommonQuery, CountQuery, TextPageQuery, WholeTextQuery } from '../../port/read-statements.js'
import type { Statement } from '../../port/runner.js'
import { cellText, CellWriter, type CellColumn } from './cell-text.js'
import { condition } from '../clauses/filter.js'
import { behind } from '../clauses/keyset.js'
import { joinAll } from '../clauses/filter.js'
import { orderOf, orderText, type Sorted } from '../clauses/ordering.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { all, predicate } from '../clauses/assignments.js'

/** A page of rows as lines of text, made and joined in the database: no value crosses the driver alone. */
export function textPage ({ position, take, ...query }: TextPageQuery): Statement {
  const source = new Source(query.model)
  const { terms, line, from } = linesOf(source, query, position)
  const places = terms.map((_, i) => keyAlias(i))
  const rows = [`${line} as line`, ...terms.map(({ expression }, i) => `${expression} as ${places[i]!}`)]
  const last = places.map(
    (place, i) => `to_json((array_agg(${place}))[count(*)]) #>> '{}' as ${identifier(positionAlias(i))}`
  )
  // Aggregates take the rows as they come from below, where nothing stands between them and the order.
  return source.statement(
    [
      `select string_agg(line, '') as ${identifier(answer.text)}, count(*) as ${identifier(answer.count)}, ` +
        `${last.join(', ')}`,
      `from (select ${rows.join(', ')} ${from} limit ${source.bind(String(take), 'bigint')}) p`
    ].join('\n')
  )
}

/** All rows as lines, one by one. */
export function textLines (query: WholeTextQuery): Statement {
  const source = new Source(query.model)
  const { line, from } = linesOf(source, query, null)
  return source.statement(`select ${line} as ${identifier(answer.text)} ${from}`)
}

interface Lines {
  readonly terms: readonly Sorted[]
  readonly line: string
  /** Where the rows come from, in their order. */
  readonly from: string
}

function linesOf (
  source: Source,
  { model, where, filter, order, cells, delimiter }: WholeTextQuery,
  position: TextPageQuery['position']
): Lines {
  const { joins: sorting, terms } = orderOf(source, model, order)
  const joins = [...sorting]
  const chosen = all(
    predicate(model, where, 't.'),
    condition(source, model, filter),
    position === null ? '' : behind(source, terms, position)
  )
  const line = new CellWriter(source, delimiter).line(columnsOf(source, model, cells, joins))
  return {
    terms,
    line,
    from:
      `from ${[`${tableOf(model)} t`, ...joins].join(' ')}${chosen === '' ? '' : ` where ${chosen}`}\norder by ` +
      `${orderText(terms)}`
  }
}

/** Stops at the limit, so that a count of far more costs no more. */
export function countTo ({ model, where, filter, limit }: CountQuery): Statement {
  const source = new Source(model)
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter))
  const rows =
    `select from ${tableOf(model)} t${chosen === '' ? '' : ` where ${chosen}`} limit ` +
    `${source.bind(String(limit), 'bigint')}`
  return source.statement(`select count(*)::double precision as ${identifier(answer.count)} from (${rows}) r`)
}

export function common ({ model, where, filter, cells }: CommonQuery): Statement {
  const source = new Source(model)
  const joins: string[] = []
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter))
  const columns = columnsOf(source, model, cells, joins).map(column => cellText(source, column))
  const values = columns.map(
    (_, i) =>
      `case when count(v${i}) = count(*) and min(v${i}) = max(v${i}) then min(v${i}) end as ${identifier(cellAlias(i))}`
  )
  const rows =
    `select ${columns.map((text, i) => `(${text}) collate "C" as v${i}`).join(', ')} from ` +
    `${[`${tableOf(model)} t`, ...joins].join(' ')}${chosen === '' ? '' : ` where ${chosen}`}`
  return source.statement(`select ${values.join(', ')} from (${rows}) r`)
}

/** The column of each cell; what several cells need of one row is joined once. */
function columnsOf (source: Source, model: Model, cells: readonly CellPath[], joins: string[]): readonly CellColumn[] {
  const aliases = new Map<string, string>()
  return cells.map(({ links, field }) => {
    const path = links.map(link => link.name).join('.')
    const alias =
      links.length === 0
        ? 't'
        : (aliases.get(path) ?? joinAll(source, links, 't', `v${aliases.size}`, 'left join', joins))
    aliases.set(path, alias)
    return { model: links.at(-1)?.model ?? model, field, column: `${alias}.${identifier(field.column)}` }
  })
}
