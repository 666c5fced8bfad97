import { answer, type UpdateWrite } from '../dialect.js'
import type { Statement } from '../runner.js'
import { selection } from './select.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { all, assignmentsOf, changes, ord, predicate, setSomething, versionMatches } from './write.js'

/**
 * Different values for each row by one UPDATE … FROM; rows that would not change are not written.
 * Counts only: gives the items that were not written, which are looked for only when some was not; else the written rows.
 */
export function update (write: UpdateWrite): Statement {
  const { model, returning } = write
  const source = new Source(model)
  const match = source.match(write.keys)
  const version = versionMatches(source, write.expected)
  const assignments = assignmentsOf(source, write.columns)
  const set = setSomething(source, model, assignments, write.touch)
  const forced = write.forced === undefined ? null : source.array(write.forced, 'boolean')
  const where = all(match, predicate(model, write.where, 't.'), version, changes(model, assignments, forced))
  const statement = `update ${tableOf(model)} as t set ${set} from ${source.from()} where ${where}`
  if (returning !== null) return source.statement(`${statement} returning ${[...selection(returning), ord].join(', ')}`)
  const rows = source.bind(String(write.rows), 'integer')
  return source.statement([
    `with written as (${statement} returning r.ord)`,
    `select r.ord as ${identifier(answer.ord)} from generate_series(1, ${rows}) as r(ord)`,
    `where (select count(*) from written) < ${rows} and not exists (select from written w where w.ord = r.ord)`
  ].join('\n'))
}
