import { readText, type Query } from '../../http/query.js'
import { allOf, type Filter, type Operator } from '../../sql/port/filter.js'
import { didYouMean } from '../../suggest.js'
import { Comparisons, operatorHint } from './compare.js'
import type { ResourceList } from './resource-list.js'
import { parameterPlace } from './place.js'

/** `amount[gte]`, `customer.code` */
const parameter = /^([^[\]]+)(?:\[([^[\]]*)\])?$/

/**
 * Reads the filters of a query: all that is no parameter of the list itself.
 *
 * @param reserved names that are no filters; a field of such a name is reached by `name[equals]`
 */
export function readFilters (list: ResourceList, query: Query, reserved: readonly string[]): Filter | null {
  const comparisons = new Comparisons(list)
  const filters: Filter[] = []
  for (const name of Object.keys(query)) {
    if (reserved.includes(name)) continue
    const [, path = name, operator = 'equals'] = parameter.exec(name) ?? []
    const field = list.filters.get(path)
    const place = parameterPlace(name)
    if (field === undefined) {
      if (list.isLenient) continue
      throw place.unknown(didYouMean(path, [...reserved, ...list.filters.keys()]))
    }
    if (!field.operators.includes(operator as Operator)) throw place.unknown(operatorHint(field, operator))
    filters.push(comparisons.ofText(field, operator as Operator, readText(query, name)!, place))
  }
  return allOf(filters)
}
