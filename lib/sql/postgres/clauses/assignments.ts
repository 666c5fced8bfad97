import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import { answer } from '../../port/answer.js'
import { notNull, type RowCondition } from '../../port/row-condition.js'
import type { ExpectedVersion, Touch, WriteColumn } from '../../port/statement-parts.js'
import type { Source } from './source.js'
import { columnType, comparable, identifier } from '../values/types.js'

/** An assignment of an UPDATE. */
export interface Assignment {
  readonly field: FieldMeta
  /** What the items that name the field say; where none does, what all rows get. */
  readonly value: string
  /** Which items name the field; null: no need to tell. */
  readonly given: string | null
  /** What the rows of the other items get. */
  readonly rest: string
}

/** The columns that an UPDATE assigns; those that every row leaves alone are not among them. */
export function assignmentsOf (source: Source, columns: readonly WriteColumn[]): Assignment[] {
  return columns
    .filter(column => column.named !== 'none' || column.fallback.kind !== 'keep')
    .map(({ field, named, values, given, fallback }) => {
      const keep = `t.${identifier(field.column)}`
      if (named === 'every') return { field, value: source.field(field, values), given: null, rest: keep }
      if (named === 'none') return { field, value: source.fallback(field, fallback, keep), given: null, rest: keep }
      return {
        field,
        value: source.field(field, values),
        given: source.array(given, 'boolean'),
        rest: source.fallback(field, fallback, keep)
      }
    })
}

/** The value that a row is to have, given what the rows get whose items do not name the field. */
function valueOf ({ value, given }: Assignment, rest: string): string {
  return given === null ? value : `case when ${given} then ${value} else ${rest} end`
}

/**
 * `"a" = x, "version" = t."version" + 1`. A touched field that an item names itself gets the item's value;
 * in the rows of the other items it is touched.
 */
export function setList (
  source: Source,
  model: Model,
  assignments: readonly Assignment[],
  touch: readonly Touch[]
): string {
  const touched = new Map(touch.map(entry => [entry.field.name, entry]))
  const values = assignments.map(assignment => {
    const { field, given, rest } = assignment
    const stamp = touched.get(field.name)
    touched.delete(field.name)
    return (
      `${identifier(field.column)} = ` +
      `${valueOf(assignment, stamp === undefined || given === null ? rest : touchValue(source, model, stamp))}`
    )
  })
  const others = [...touched.values()].map(
    entry => `${identifier(entry.field.column)} = ${touchValue(source, model, entry)}`
  )
  return [...values, ...others].join(', ')
}

function touchValue (source: Source, model: Model, touch: Touch): string {
  return touch.kind === 'increment'
    ? `t.${identifier(touch.field.column)} + 1`
    : source.bind(touch.value, columnType(model, touch.field))
}

/** True where a row of `t` would change. */
export function differs (model: Model, assignments: readonly Assignment[]): string {
  const now = assignments.map(({ field }) => comparable(model, field, `t.${identifier(field.column)}`))
  const then = assignments.map(assignment => comparable(model, assignment.field, valueOf(assignment, assignment.rest)))
  return `(${now.join(', ')}) is distinct from (${then.join(', ')})`
}

/** True where a row of `t` is to be written: where it would change, and where `forced` holds; null: nowhere. */
export function changes (model: Model, assignments: readonly Assignment[], forced: string | null): string {
  const differing = assignments.length === 0 ? [] : [differs(model, assignments)]
  return forced === null ? differing.join() : `(${[...differing, forced].join(' or ')})`
}

/** `setList`, or where nothing is to be set a key that stays as it is, so that the row counts as written. */
export function setSomething (
  source: Source,
  model: Model,
  assignments: readonly Assignment[],
  touch: readonly Touch[]
): string {
  const key = identifier(model.ownField(model.primaryKey.fields[0]!).column)
  return setList(source, model, assignments, touch) || `${key} = t.${key}`
}

/** The names of the fields in which a row of `t` would change, as a JSON list. */
export function differing (model: Model, assignments: readonly Assignment[]): string {
  const names = assignments.map(assignment => {
    const { field, rest } = assignment
    const [now, then] = [`t.${identifier(field.column)}`, valueOf(assignment, rest)].map(value =>
      comparable(model, field, value)
    )
    return `case when ${now} is distinct from ${then} then '${field.name}' end`
  })
  return `to_json(array_remove(array[${names.join(', ')}]::text[], null))::text`
}

/** True where the row has the version the item expects; an item that expects none takes any. */
export function versionMatches (source: Source, expected: ExpectedVersion | null): string {
  if (expected === null) return ''
  const value = source.field(expected.field, expected.values)
  return `(${value} is null or t.${identifier(expected.field.column)} = ${value})`
}

/** A condition on rows, written out: the index of a partial unique index is only inferred from constants. */
export function predicate (model: Model, where: RowCondition, alias = ''): string {
  if (where === null) return ''
  return Object.entries(where)
    .map(([name, value]) => {
      const field = model.ownField(name)
      const column = `${alias}${identifier(field.column)}`
      if (value === null) return `${column} is null`
      if (value === notNull) return `${column} is not null`
      const text = field.kind === 'enum' ? (model.enumOf(field).values[String(value)] ?? String(value)) : String(value)
      return `${column} = '${text.replaceAll("'", "''")}'::${columnType(model, field)}`
    })
    .join(' and ')
}

/** ` and `-joined, without the empty ones. */
export function all (...conditions: readonly string[]): string {
  return conditions.filter(condition => condition !== '').join(' and ')
}

/** The item's place, as the engine reads it. */
export const ord = `r.ord::integer as ${identifier(answer.ord)}`
