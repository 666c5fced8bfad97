import { answer } from '../../port/answer.js'
import type { FindQuery, MissingQuery, ReferredQuery, TakenQuery } from '../../port/read-statements.js'
import type { Reference } from '../../port/statement-parts.js'
import type { DeleteWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { condition } from '../clauses/filter.js'
import { heldRows, isHeld, lockInOrder } from './held.js'
import { selection } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { all, assignmentsOf, differing, ord, predicate, versionMatches } from '../clauses/assignments.js'

/**
 * Deletes by key. Counts only: gives the items that had no row, which are looked for only when some row is lacking;
 * else the deleted rows.
 */
export function remove (write: DeleteWrite): Statement {
  const { model, returning } = write
  const source = new Source(model)
  const match = all(source.match(write.keys), predicate(model, write.where, 't.'))
  const where = all(write.lock === undefined ? '' : isHeld, match, versionMatches(source, write.expected))
  const statement = `delete from ${tableOf(model)} as t using input r where ${where}`
  const held = write.lock === undefined ? '' : `,\n${heldRows(model, match, write.lock)}`
  const input = `with input as materialized (select * from ${source.from()})${held}`
  if (returning !== null) {
    return source.statement(`${input}\n${statement} returning ${[...selection(returning), ord].join(', ')}`)
  }
  return source.statement(
    [
      `${input},`,
      `gone as (${statement} returning r.ord)`,
      `select ${ord} from input r where (select count(*) from gone) < ${source.bind(String(write.rows), 'bigint')}`,
      'and not exists (select from gone g where g.ord = r.ord)'
    ].join('\n')
  )
}

/** Reads the rows of the keys; locks are taken in the order of the primary key, whatever the keys are. */
export function find ({ model, keys, where, filter = null, compare, returning, lock }: FindQuery): Statement {
  const source = new Source(model)
  const match = all(source.match(keys), predicate(model, where, 't.'), condition(source, model, filter))
  const compared =
    compare === undefined
      ? []
      : [`${differing(model, assignmentsOf(source, compare))} as ${identifier(answer.differing)}`]
  const columns = [...selection(returning ?? []), ...compared, ord].join(', ')
  return source.statement(
    `select ${columns} from ${tableOf(model)} t join ${source.from()} on ` +
      `${match}${lock === undefined ? '' : ` ${lockInOrder(model, lock)}`}`
  )
}

/** The items whose values another row holds already; an item's own row is none of them. */
export function findTaken ({ model, unique, values, own, live }: TakenQuery): Statement {
  const source = new Source(model)
  const table = tableOf(model)
  const held = predicate(model, unique.where, 't.')
  const answers = (match: string): string => {
    if (live === null) return ord
    return (
      `${ord}, not exists (select from ${table} t where ${all(match, predicate(model, live, 't.'))}) as ` +
      `${identifier(answer.deleted)}`
    )
  }
  if (own === null) {
    const match = all(source.match(values), held)
    return source.statement(
      `select ${answers(match)} from ${source.from()} where exists (select from ${table} t where ${match})`
    )
  }
  const match = values.map(({ field, values }) => {
    const column = identifier(field.column)
    return `t.${column} = coalesce(${source.field(field, values)}, o.${column})`
  })
  const key = model.primaryKey.fields.map(name => identifier(model.ownField(name).column))
  const isOther =
    `(${key.map(column => `t.${column}`).join(', ')}) is distinct from ` +
    `(${key.map(column => `o.${column}`).join(', ')})`
  const mine = all(source.match(own.keys, 'o'), predicate(model, own.where, 'o.'))
  const taken = all(...match, held, isOther)
  return source.statement(
    [
      `select ${answers(taken)} from ${source.from()} left join ${table} o on ${mine}`,
      `where exists (select from ${table} t where ${taken})`
    ].join('\n')
  )
}

/** The items whose key no row has; a key with a null in it refers to nothing and is not missing. */
export function findMissing ({ model, keys, where, filter = null }: MissingQuery): Statement {
  const source = new Source(model)
  const values = keys.map(({ field, values }) => ({
    column: identifier(field.column),
    value: source.field(field, values)
  }))
  const present = values.map(({ value }) => `${value} is not null`)
  const match = all(
    ...values.map(({ column, value }) => `t.${column} = ${value}`),
    predicate(model, where, 't.'),
    condition(source, model, filter)
  )
  return source.statement(
    `select ${ord} from ${source.from()} where ${all(...present)} and not exists (select from ${tableOf(model)} t ` +
      `where ${match})`
  )
}

/** The items whose rows others refer to; a key may select several rows. */
export function findReferred ({ model, keys, where, by }: ReferredQuery): Statement {
  const source = new Source(model)
  const match = all(source.match(keys), predicate(model, where, 't.'))
  const refers = all(refersTo(by, 'c', 't'), predicate(by.model, by.where, 'c.'))
  return source.statement(
    [
      `select distinct ${ord} from ${source.from()} join ${tableOf(model)} t on ${match}`,
      `where exists (select from ${tableOf(by.model)} c where ${refers})`
    ].join('\n')
  )
}

/** The condition that joins referring rows to those that they refer to. */
export function refersTo ({ fields, references }: Reference, child: string, parent: string): string {
  return all(
    ...fields.map(
      (field, i) => `${child}.${identifier(field.column)} = ${parent}.${identifier(references[i]!.column)}`
    )
  )
}
