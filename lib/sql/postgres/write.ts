import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { answer, type ExpectedVersion, type Touch, type WriteColumn } from '../dialect.js'
import type { Source } from './source.js'
import { columnType, comparable, identifier } from './types.js'

/** An assignment of an UPDATE: the field, and the value it would get. */
export interface Assignment {
  readonly field: FieldMeta
  readonly value: string
}

/** The columns that an UPDATE assigns; those that every row leaves alone are not among them. */
export function assignmentsOf (source: Source, columns: readonly WriteColumn[]): Assignment[] {
  return columns
    .filter(column => column.named !== 'none' || column.fallback.kind !== 'keep')
    .map(column => ({ field: column.field, value: source.column(column, `t.${identifier(column.field.column)}`) }))
}

/** `"a" = x, "version" = t."version" + 1`. */
export function setList (source: Source, model: Model, assignments: readonly Assignment[], touch: readonly Touch[]): string {
  const values = assignments.map(({ field, value }) => `${identifier(field.column)} = ${value}`)
  const touches = touch.map(entry => {
    const column = identifier(entry.field.column)
    return `${column} = ${entry.kind === 'increment' ? `t.${column} + 1` : source.bind(entry.value, columnType(model, entry.field))}`
  })
  return [...values, ...touches].join(', ')
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

/** Key columns of written rows, under names that no returned field can have. */
export function keyAliases (keys: readonly FieldMeta[]): string[] {
  return keys.map(({ column }) => `t.${identifier(column)} as ${identifier(`$${column}`)}`)
}

/** Joins written rows `w` back to the input `r` by those key columns. */
export function joinKeys (keys: readonly FieldMeta[]): string {
  return keys.map(({ column }) => `w.${identifier(`$${column}`)} = r.${identifier(column)}`).join(' and ')
}

/** The item's place, as the engine reads it. */
export const ord = `r.ord::integer as ${identifier(answer.ord)}`
