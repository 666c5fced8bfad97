import { answer, type UpsertWrite } from '../dialect.js'
import type { Statement } from '../runner.js'
import { selection } from './select.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { differs, joinKeys, keyAliases, ord, predicate, setList } from './write.js'

/**
 * INSERT … ON CONFLICT DO UPDATE for rows that all name the same fields.
 * A row that would not change is left alone: it is neither written nor returned. `xmax = 0` tells an inserted row,
 * because a row that was updated has been locked by this very transaction.
 */
export function upsert (write: UpsertWrite): Statement {
  const { model, on, returning } = write
  const source = new Source(model)
  const columns = write.columns.filter(column => column.named !== 'none' || column.fallback.kind === 'bind')
  const names = columns.map(column => identifier(column.field.column))
  const values = columns.map(column => source.column(column, 'null'))
  const keys = on.fields.map(name => model.ownField(name))
  const into = `insert into ${tableOf(model)} as t (${names.join(', ')})`
  const conflict = `${conflictTarget(write)} ${conflictAction(source, write)}`
  const inserted = `(t.xmax = 0) as ${identifier(answer.inserted)}`

  if (returning === null) {
    return source.statement([
      `with written as (${into} select ${values.join(', ')} from ${source.from()}`,
      `${conflict} returning ${inserted})`,
      countWritten
    ].join('\n'))
  }
  return source.statement([
    `with input as materialized (select r.ord, ${values.map((value, i) => `${value} as ${names[i]}`).join(', ')} from ${source.from()}),`,
    `written as (${into} select ${names.map(name => `i.${name}`).join(', ')} from input i`,
    `${conflict} returning ${[...selection(returning), ...keyAliases(keys), inserted].join(', ')})`,
    `select w.*, ${ord} from written w join input r on ${joinKeys(keys)}`
  ].join('\n'))
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
    .map(({ field }) => ({ field, value: `excluded.${identifier(field.column)}` }))
  if (assignments.length === 0) return 'do nothing'
  return `do update set ${setList(source, model, assignments, touch)} where ${differs(model, assignments)}`
}
