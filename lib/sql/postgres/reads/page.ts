import { answer, positionAlias } from '../../port/answer.js'
import type { PageQuery, SeekQuery, WholeQuery } from '../../port/read-statements.js'
import type { Statement } from '../../port/runner.js'
import { condition } from '../clauses/filter.js'
import { behind } from '../clauses/keyset.js'
import { orderOf, orderText } from '../clauses/ordering.js'
import { keyAlias, selection } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { all, predicate } from '../clauses/assignments.js'

/**
 * Some rows in their order, and how many there are. One statement, so that both come from one snapshot; the count
 * stands alone when there is no row.
 */
export function page ({ model, where, filter, order, skip, take, returning }: PageQuery): Statement {
  const source = new Source(model)
  const { joins, terms } = orderOf(source, model, order)
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter))
  const table = `from ${tableOf(model)} t`
  const rest = chosen === '' ? '' : ` where ${chosen}`
  const places = terms.map((_, i) => keyAlias(i))
  const rows = [
    ...selection(returning),
    ...terms.map(({ expression }, i) => `${expression} as ${places[i]!}`),
    `true as ${identifier(answer.present)}`
  ]
  const [limit, offset] = [source.bind(String(take), 'bigint'), source.bind(String(skip), 'bigint')]
  const outer = orderText(
    terms,
    places.map(place => `p.${place}`)
  )
  return source.statement(
    [
      `select c.*, p.* from (select count(*)::double precision as ${identifier(answer.count)} ${table}${rest}) c`,
      `left join (select ${rows.join(', ')} ${[table, ...joins].join(' ')}${rest} order by ${orderText(terms)}`,
      `limit ${limit} offset ${offset}) p on true order by ${outer}`
    ].join('\n')
  )
}

/**
 * Rows behind a position in their order, each with its own position. What JSON prints of a value the database reads
 * back exactly.
 */
export function seek ({ model, where, filter, order, position, take, returning }: SeekQuery): Statement {
  const source = new Source(model)
  const { joins, terms } = orderOf(source, model, order)
  const chosen = all(
    predicate(model, where, 't.'),
    condition(source, model, filter),
    position === null ? '' : behind(source, terms, position)
  )
  const rows = [
    ...selection(returning),
    ...terms.map(({ expression }, i) => `to_json(${expression}) #>> '{}' as ${identifier(positionAlias(i))}`)
  ]
  return source.statement(
    [
      `select ${rows.join(', ')} from ` +
        `${[`${tableOf(model)} t`, ...joins].join(' ')}${chosen === '' ? '' : ` where ${chosen}`}`,
      `order by ${orderText(terms)} limit ${source.bind(String(take), 'bigint')}`
    ].join('\n')
  )
}

/** All rows in their order. */
export function whole ({ model, where, filter, order, returning }: WholeQuery): Statement {
  const source = new Source(model)
  const { joins, terms } = orderOf(source, model, order)
  const chosen = all(predicate(model, where, 't.'), condition(source, model, filter))
  return source.statement(
    `select ${selection(returning).join(', ')} from ` +
      `${[`${tableOf(model)} t`, ...joins].join(' ')}${chosen === '' ? '' : ` where ${chosen}`} order by ` +
      `${orderText(terms)}`
  )
}
