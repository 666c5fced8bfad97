import type { OrderTerm } from '../../sql/ordering.js'
import { didYouMean } from '../../suggest.js'
import { listLimits } from './limits.js'
import type { ResourceList } from './options.js'
import { shortened, type Place } from './place.js'

/** Reads `-createdAt`, `title`: what to order by, the minus for descending. */
export function readOrdering (list: ResourceList, names: readonly string[], place: Place): readonly OrderTerm[] {
  if (names.length > listLimits.ordering) throw place.invalid(`names ${names.length} fields, which are more than the limit of ${listLimits.ordering}`)
  const terms = new Map<string, OrderTerm>()
  for (const text of names) {
    const name = text.replace(/^-/, '')
    const choice = list.orderings.get(name)
    if (choice === undefined) {
      if (list.isLenient) continue
      throw place.invalid(`names "${shortened(name)}", which the list cannot be ordered by. ${didYouMean(name, list.orderings.keys())}`)
    }
    if (terms.has(name)) throw place.invalid(`names "${name}" twice`)
    terms.set(name, { ...choice, descending: text !== name })
  }
  return terms.size === 0 ? list.defaultOrdering : [...terms.values()]
}
