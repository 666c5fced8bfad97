import { CommonsError } from '../../../errors.js'
import { answer } from '../../port/answer.js'
import type { WriteColumn } from '../../port/statement-parts.js'
import type { InsertWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { keyAlias, selection } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { ord } from '../clauses/assignments.js'

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
  // A key that is counted here although GENERATED ALWAYS AS IDENTITY; one that rows name is for the database to refuse.
  const isCounted = columns.some(({ named, fallback }) => named === 'none' && fallback.kind === 'sequence')
  const into = `insert into ${tableOf(model)} as t (${names.join(', ')})${isCounted ? ' overriding system value' : ''}`
  const conflict = write.skipDuplicates ? ' on conflict do nothing' : ''

  if (returning === null) {
    return source.statement(
      [
        `with written as (${into} select ${values.join(', ')} from ${source.from()}${conflict} returning 1)`,
        `select count(*)::integer as ${identifier(answer.created)} from written`
      ].join('\n')
    )
  }
  const keys = model.primaryKey.fields.map(name => model.ownField(name))
  const aliases = columns.map((_, i) => `x${i}`)
  const written = keys.map((key, i) => {
    const position = columns.findIndex(column => column.field === key)
    if (position === -1) {
      throw new CommonsError('validation_failed', {
        message: `New rows of ${model.name} cannot be given back: only the database knows the default of ${key.name}`
      })
    }
    return { column: identifier(key.column), alias: keyAlias(i), value: `r.x${position}` }
  })
  // Two rows of the input may carry the same key: the first of them was inserted, the other left out.
  const distinct = write.skipDuplicates ? `distinct on (${written.map(({ alias }) => `w.${alias}`).join(', ')}) ` : ''
  return source.statement(
    [
      'with input as materialized (select ' +
        `${['r.ord', ...values.map((value, i) => `${value} as ${aliases[i]}`)].join(', ')} from ${source.from()}),`,
      `written as (${into} select ${aliases.map(alias => `r.${alias}`).join(', ')} from input r${conflict}`,
      'returning ' +
        `${[...selection(returning), ...written.map(({ column, alias }) => `t.${column} as ${alias}`)].join(', ')})`,
      `select ${distinct}w.*, ${ord} from written w join input r on ` +
        `${written.map(({ alias, value }) => `w.${alias} = ${value}`).join(' and ')}`,
      ...(write.skipDuplicates
        ? [`order by ${[...written.map(({ alias }) => `w.${alias}`), 'r.ord'].join(', ')}`]
        : [])
    ].join('\n')
  )
}

/**
 * A column that no row names and that the database fills is left out of the statement, unless rows are joined back
 * by it, or nothing else is left to write.
 */
function writtenColumns ({ model, columns, returning }: InsertWrite): readonly WriteColumn[] {
  const isKey = (column: WriteColumn): boolean => model.primaryKey.fields.includes(column.field.name)
  const isFilled = (column: WriteColumn): boolean => column.named === 'none' && column.fallback.kind !== 'bind'
  const isKnown = (column: WriteColumn): boolean =>
    column.fallback.kind === 'sql' || column.fallback.kind === 'sequence'
  const written = columns.filter(
    column => !isFilled(column) || (returning !== null && isKey(column) && isKnown(column))
  )
  if (written.length > 0) return written
  // An INSERT … SELECT needs a column: one whose default is known, or a null.
  return [columns.find(isKnown) ?? columns.find(column => column.fallback.kind === 'keep')].filter(
    column => column !== undefined
  )
}
