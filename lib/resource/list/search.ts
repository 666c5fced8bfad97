import { allOf, type Filter } from '../../sql/port/filter.js'
import { Comparisons } from './compare.js'
import { listLimits } from '../definition/list-limits.js'
import type { ResourceList } from './resource-list.js'
import type { Place } from './place.js'

/** The rows that have every word of a text in one of the fields to search, each word in whichever. */
export function searchFilter (list: ResourceList, text: string, place: Place): Filter | null {
  if (text.length > listLimits.searchLength) {
    throw place.invalid(`has ${text.length} characters, which are more than the limit of ${listLimits.searchLength}`)
  }
  const words = text.split(/\s+/).filter(word => word !== '')
  if (words.length > listLimits.words) {
    throw place.invalid(`has ${words.length} words, which are more than the limit of ${listLimits.words}`)
  }
  return allOf(
    words.map(word => {
      // The number of comparisons is the developer's choice here.
      const comparisons = list.search.map(field => new Comparisons(list).ofText(field, 'contains', word, place))
      return comparisons.length === 1 ? comparisons[0]! : { kind: 'or', filters: comparisons }
    })
  )
}
