import type { OrderTerm } from '../../sql/port/ordering.js'
import { didYouMean } from '../../suggest.js'
import { listLimits } from '../definition/list-limits.js'
import type { ResourceList } from './resource-list.js'
import { orderOfNames } from './order-names.js'
import { shortened } from '../../text/shorten.js'
import type { Place } from './place.js'

/** Reads `-createdAt`, `title`: what to order by, the minus for descending. */
export function readOrdering (list: ResourceList, names: readonly string[], place: Place): readonly OrderTerm[] {
  if (names.length > listLimits.ordering) {
    throw place.invalid(`names ${names.length} fields, which are more than the limit of ${listLimits.ordering}`)
  }
  const seen = new Set<string>()
  const order = orderOfNames(names, name => {
    const terms = list.orderings.get(name)
    if (terms === undefined) {
      if (list.isLenient) return []
      throw place.invalid(
        `names "${shortened(name)}", which the list cannot be ordered by. ${didYouMean(name, list.orderings.keys())}`
      )
    }
    if (seen.has(name)) throw place.invalid(`names "${name}" twice`)
    seen.add(name)
    return terms
  })
  if (order.length > listLimits.ordering) {
    throw place.invalid(`orders by ${order.length} fields, which are more than the limit of ${listLimits.ordering}`)
  }
  return order.length === 0 ? list.defaultOrdering : order
}
