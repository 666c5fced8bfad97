import { answer } from '../../port/answer.js'
import type { CascadeWrite, PurgeWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { refersTo } from './keyed.js'
import { Source } from '../clauses/source.js'
import { columnType, elementType, identifier, tableOf } from '../values/types.js'
import { all, assignmentsOf, predicate, setList } from '../clauses/assignments.js'

/** Marks or restores, in one statement, the rows that refer to rows of some deletions; gives their number. */
export function cascade (write: CascadeWrite): Statement {
  const { model: parent, by } = write
  const { model } = by
  const source = new Source(model)
  const ids = source.bind(write.ids, `${elementType(parent, write.deletionId)}[]`)
  const parentId = `p.${identifier(write.deletionId.column)}`
  const ownId = identifier(by.deletionId.column)
  // The two columns may be of different types, text and uuid.
  const type = columnType(model, by.deletionId)
  const id = type === columnType(parent, write.deletionId) ? parentId : `${parentId}::${type}`
  const set = setList(source, model, assignmentsOf(source, write.columns), write.touch)
  const where = all(
    refersTo(by, 't', 'p'),
    `${parentId} = any(${ids})`,
    predicate(parent, write.from, 'p.'),
    predicate(model, by.where, 't.'),
    write.kind === 'restore' ? `t.${ownId} = ${id}` : ''
  )
  return source.statement(
    [
      `with written as (update ${tableOf(model)} as t set ` +
        `${set}${write.kind === 'mark' ? `, ${ownId} = ${id}` : ''} from ${tableOf(parent)} p`,
      `where ${where} returning 1)`,
      `select count(*)::integer as ${identifier(answer.updated)} from written`
    ].join('\n')
  )
}

/**
 * Chooses rows by the time of their soft deletion and deletes them; what became of them meanwhile is looked at under a
 * lock.
 */
export function purge ({ model, field, before, limit }: PurgeWrite): Statement {
  const source = new Source(model)
  const table = tableOf(model)
  const since = `t.${identifier(field.column)}`
  const keys = model.primaryKey.fields.map(name => identifier(model.ownField(name).column))
  const order = [since, ...keys.map(key => `t.${key}`)].join(', ')
  const first = limit === null ? '' : ` limit ${source.bind(String(limit), 'bigint')}`
  return source.statement(
    [
      `with chosen as materialized (select ${keys.map(key => `t.${key}`).join(', ')} from ${table} t`,
      `where ${since} < ${source.bind(before, columnType(model, field))} order by ${order}${first} for update),`,
      `gone as (delete from ${table} as t using chosen c where ${all(...keys.map(key => `t.${key} = c.${key}`))} ` +
        'returning 1)',
      `select count(*)::integer as ${identifier(answer.deleted)} from gone`
    ].join('\n')
  )
}
