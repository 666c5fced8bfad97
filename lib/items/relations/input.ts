import { isRow } from '../../store/core/columns.js'
import type { ErrorSink } from '../../store/core/item-errors.js'
import type { Candidate } from '../../store/read/lookup.js'
import type { FieldMeta } from '../../model/meta.js'
import { coerceId } from '../../values/coerce-id.js'
import type { Relation } from '../shape/item-shape.js'
import type { ItemReader, ReadItem, RelatedInput } from '../shape/read-item.js'
import { expectedOf, InvalidValue, valueReader } from '../../values/value-reader.js'

/** Reads the value of a relation that is no list: null, or undefined for a fault. */
export type ReadOne = (value: unknown, index: number, itemErrors: ErrorSink) => RelatedInput | null | undefined

/** Reads the value of a list: undefined for a fault, and for null, which keeps what is there. */
export type ReadMany = (value: unknown, index: number, itemErrors: ErrorSink) => readonly RelatedInput[] | undefined

/** @param readNested reads nested data, where the relation takes them */
export function oneReader (relation: Relation, readNested: ItemReader | null): ReadOne {
  const { name, nullable } = relation
  const read = rowReader(relation, readNested)
  return (value, index, itemErrors) => {
    if (value !== null) return read(value, name, index, itemErrors)
    if (nullable) return null
    itemErrors.add('not_null', index, name)
    return undefined
  }
}

export function manyReader (relation: Relation, readNested: ItemReader | null): ReadMany {
  const { name } = relation
  const read = rowReader(relation, readNested)
  const expected = `a list, each element ${expectedRow(relation)}`
  return (value, index, itemErrors) => {
    if (value === null) return undefined
    if (!Array.isArray(value)) {
      itemErrors.add('invalid_type', index, name, { expected })
      return undefined
    }
    const rows = value.map((element: unknown, place) => read(element, `${name}.${place}`, index, itemErrors))
    return rows.includes(undefined) ? undefined : (rows as RelatedInput[])
  }
}

type ReadRow = (value: unknown, path: string, index: number, itemErrors: ErrorSink) => RelatedInput | undefined

function rowReader (relation: Relation, readNested: ItemReader | null): ReadRow {
  const { write, id, lookup } = relation
  const mistyped = new InvalidValue('invalid_type', { expected: expectedRow(relation) })
  const candidatesOf = candidateReader(relation)
  /** An object that is not taken as data names its row: what was read can be sent back. */
  const nameIn = (value: Readonly<Record<string, unknown>>): FieldMeta | null => {
    if (write.has('id') && Object.hasOwn(value, id.name)) return id
    return write.has('text') && lookup !== null && Object.hasOwn(value, lookup.name) ? lookup : null
  }
  return (value, path, index, itemErrors) => {
    if (readNested !== null && isRow(value)) {
      return nestedInput(relation, readNested(value, index, itemErrors.below(path)), path)
    }
    const field = isRow(value) ? nameIn(value) : null
    const candidates = !isRow(value)
      ? candidatesOf(value)
      : field === null
        ? mistyped
        : candidate(relation, field, value[field.name])
    if (!(candidates instanceof InvalidValue)) return { path, candidates, item: null }
    itemErrors.add(candidates.code, index, field === null ? path : `${path}.${field.name}`, candidates.params)
    return undefined
  }
}

function nestedInput ({ kind, id, lookup }: Relation, item: ReadItem, path: string): RelatedInput {
  const key = item.key[id.name]
  const text = lookup === null ? undefined : item.data[lookup.name]
  // Children are found among those of their parent.
  if (kind === 'children') return { path, candidates: [], item }
  if (key !== undefined) return { path, candidates: [{ field: id, value: key }], item }
  return {
    path,
    candidates: lookup === null || text === undefined || text === null ? [] : [{ field: lookup, value: text }],
    item
  }
}

const numeric: ReadonlySet<string> = new Set(['Int', 'BigInt', 'Float', 'Decimal'])

/** Reads what is no object. */
function candidateReader (relation: Relation): (value: unknown) => readonly Candidate[] | InvalidValue {
  const { write, id, lookup } = relation
  const mistyped = new InvalidValue('invalid_type', { expected: expectedRow(relation) })
  const isTextual = !numeric.has(id.type)
  return value => {
    if (value === '') return new InvalidValue('invalid_value', { problem: 'An empty text names no row' })
    const forms: FieldMeta[] = []
    if (typeof value === 'number') {
      if (write.has('id') && !isTextual) forms.push(id)
    } else if (typeof value === 'string') {
      // Digits are an id before they are a name; any other text is a name before it is an id.
      const isNumeric = !isTextual && /^-?\d+$/.test(value)
      if (write.has('id') && isNumeric) forms.push(id)
      if (write.has('text') && lookup !== null) forms.push(lookup)
      if (write.has('id') && !isNumeric && isTextual) forms.push(id)
    }
    if (forms.length === 0) return mistyped
    const candidates: Candidate[] = []
    let first: InvalidValue | null = null
    for (const form of forms) {
      const read = candidate(relation, form, value)
      if (read instanceof InvalidValue) first ??= read
      else candidates.push(...read)
    }
    return candidates.length > 0 ? candidates : first!
  }
}

function candidate ({ target }: Relation, field: FieldMeta, value: unknown): readonly Candidate[] | InvalidValue {
  const read = value === null ? new InvalidValue('not_null') : valueReader(target, field)(coerceId(field, value))
  return read instanceof InvalidValue ? read : [{ field, value: read }]
}

/** What names a row of the relation, in words. */
export function expectedRow ({ write, target, id, lookup }: Relation): string {
  const ways = [
    ...(write.has('id') ? [`an id (${expectedOf(target, id)})`] : []),
    ...(write.has('text') ? [`a ${lookup!.name} of ${target.name}`] : []),
    ...(write.has('data') ? [`an object of ${target.name}`] : [])
  ]
  return ways.length > 1 ? `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}` : ways[0]!
}
