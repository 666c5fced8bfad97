import { answer, type InsertWrite, type WriteColumn } from '../dialect.js'
import type { Statement } from '../runner.js'
import { selection } from './select.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { joinKeys, keyAliases, ord } from './write.js'

/**
 * Counts only: one INSERT … SELECT.
 * With rows: the source is numbered first and joined back by primary key, because RETURNING promises no order.
 */
export function insert (write: InsertWrite): Statement {
  const { model, returning } = write
  const source = new Source(model)
  source.count(write.rows)
  const columns = writtenColumns(write)
  const names = columns.map(column => identifier(column.field.column))
  const values = columns.map(column => source.column(column, 'null'))
  const into = `insert into ${tableOf(model)} as t (${names.join(', ')})`
  const conflict = write.skipDuplicates ? ' on conflict do nothing' : ''

  if (returning === null) {
    return source.statement([
      `with written as (${into} select ${values.join(', ')} from ${source.from()}${conflict} returning 1)`,
      `select count(*)::integer as ${identifier(answer.created)} from written`
    ].join('\n'))
  }
  const keys = model.primaryKey.fields.map(name => model.ownField(name))
  return source.statement([
    `with input as materialized (select r.ord, ${values.map((value, i) => `${value} as ${names[i]}`).join(', ')} from ${source.from()}),`,
    `written as (${into} select ${names.map(name => `i.${name}`).join(', ')} from input i${conflict}`,
    `returning ${[...selection(returning), ...keyAliases(keys)].join(', ')})`,
    `select w.*, ${ord} from written w join input r on ${joinKeys(keys)}`
  ].join('\n'))
}

/**
 * A column that no row names and that the database fills is left out of the statement, unless rows are joined back
 * by it, or nothing else is left to write.
 */
function writtenColumns ({ model, columns, returning }: InsertWrite): readonly WriteColumn[] {
  const isKey = (column: WriteColumn): boolean => model.primaryKey.fields.includes(column.field.name)
  const isFilled = (column: WriteColumn): boolean => column.named === 'none' && column.fallback.kind !== 'bind'
  const isKnown = (column: WriteColumn): boolean => column.fallback.kind === 'sql' || column.fallback.kind === 'sequence'
  const written = columns.filter(column => !isFilled(column) || (returning !== null && isKey(column) && isKnown(column)))
  return written.length > 0 ? written : columns.filter(isKnown).slice(0, 1)
}
