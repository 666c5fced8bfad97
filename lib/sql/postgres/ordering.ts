import type { Model } from '../../model/registry.js'
import type { Link } from '../filter.js'
import type { OrderTerm, OrderValue } from '../ordering.js'
import { counted, linked } from './filter.js'
import type { Source } from './source.js'
import { elementType, identifier } from './types.js'
import { all } from './write.js'

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
export function orderText (terms: readonly Sorted[], expressions: readonly string[] = terms.map(({ expression }) => expression)): string {
  return terms.map(({ descending }, i) => `${expressions[i]!}${descending ? ' desc' : ''}`).join(', ')
}

function sortedBy (source: Source, model: Model, value: OrderValue, alias: string, joins: string[]): Pick<Sorted, 'expression' | 'type'> {
  switch (value.kind) {
    case 'field': {
      const { links, field } = value
      const last = joinAll(source, links, 't', alias, 'left join', joins)
      return { expression: `${last}.${identifier(field.column)}`, type: elementType(links.at(-1)?.model ?? model, field) }
    }
    case 'aggregate': {
      const [first, ...rest] = value.links
      const inner: string[] = []
      const { from, on } = linked(first!, 't', `${alias}c`)
      const last = joinAll(source, rest, `${alias}c`, `${alias}d`, 'join', inner)
      const column = value.field === null ? '*' : `${last}.${identifier(value.field.column)}`
      const taken = `${value.aggregate}(${column})`
      const where = all(on, counted(source, first!, `${alias}c`))
      const text = [`select ${value.aggregate === 'sum' ? `coalesce(${taken}, 0)` : taken} as v from ${from}`, ...inner, `where ${where}`].join(' ')
      joins.push(`cross join lateral (${text}) ${alias}`)
      return { expression: `${alias}.v`, type: null }
    }
    case 'expression': {
      const text = value.parts.map(part => typeof part === 'string' ? part : `t.${identifier(part.column)}`).join('')
      joins.push(`cross join lateral (select (${text}) as v) ${alias}`)
      return { expression: `${alias}.v`, type: null }
    }
  }
}

/** Joins what the links lead to one after the other; gives the alias of the last. */
export function joinAll (source: Source, links: readonly Link[], from: string, alias: string, kind: 'join' | 'left join', joins: string[]): string {
  return links.reduce((before, link, i) => {
    const other = `${alias}_${i}`
    const { from, on } = linked(link, before, other)
    joins.push(`${kind} ${link.through === null ? from : `(${from})`} on ${all(on, counted(source, link, other))}`)
    return other
  }, from)
}
