import type { Model } from '../../../model/registry.js'
import type { OrderTerm, OrderValue } from '../../port/ordering.js'
import { computedSelect, joinAll } from './filter.js'
import type { Source } from './source.js'
import { elementType, identifier } from '../values/types.js'

/** One term of an order, in the SQL of a statement on `t` with the joins of all of them. */
export interface Sorted extends Pick<OrderTerm, 'nullable' | 'descending'> {
  readonly expression: string
  /** Null where only the database knows it. */
  readonly type: string | null
}

export interface Order {
  /** They neither add rows nor take any away. */
  readonly joins: readonly string[]
  readonly terms: readonly Sorted[]
}

export function orderOf (source: Source, model: Model, terms: readonly OrderTerm[]): Order {
  const joins: string[] = []
  const sorted = terms.map(({ value, nullable, descending }, i): Sorted => {
    const { expression, type } = sortedBy(source, model, value, `o${i}`, joins)
    return { expression, type, nullable, descending }
  })
  return { joins, terms: sorted }
}

/** `a desc, b`, by the expressions given in the place of the terms'. */
export function orderText (
  terms: readonly Sorted[],
  expressions: readonly string[] = terms.map(({ expression }) => expression)
): string {
  return terms.map(({ descending }, i) => `${expressions[i]!}${descending ? ' desc' : ''}`).join(', ')
}

function sortedBy (
  source: Source,
  model: Model,
  value: OrderValue,
  alias: string,
  joins: string[]
): Pick<Sorted, 'expression' | 'type'> {
  switch (value.kind) {
    case 'field': {
      const { links, field } = value
      const last = joinAll(source, links, 't', alias, 'left join', joins)
      return {
        expression: `${last}.${identifier(field.column)}`,
        type: elementType(links.at(-1)?.model ?? model, field)
      }
    }
    case 'aggregate':
    case 'expression': {
      joins.push(`cross join lateral (${computedSelect(source, value, 't', alias)}) ${alias}`)
      return { expression: `${alias}.v`, type: null }
    }
  }
}
