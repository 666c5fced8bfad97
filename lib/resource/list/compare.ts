import type { FieldMeta } from '../../model/meta.js'
import type { Comparison, Filter, Operator } from '../../sql/port/filter.js'
import { nearest } from '../../suggest.js'
import { isDecimalText } from '../../text/decimal.js'
import { coerceId } from '../../values/coerce-id.js'
import { expectedOf, InvalidValue, valueReader } from '../../values/value-reader.js'
import type { FilterField } from '../definition/field-path.js'
import { listLimits } from '../definition/list-limits.js'
import type { ResourceList } from './resource-list.js'
import type { Place } from './place.js'

/** Reads the comparisons of one request, and counts them with the groups around them. */
export class Comparisons {
  readonly #list: ResourceList
  #terms = 0

  constructor (list: ResourceList) {
    this.#list = list
  }

  /** What a query says, where every value is text. */
  ofText (field: FilterField, operator: Operator, text: string, place: Place): Filter {
    switch (operator) {
      case 'isnull': {
        if (text !== 'true' && text !== 'false') throw place.invalid('must be true or false')
        return this.#filter(field, operator, text === 'true', place)
      }
      case 'in':
      case 'nin': {
        const parts = text.split(',').map(part => part.trim())
        if (parts.includes('')) throw place.invalid('holds an empty element')
        return this.#filter(
          field,
          operator,
          parts.map(part => coerce(field.element, part)),
          place
        )
      }
      default:
        return this.#filter(field, operator, coerce(field.element, text), place)
    }
  }

  /** What a body says, where values have their types and null is null. */
  ofJson (field: FilterField, operator: Operator, value: unknown, place: Place): Filter {
    if (value === null && (operator === 'equals' || operator === 'ne')) {
      return this.#filter(field, 'isnull', operator === 'equals', place)
    }
    if (operator === 'isnull' && typeof value !== 'boolean') throw place.invalid('must be true or false')
    if ((operator === 'in' || operator === 'nin') && !Array.isArray(value)) {
      throw place.invalid('must be a list of values')
    }
    return this.#filter(field, operator, value, place)
  }

  count (place: Place): void {
    if (++this.#terms > listLimits.terms) {
      throw place.invalid(`is more than the ${listLimits.terms} comparisons and groups that a request may have`)
    }
  }

  #filter (path: FilterField, operator: Operator, value: unknown, place: Place): Filter {
    this.count(place)
    const compared = this.#value(path, operator, value, place)
    const comparison: Comparison = {
      kind: 'compare',
      field: path.field,
      ...(path.of === undefined ? {} : { of: path.of }),
      operator,
      value: compared
    }
    return path.links.reduceRight<Filter>((filter, link) => ({ kind: 'related', link, filter }), comparison)
  }

  #value (path: FilterField, operator: Operator, value: unknown, place: Place): unknown {
    if (operator === 'isnull') return value
    const { model, element } = path
    const isList = operator === 'in' || operator === 'nin'
    const values = isList ? (value as readonly unknown[]) : [value]
    if (values.length === 0) throw place.invalid('holds no value')
    if (values.length > listLimits.values) {
      throw place.invalid(`holds ${values.length} values, which are more than the limit of ${listLimits.values}`)
    }
    // A part of a text may be longer than the text's column is wide, or shorter.
    const compared = isPart(operator) ? { ...element, native: null } : element
    const where = (i: number): string => (isList ? `, at index ${i}` : '')
    const read = values.map((one, i) => {
      const found = one === null ? new InvalidValue('not_null') : valueReader(model, compared)(one)
      if (!(found instanceof InvalidValue)) return found
      throw place.invalid(
        found.code === 'invalid_value'
          ? `is not valid${where(i)}: ${String(found.params['problem'])}`
          : `must be ${expectedOf(model, compared)}${where(i)}${one === null ? '; isnull asks for null' : ''}`
      )
    })
    this.#list.dialect.encode(model, compared, read, (i, _code, { problem, expected }) => {
      throw place.invalid(
        problem === undefined
          ? `must be ${String(expected)}${where(i)}`
          : `is not valid${where(i)}: ${String(problem)}`
      )
    })
    return isList ? read : read[0]
  }
}

/** What to say of an operator that a field does not have. */
export function operatorHint ({ name, operators }: FilterField, operator: string): string {
  const near = nearest(operator, operators)
  // Short names are near to others that mean something else, as `like` is to `lte`.
  const isTypo = near !== undefined && near.slice(0, 2) === operator.slice(0, 2).toLowerCase()
  return isTypo ? `Did you mean "${near}"?` : `Operators of ${name}: ${operators.join(', ')}`
}

function isPart (operator: Operator): boolean {
  return operator === 'contains' || operator === 'startsWith' || operator === 'endsWith'
}

/** An instant, or a time of day, whose offset follows a blank. */
const unescapedOffset = /^((?:\d[\d-]*[T ])?\d[\d:.]+) (\d\d:?\d\d)$/i

/** The text of a query as JSON would have the value; what is none of the type stays text, which the reader refuses. */
function coerce (field: FieldMeta, text: string): unknown {
  switch (field.kind === 'enum' ? 'enum' : field.type) {
    case 'Int':
      return coerceId(field, text)
    case 'Float':
      return isDecimalText(text) ? Number(text) : text
    case 'Boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    // A plus of an offset that was not escaped arrives as a blank.
    case 'DateTime':
      return text.replace(unescapedOffset, '$1+$2')
    default:
      return text
  }
}
