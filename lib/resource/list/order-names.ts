import { reversed, type OrderTerm } from '../../sql/port/ordering.js'

/**
 * The order that some names give, each with a minus for descending, which turns a name of several terms around as a
 * whole. A term that comes a second time decides nothing and is left out.
 */
export function orderOfNames (
  names: readonly string[],
  termsOf: (name: string) => readonly OrderTerm[]
): readonly OrderTerm[] {
  const order = new Map<string, OrderTerm>()
  for (const text of names) {
    const name = text.replace(/^-/, '')
    const terms = termsOf(name)
    for (const term of text === name ? terms : reversed(terms)) {
      if (!order.has(term.name)) order.set(term.name, term)
    }
  }
  return [...order.values()]
}
