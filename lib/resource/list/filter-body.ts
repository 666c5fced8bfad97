import { isRow } from '../../bulk/columns.js'
import { allOf, type Filter, type Operator } from '../../sql/filter.js'
import { didYouMean } from '../../suggest.js'
import { Comparisons, operatorHint } from './compare.js'
import { listLimits } from './limits.js'
import { groups, type ResourceList } from './options.js'
import { bodyPlace } from './place.js'

type Path = readonly (string | number)[]

/** Reads filters of a body: `{ "amount": { "gte": 1 }, "or": [{ "status": "draft" }, { "note": null }] }`. */
export function readBodyFilters (list: ResourceList, value: unknown): Filter | null {
  const comparisons = new Comparisons(list)

  function readGroup (value: unknown, path: Path, depth: number): Filter | null {
    if (!isRow(value)) throw bodyPlace(path).invalid('must be an object of filters')
    if (depth > listLimits.depth) throw bodyPlace(path).invalid(`is nested deeper than ${listLimits.depth} levels`)
    if (depth > 1) comparisons.count(bodyPlace(path))
    return allOf(Object.entries(value).flatMap(([name, one]) => {
      const at = [...path, name]
      if (groups.includes(name)) return [readNested(name, one, at, depth + 1)]
      return readField(name, one, at)
    }))
  }

  function readNested (name: string, value: unknown, path: Path, depth: number): Filter {
    const whole: Filter = { kind: 'and', filters: [] }
    if (name === 'not') return { kind: 'not', filter: readGroup(value, path, depth) ?? whole }
    if (!Array.isArray(value) || value.length === 0) throw bodyPlace(path).invalid('must be a list of filters that is not empty')
    return { kind: name === 'or' ? 'or' : 'and', filters: value.map((one, i) => readGroup(one, [...path, i], depth) ?? whole) }
  }

  function readField (name: string, value: unknown, path: Path): Filter[] {
    const field = list.filters.get(name)
    if (field === undefined) {
      if (list.isLenient) return []
      throw bodyPlace(path).unknown(didYouMean(name, [...list.filters.keys(), ...groups]))
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
