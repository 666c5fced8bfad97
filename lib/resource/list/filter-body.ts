import { isRow } from '../../store/core/columns.js'
import { allOf, type Filter, type Operator } from '../../sql/port/filter.js'
import { didYouMean } from '../../suggest.js'
import { Comparisons, operatorHint } from './compare.js'
import { listLimits } from '../definition/list-limits.js'
import { filterGroups, type ResourceList } from './resource-list.js'
import { bodyPlace } from './place.js'

type Path = readonly (string | number)[]

/** Reads filters of a body: `{ "amount": { "gte": 1 }, "or": [{ "status": "draft" }, { "note": null }] }`. */
export function readBodyFilters (list: ResourceList, value: unknown): Filter | null {
  const comparisons = new Comparisons(list)

  function readGroup (value: unknown, path: Path, depth: number): Filter | null {
    if (!isRow(value)) throw bodyPlace(path).invalid('must be an object of filters')
    if (depth > listLimits.depth) throw bodyPlace(path).invalid(`is nested deeper than ${listLimits.depth} levels`)
    if (depth > 1) comparisons.count(bodyPlace(path))
    return allOf(
      Object.entries(value).flatMap(([name, one]) => {
        const at = [...path, name]
        if (filterGroups.includes(name)) return [readNested(name, one, at, depth + 1)]
        return readField(name, one, at)
      })
    )
  }

  /** Null where all that stands there is ignored. */
  function readNested (name: string, value: unknown, path: Path, depth: number): Filter | null {
    if (name === 'not') {
      const filter = readPart(value, path, depth)
      return filter === null ? null : { kind: 'not', filter }
    }
    if (!Array.isArray(value) || value.length === 0) {
      throw bodyPlace(path).invalid('must be a list of filters that is not empty')
    }
    const filters = value.map((one, i) => readPart(one, [...path, i], depth)).filter(filter => filter !== null)
    return filters.length === 0 ? null : { kind: name === 'or' ? 'or' : 'and', filters }
  }

  /** A part of a group. An empty object holds for every row; one of unknown filters alone is no part of it. */
  function readPart (value: unknown, path: Path, depth: number): Filter | null {
    const whole: Filter = { kind: 'and', filters: [] }
    return readGroup(value, path, depth) ?? (Object.keys(value as object).length === 0 ? whole : null)
  }

  function readField (name: string, value: unknown, path: Path): Filter[] {
    const field = list.filters.get(name)
    if (field === undefined) {
      if (list.isLenient) return []
      throw bodyPlace(path).unknown(didYouMean(name, [...list.filters.keys(), ...filterGroups]))
    }
    const asked = isRow(value) ? Object.entries(value) : [['equals', value] as const]
    if (asked.length === 0) throw bodyPlace(path).invalid('names no operator')
    return asked.map(([operator, one]) => {
      const at = isRow(value) ? [...path, operator] : path
      if (!field.operators.includes(operator as Operator)) throw bodyPlace(at).unknown(operatorHint(field, operator))
      return comparisons.ofJson(field, operator as Operator, one, bodyPlace(at))
    })
  }

  return readGroup(value, ['filters'], 1)
}
