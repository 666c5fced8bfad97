import { answer, type PageQuery } from '../dialect.js'
import type { Statement } from '../runner.js'
import { keyAlias } from './insert.js'
import { selection } from './select.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { predicate } from './write.js'

/**
 * Some rows in the order of the primary key, and how many there are. One statement, so that both come from one snapshot;
 * the count stands alone when there is no row.
 */
export function page ({ model, where, skip, take, returning }: PageQuery): Statement {
  const source = new Source(model)
  const keys = model.primaryKey.fields.map(name => `t.${identifier(model.ownField(name).column)}`)
  const condition = predicate(model, where, 't.')
  const from = `from ${tableOf(model)} t${condition === '' ? '' : ` where ${condition}`}`
  const places = keys.map((_, i) => keyAlias(i))
  const rows = [...selection(returning), ...keys.map((key, i) => `${key} as ${places[i]}`), `true as ${identifier(answer.present)}`]
  return source.statement([
    `select c.*, p.* from (select count(*)::double precision as ${identifier(answer.count)} ${from}) c`,
    `left join (select ${rows.join(', ')} ${from} order by ${keys.join(', ')}`,
    `limit ${source.bind(String(take), 'bigint')} offset ${source.bind(String(skip), 'bigint')}) p on true order by ${places.map(place => `p.${place}`).join(', ')}`
  ].join('\n'))
}
