import { defaultValue } from '../../model/default-value.js'
import { scaleCheck } from '../../model/decimal-scale.js'
import type { FieldMeta } from '../../model/meta.js'
import { didYouMean } from '../../suggest.js'
import type { Fallback, KeyColumn, WriteColumn } from '../../sql/port/statement-parts.js'
import type { Chunk } from './chunk.js'
import type { WriteContext, InputRow } from './write-context.js'
import type { ItemErrors } from './item-errors.js'

/** The values of one field over a chunk, and how many rows name it. */
export interface FieldValues {
  readonly field: FieldMeta
  readonly values: readonly unknown[]
  readonly named: number
}

/**
 * Turns a chunk from rows into fields. Faults: an item that is no object, a name the model does not have, a relation.
 * Fields that no row names are left out.
 */
export function readFields (context: WriteContext, chunk: Chunk, itemErrors: ItemErrors): Map<string, FieldValues> {
  const { model } = context
  const rows = chunk.rows.map((row, i) => {
    if (isRow(row)) return row
    itemErrors.add('invalid_type', chunk.indexes[i]!, undefined, { expected: 'an object' })
    return {}
  })
  const found = new Map<string, FieldValues>()
  const namedOf = new Array<number>(rows.length).fill(0)
  const isWhole = (): boolean => rows.every((row, i) => Object.keys(row).length === namedOf[i])
  const take = (field: FieldMeta): void => {
    const values = valuesOf(field, rows)
    let named = 0
    for (let i = 0; i < values.length; i++) {
      if (values[i] === undefined) continue
      named++
      namedOf[i]!++
    }
    if (named > 0) found.set(field.name, { field, values, named })
  }
  // Rows mostly name the same fields: those of the first row, and then there is nothing else to look for.
  const [first = {}] = rows
  const [likely, others] = partition(model.writtenFields, field => first[field.name] !== undefined)
  likely.forEach(take)
  if (isWhole()) return found
  others.forEach(take)
  if (!isWhole()) rows.forEach((row, i) => reportUnknown(context, row, chunk.indexes[i]!, itemErrors))
  return found
}

function valuesOf (field: FieldMeta, rows: readonly InputRow[]): unknown[] {
  const { name } = field
  const isInherited = name in Object.prototype
  return rows.map(row => (isInherited && !Object.hasOwn(row, name) ? undefined : row[name]))
}

function partition<T> (list: readonly T[], isFirst: (element: T) => boolean): [T[], T[]] {
  return [list.filter(isFirst), list.filter(element => !isFirst(element))]
}

/** An item without what it inherits from a class of the caller's, which Prisma does not read either. */
export function ownRow<Item> (item: Item): Item {
  if (!isRow(item)) return item
  const prototype: unknown = Object.getPrototypeOf(item)
  return prototype === Object.prototype || prototype === null ? item : { ...item }
}

/** True for what can be an item at all. */
export function isRow (row: unknown): row is InputRow {
  return typeof row === 'object' && row !== null && !Array.isArray(row)
}

function reportUnknown ({ model }: WriteContext, row: InputRow, index: number, itemErrors: ItemErrors): void {
  for (const name of Object.keys(row)) {
    if (model.field(name) !== undefined || row[name] === undefined) continue
    const relation = model.relation(name)
    const hint =
      relation === undefined
        ? didYouMean(name, model.fieldNames)
        : relation.fields.length > 0
          ? `Write the relation by its key: ${relation.fields.join(', ')}`
          : 'Bulk rows carry no nested relations'
    itemErrors.add('unknown_field', index, name, { field: name, hint })
  }
}

/** Encodes one field of the chunk; what the field cannot hold becomes a fault of its item. */
export function encodeField (
  context: WriteContext,
  chunk: Chunk,
  { field, values }: Pick<FieldValues, 'field' | 'values'>,
  itemErrors: ItemErrors
): string | null {
  const refused = new Set<number>()
  const text = context.dialect.encode(context.model, field, values, (position, code, params) => {
    refused.add(position)
    itemErrors.add(code, chunk.indexes[position]!, field.name, params)
  })
  const scale = context.exactDecimals ? scaleCheck(field) : null
  if (scale === null) return text
  for (let position = 0; position < values.length; position++) {
    const value = values[position]
    if (scale.keeps(isSet(value) ? value.set : value) || refused.has(position)) continue
    itemErrors.add('invalid_value', chunk.indexes[position]!, field.name, { problem: scale.problem })
  }
  return text
}

/** A list as Prisma takes it in updates. */
function isSet (value: unknown): value is { readonly set: unknown } {
  return isRow(value) && 'set' in value
}

/** The key fields of the items, encoded; a value that no key can have finds nothing. */
export function keyColumns (
  context: WriteContext,
  chunk: Chunk,
  fields: readonly string[],
  itemErrors: ItemErrors
): KeyColumn[] {
  return fields.map(name => {
    const field: FieldMeta = context.model.ownField(name)
    return {
      field,
      values: encodeField(context, chunk, { field, values: chunk.rows.map(row => row?.[name]) }, itemErrors)
    }
  })
}

/** One column of the statement from what the rows name. */
export function columnOf (
  context: WriteContext,
  chunk: Chunk,
  field: FieldMeta,
  found: FieldValues | undefined,
  fallback: Fallback,
  itemErrors: ItemErrors
): WriteColumn {
  if (found === undefined) return { field, named: 'none', values: null, given: null, fallback }
  const isEvery = found.named === chunk.rows.length
  return {
    field,
    named: isEvery ? 'every' : 'some',
    values: encodeField(context, chunk, found, itemErrors),
    given: isEvery ? null : context.dialect.encodeFlags(found.values.map(value => value !== undefined)),
    fallback
  }
}

/** What an INSERT gives to rows that do not name the field; null when only the row can give it. */
export function insertFallback (
  { model, dialect, now }: WriteContext,
  field: FieldMeta,
  stamps: ReadonlyMap<string, unknown>
): Fallback | null {
  const bind = (value: unknown): Fallback => ({ kind: 'bind', value: dialect.encodeValue(model, field, value) })
  if (stamps.has(field.name)) return bind(stamps.get(field.name))
  const declared = field.default
  if (declared === null) return field.required && !field.list ? null : { kind: 'keep' }
  if (declared.kind === 'value') return bind(defaultValue(field))
  // Values that the client makes are in the rows by now.
  if (declared.kind === 'client') return { kind: 'keep' }
  if (declared.name === 'autoincrement') return { kind: 'sequence' }
  // Prisma takes now() from its own clock as well: the database's would be in the zone of the session.
  if (declared.name === 'now') return bind(now)
  return declared.sql === null ? { kind: 'default' } : { kind: 'sql', expression: declared.sql }
}
