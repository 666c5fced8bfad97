import { answer } from '../../port/answer.js'
import type { UpdateWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { heldRows, isHeld } from './held.js'
import { selection } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { all, assignmentsOf, changes, ord, predicate, setSomething, versionMatches } from '../clauses/assignments.js'

/**
 * Different values for each row by one UPDATE … FROM; rows that would not change are not written.
 * Counts only: gives the items that were not written, which are looked for only when some was not; else the written
 * rows.
 */
export function update (write: UpdateWrite): Statement {
  const { model, returning } = write
  const source = new Source(model)
  const match = all(source.match(write.keys), predicate(model, write.where, 't.'))
  const version = versionMatches(source, write.expected)
  const assignments = assignmentsOf(source, write.columns)
  const set = setSomething(source, model, assignments, write.touch)
  const forced = write.forced === undefined ? null : source.array(write.forced, 'boolean')
  const { lock } = write
  const where = all(lock === undefined ? '' : isHeld, match, version, changes(model, assignments, forced))
  const statement =
    `update ${tableOf(model)} as t set ${set} from ` +
    `${lock === undefined ? source.from() : 'input r'} where ${where}`
  const parts =
    lock === undefined ? [] : [`input as materialized (select * from ${source.from()})`, heldRows(model, match, lock)]
  if (returning !== null) {
    return source.statement(
      `${parts.length === 0 ? '' : `with ${parts.join(',\n')}\n`}${statement} returning ` +
        `${[...selection(returning), ord].join(', ')}`
    )
  }
  const rows = source.bind(String(write.rows), 'integer')
  return source.statement(
    [
      `with ${[...parts, `written as (${statement} returning r.ord)`].join(',\n')}`,
      `select r.ord as ${identifier(answer.ord)} from generate_series(1, ${rows}) as r(ord)`,
      `where (select count(*) from written) < ${rows} and not exists (select from written w where w.ord = r.ord)`
    ].join('\n')
  )
}
