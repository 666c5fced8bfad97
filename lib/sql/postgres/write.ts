import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { answer, type ExpectedVersion, type Touch, type WriteColumn } from '../dialect.js'
import type { Source } from './source.js'
import { columnType, comparable, identifier } from './types.js'

/** An assignment of an UPDATE: the field, and the value it would get. */
export interface Assignment {
  readonly field: FieldMeta
  readonly value: string
  /** Which rows name the field; null: all of those that the statement writes. */
  readonly given: string | null
}

/** The columns that an UPDATE assigns; those that every row leaves alone are not among them. */
export function assignmentsOf (source: Source, columns: readonly WriteColumn[]): Assignment[] {
  return columns
    .filter(column => column.named !== 'none' || column.fallback.kind !== 'keep')
    .map(column => {
      const given = column.named === 'some' ? source.array(column.given, 'boolean') : null
      return { field: column.field, given, value: source.column(column, `t.${identifier(column.field.column)}`, given) }
    })
}

/**
 * `"a" = x, "version" = t."version" + 1`. A touched field that an item names itself gets the item's value;
 * in the rows of the other items it is touched.
 */
export function setList (source: Source, model: Model, assignments: readonly Assignment[], touch: readonly Touch[]): string {
  const touched = new Map(touch.map(entry => [entry.field.name, entry]))
  const values = assignments.map(({ field, value, given }) => {
    const stamp = touched.get(field.name)
    touched.delete(field.name)
    const isMixed = stamp !== undefined && given !== null
    return `${identifier(field.column)} = ${isMixed ? `case when ${given} then ${value} else ${touchValue(source, model, stamp)} end` : value}`
  })
  const others = [...touched.values()].map(entry => `${identifier(entry.field.column)} = ${touchValue(source, model, entry)}`)
  return [...values, ...others].join(', ')
}

function touchValue (source: Source, model: Model, touch: Touch): string {
  return touch.kind === 'increment' ? `t.${identifier(touch.field.column)} + 1` : source.bind(touch.value, columnType(model, touch.field))
}

/** True where a row of `t` would change. */
export function differs (model: Model, assignments: readonly Assignment[]): string {
  const now = assignments.map(({ field }) => comparable(model, field, `t.${identifier(field.column)}`))
  const then = assignments.map(({ field, value }) => comparable(model, field, value))
  return `(${now.join(', ')}) is distinct from (${then.join(', ')})`
}

/** True where the row has the version the item expects; an item that expects none takes any. */
export function versionMatches (source: Source, expected: ExpectedVersion | null): string {
  if (expected === null) return ''
  const value = source.field(expected.field, expected.values)
  return `(${value} is null or t.${identifier(expected.field.column)} = ${value})`
}

/** The predicate of a partial unique set, written out: an index is only inferred from constants. */
export function predicate (model: Model, where: UniqueMeta['where'], alias = ''): string {
  if (where === null) return ''
  return Object.entries(where).map(([name, value]) => {
    const field = model.ownField(name)
    const column = `${alias}${identifier(field.column)}`
    if (value === null) return `${column} is null`
    const text = field.kind === 'enum' ? model.enumOf(field).values[String(value)] ?? String(value) : String(value)
    return `${column} = '${text.replaceAll("'", "''")}'::${columnType(model, field)}`
  }).join(' and ')
}

/** ` and `-joined, without the empty ones. */
export function all (...conditions: readonly string[]): string {
  return conditions.filter(condition => condition !== '').join(' and ')
}

/** The item's place, as the engine reads it. */
export const ord = `r.ord::integer as ${identifier(answer.ord)}`
