import { answer, type UpsertWrite } from '../dialect.js'
import type { Statement } from '../runner.js'
import { selection } from './select.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { all, differs, predicate, setList } from './write.js'

/**
 * INSERT … ON CONFLICT DO UPDATE for rows that all name the same fields.
 * A row that would not change is left alone: it is neither written nor returned.
 */
export function upsert (write: UpsertWrite): Statement {
  const { model, returning } = write
  const source = new Source(model)
  const columns = write.columns.filter(column => column.named !== 'none' || column.fallback.kind === 'bind')
  const names = columns.map(column => identifier(column.field.column))
  const values = columns.map(column => source.column(column, 'null'))
  const statement = [
    `insert into ${tableOf(model)} as t (${names.join(', ')}) select ${values.join(', ')} from ${source.from()}`,
    `${conflictTarget(write)} ${conflictAction(source, write)}`,
    `returning ${[...selection(returning ?? []), `${isInserted(source, write)} as ${identifier(answer.inserted)}`].join(', ')}`
  ].join('\n')
  return source.statement(returning === null ? `with written as (${statement}) ${countWritten}` : statement)
}

/**
 * `xmax = 0` tells an inserted row, because a row that was updated has been locked by this very transaction. Rows of a
 * partitioned table come without it: there a row is new that was not seen when the statement began. Which table it is, is
 * looked up once a statement.
 */
function isInserted (source: Source, { model, on }: UpsertWrite): string {
  const same = on.fields.map(name => identifier(model.ownField(name).column)).map(column => `s.${column} = t.${column}`)
  const table = tableOf(model)
  return [
    `case when (select relkind = 'p' from pg_class where oid = ${source.bind(table, 'text')}::regclass)`,
    `then not exists (select from ${table} s where ${all(...same, predicate(model, on.where, 's.'))}) else t.xmax = 0 end`
  ].join(' ')
}

const countWritten = [
  `select count(*) filter (where ${identifier(answer.inserted)})::integer as ${identifier(answer.created)},`,
  `count(*) filter (where not ${identifier(answer.inserted)})::integer as ${identifier(answer.updated)} from written`
].join(' ')

/** The unique set, with the predicate of its index when that is partial. */
export function conflictTarget ({ model, on }: UpsertWrite): string {
  const columns = on.fields.map(name => identifier(model.ownField(name).column)).join(', ')
  const where = predicate(model, on.where)
  return `on conflict (${columns})${where === '' ? '' : ` where ${where}`}`
}

function conflictAction (source: Source, { model, columns, update, touch }: UpsertWrite): string {
  const assignments = columns
    .filter(column => update.has(column.field.name))
    .map(({ field }) => ({ field, value: `excluded.${identifier(field.column)}`, given: null, rest: `t.${identifier(field.column)}` }))
  if (assignments.length === 0) return 'do nothing'
  return `do update set ${setList(source, model, assignments, touch)} where ${differs(model, assignments)}`
}
