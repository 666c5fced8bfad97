import type { Model } from '../../../model/registry.js'
import { answer } from '../../port/answer.js'
import type { UpsertWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { selection } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { all, differs, predicate, setList } from '../clauses/assignments.js'

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
  const flags = [`${isInserted(source, write)} as ${identifier(answer.inserted)}`]
  const learns = write.partitioned === undefined
  if (learns) flags.push(`${isPartitioned(source, model)} as ${identifier(answer.partitioned)}`)
  const statement = [
    `insert into ${tableOf(model)} as t (${names.join(', ')}) select ${values.join(', ')} from ${source.from()}`,
    `${conflictTarget(write)} ${conflictAction(source, write)}`,
    `returning ${[...selection(returning ?? []), ...flags].join(', ')}`
  ].join('\n')
  return source.statement(returning === null ? `with written as (${statement}) ${countWritten(learns)}` : statement)
}

/**
 * `xmax = 0` tells an inserted row, because a row that was updated has been locked by this very transaction. Rows of a
 * partitioned table come without it: there a row is new that was not visible when the statement began. Planning that
 * subquery costs a small upsert a tenth of its time, so a table that is known not to be partitioned goes without it.
 */
function isInserted (source: Source, { model, on, partitioned }: UpsertWrite): string {
  if (partitioned === false) return 't.xmax = 0'
  const table = tableOf(model)
  const same = on.fields
    .map(name => identifier(model.ownField(name).column))
    .map(column => `s.${column} = t.${column}`)
  const isNew = `not exists (select from ${table} s where ${all(...same, predicate(model, on.where, 's.'))})`
  return partitioned === true ? isNew : `case when ${isPartitioned(source, model)} then ${isNew} else t.xmax = 0 end`
}

function isPartitioned (source: Source, model: Model): string {
  return `(select relkind = 'p' from pg_class where oid = ${source.bind(tableOf(model), 'text')}::regclass)`
}

function countWritten (learns: boolean): string {
  const counts = [
    `count(*) filter (where ${identifier(answer.inserted)})::integer as ${identifier(answer.created)}`,
    `count(*) filter (where not ${identifier(answer.inserted)})::integer as ${identifier(answer.updated)}`
  ]
  if (learns) counts.push(`bool_or(${identifier(answer.partitioned)}) as ${identifier(answer.partitioned)}`)
  return `select ${counts.join(', ')} from written`
}

/** The unique constraint, with the predicate of its index when that is partial. */
export function conflictTarget ({ model, on }: UpsertWrite): string {
  const columns = on.fields.map(name => identifier(model.ownField(name).column)).join(', ')
  const where = predicate(model, on.where)
  return `on conflict (${columns})${where === '' ? '' : ` where ${where}`}`
}

function conflictAction (source: Source, { model, columns, update, touch }: UpsertWrite): string {
  const assignments = columns
    .filter(column => update.has(column.field.name))
    .map(({ field }) => ({
      field,
      value: `excluded.${identifier(field.column)}`,
      given: null,
      rest: `t.${identifier(field.column)}`
    }))
  if (assignments.length === 0) return 'do nothing'
  return `do update set ${setList(source, model, assignments, touch)} where ${differs(model, assignments)}`
}
