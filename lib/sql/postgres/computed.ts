import type { ComputedQuery } from '../dialect.js'
import type { Statement } from '../runner.js'
import { orderOf } from './ordering.js'
import { fieldExpression } from './select.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { ord } from './write.js'

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
    return `${fieldExpression(field, field.type === 'Json' ? `to_json(${expression})` : expression)} as ${identifier(field.name)}`
  })
  return source.statement(
    [
      `select ${[...columns, ord].join(', ')} from ${tableOf(model)} t join ${source.from()} on ${match}`,
      ...joins
    ].join(' ')
  )
}
