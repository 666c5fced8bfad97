import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { WriteContext, InputRow } from './write-context.js'
import type { ItemErrors } from './item-errors.js'
import { sortable } from './sortable.js'

/**
 * What tells one row from another: a number where the key is one small integer, else a text; null where a value is
 * missing.
 */
export type RowKey = string | number | null

/** The key of each row in a unique constraint. */
export function rowKeys (
  { model, dialect }: Pick<WriteContext, 'model' | 'dialect'>,
  unique: Pick<UniqueMeta, 'fields'>,
  rows: readonly InputRow[]
): RowKey[] {
  const fields = unique.fields.map(name => model.ownField(name))
  const [first] = fields
  if (fields.length === 1 && first !== undefined) {
    return rows.map(row => {
      const value = row?.[first.name]
      if (isSmallInteger(first, value)) return value
      const text = dialect.keyText(first, value)
      return text === null ? null : sortable(model, first, text)
    })
  }
  return rows.map(row => {
    let text = ''
    for (const field of fields) {
      const part = dialect.keyText(field, row?.[field.name])
      if (part === null) return null
      // No stored text has a NUL, so that ("a", "bc") and ("ab", "c") stay apart, and all are in the order of their
      // fields.
      text += `${sortable(model, field, part)}\0`
    }
    return text
  })
}

function isSmallInteger (field: FieldMeta, value: unknown): value is number {
  return field.type === 'Int' && typeof value === 'number'
}

/** Items in the order of their keys, and the groups of items that share one. */
export interface KeyedItems {
  /** Statements that run side by side lock rows in this one order, so that none waits for another in a circle. */
  readonly order: readonly number[]
  readonly repeated: readonly (readonly number[])[]
}

/** Sorts items by key; what comes sorted already, as files and clients often send it, is only looked over. */
export function sortByKey (keys: readonly RowKey[]): KeyedItems {
  const indexes = Array.from(keys.keys())
  if (indexes.every(index => index === 0 || compare(keys[index - 1]!, keys[index]!) < 0)) {
    return { order: indexes, repeated: [] }
  }
  const order = indexes.sort((a, b) => compare(keys[a]!, keys[b]!) || a - b)
  const repeated: number[][] = []
  order.forEach((index, place) => {
    const before = order[place - 1]
    if (before === undefined || keys[index] === null || keys[index] !== keys[before]) return
    const group = repeated.at(-1)
    if (group?.at(-1) === before) group.push(index)
    else repeated.push([before, index])
  })
  return { order, repeated }
}

/** Numbers before texts; any order serves that is the same everywhere. Nulls never clash, so they stand apart. */
function compare (a: RowKey, b: RowKey): number {
  if (typeof a === typeof b && a !== null && b !== null) return a < b ? -1 : a > b ? 1 : 0
  return rank(a) - rank(b)
}

function rank (key: RowKey): number {
  return key === null ? 0 : typeof key === 'number' ? 1 : 2
}

/**
 * Rows of one request with the same unique values are found before any SQL. Partial sets are left to the database,
 * which knows the rows they hold for.
 */
export function reportRepeatedRows (
  context: WriteContext,
  uniques: readonly UniqueMeta[],
  rows: readonly InputRow[],
  itemErrors: ItemErrors
): void {
  for (const unique of uniques) {
    if (
      unique.where !== null ||
      !unique.fields.every(field => rows.some(row => row?.[field] !== undefined && row[field] !== null))
    ) {
      continue
    }
    reportRepeated(unique, sortByKey(rowKeys(context, unique, rows)).repeated, itemErrors)
  }
}

/** Indexes that one message lists; the other items of the group are named by their own faults. */
const shownIndexes = 100

/** Every item of a repeated key is at fault, and told where the others stand. */
export function reportRepeated (
  unique: Pick<UniqueMeta, 'fields'>,
  groups: readonly (readonly number[])[],
  itemErrors: ItemErrors
): void {
  for (const group of groups) {
    for (const index of group) {
      itemErrors.add('duplicate_key', index, unique.fields.length === 1 ? unique.fields[0] : undefined, {
        fields: unique.fields,
        indexes: group.slice(0, shownIndexes),
        ...(group.length > shownIndexes ? { count: group.length } : {})
      })
    }
  }
}

/** A row by its key, for messages. */
export function keyParams (model: Model, { fields }: UniqueMeta, row: InputRow): Readonly<Record<string, unknown>> {
  const [field, ...others] = fields
  if (others.length > 0) return { model: model.name, key: fields, value: fields.map(field => row[field]) }
  return { model: model.name, key: field, value: row[field!] }
}
