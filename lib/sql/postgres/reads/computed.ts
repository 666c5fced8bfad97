import type { ComputedQuery } from '../../port/read-statements.js'
import type { Statement } from '../../port/runner.js'
import { orderOf } from '../clauses/ordering.js'
import { fieldExpression } from '../clauses/select.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { ord } from '../clauses/assignments.js'

/** Computes values for the rows of some keys. */
export function computed ({ model, keys, values }: ComputedQuery): Statement {
  const source = new Source(model)
  const { joins, terms } = orderOf(
    source,
    model,
    values.map(({ value, field }) => ({ name: field.name, value, nullable: true, descending: false }))
  )
  const match = source.match(keys)
  const columns = terms.map(({ expression }, i) => {
    const { field } = values[i]!
    return (
      `${fieldExpression(field, field.type === 'Json' ? `to_json(${expression})` : expression)} as ` +
      `${identifier(field.name)}`
    )
  })
  return source.statement(
    [
      `select ${[...columns, ord].join(', ')} from ${tableOf(model)} t join ${source.from()} on ${match}`,
      ...joins
    ].join(' ')
  )
}
