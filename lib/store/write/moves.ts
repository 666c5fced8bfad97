import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import { notNull, type RowCondition } from '../../sql/port/row-condition.js'
import { chunksOf, partOf, type Chunk } from '../core/chunk.js'
import { encodeField, keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { rowKeys, type RowKey } from '../core/keys.js'
import { readStored } from '../core/stored-rows.js'
import type { Selection } from '../core/selector.js'

/**
 * Unique values that move from row to row within one batch: a swap, a shift of positions, a flag that another row takes
 * over. PostgreSQL checks each row as it is written, so the order of the writing decides whether a value is free.
 */
export interface Moves {
  /** Rows that give a value away and wait for another: until they are written they hold a value that nobody has. */
  readonly parked: readonly Parked[]
  /** The items that wait for a value of another row; all others are written before. */
  readonly waiting: ReadonlySet<number>
}

interface Parked {
  readonly unique: UniqueMeta
  readonly field: FieldMeta
  /** Primary keys. */
  readonly keys: readonly InputRow[]
  /** Rows that name the values which the batch writes to the field. */
  readonly written: readonly InputRow[]
  /** What the rows are to hold in the end. */
  readonly targets: readonly RowKey[]
}

/**
 * How the items of a batch can be written whose rows take unique values from each other. Null where none does, or where
 * a row would have to hold a value for the time being that its column has no room for, as an enum has none.
 *
 * @param rows what each item writes
 * @param own how each finds its row
 */
export async function planMoves (
  context: WriteContext,
  rows: readonly InputRow[],
  own: Selection
): Promise<Moves | null> {
  const { model } = context
  const uniques = model.meta.uniques.filter(
    unique => !unique.primary && unique !== own.unique && writesAny(rows, unique)
  )
  if (uniques.length === 0) return null
  const fields = [
    ...model.primaryKey.fields,
    ...uniques.flatMap(({ fields, where }) => [...fields, ...Object.keys(where ?? {})])
  ]
  const stored = await readStored(
    context,
    own,
    [...new Set(fields)].map(name => model.ownField(name))
  )
  const wanted = rows.map((row, index) => ({ ...stored.get(index), ...row }))
  const waiting = new Set<number>()
  const parked: Parked[] = []
  const leaving = uniques.map(unique => {
    const present = keysWithin(
      context,
      unique,
      rows.map((_, index) => stored.get(index) ?? {})
    )
    const targets = keysWithin(context, unique, wanted)
    const holders = new Map(present.map((key, index) => [key, index]))
    const isMoving = (index: number): boolean => targets[index] !== present[index]
    const left = new Set<number>()
    targets.forEach((key, index) => {
      const holder = key === null || !isMoving(index) ? undefined : holders.get(key)
      if (holder === undefined || !isMoving(holder)) return
      waiting.add(index)
      left.add(holder)
    })
    return { unique, targets, left: [...left] }
  })
  for (const { unique, targets, left } of leaving) {
    const between = left.filter(index => waiting.has(index))
    if (between.length === 0) continue
    const field = parkingField(
      context,
      unique,
      own.unique,
      between.map(index => rows[index]!)
    )
    if (field === undefined) return null
    parked.push({
      unique,
      field,
      written: rows,
      keys: between.map(index => stored.get(index)!),
      targets: between.map(index => targets[index]!)
    })
  }
  return waiting.size === 0 ? null : { parked, waiting }
}

/** Takes the rows out of each other's way, in the transaction of the write. */
export async function parkRows (context: WriteContext, { parked }: Moves): Promise<void> {
  const { dialect, model, runner } = context
  for (const { field, keys, written } of parked) {
    const all = { rows: written, indexes: [...written.keys()] }
    const values = encodeField(context, all, { field, values: written.map(row => row[field.name]) }, new ItemErrors())
    for (const chunk of chunksOf(keys, context.chunkRows)) {
      const columns = keyColumns(context, chunk, model.primaryKey.fields, new ItemErrors())
      await runner.query(dialect.park({ model, field, keys: columns, written: values })!)
    }
  }
}

/** False where a row was left with the value that it held meanwhile: then the write must be undone. */
export async function haveArrived (context: WriteContext, { parked }: Moves): Promise<boolean> {
  const { model } = context
  for (const { unique, keys, targets } of parked) {
    const fields = [...unique.fields, ...Object.keys(unique.where ?? {})].map(name => model.ownField(name))
    const stored = await readStored(context, { unique: model.primaryKey, rows: keys, where: null }, fields)
    const present = keysWithin(
      context,
      unique,
      keys.map((_, index) => stored.get(index) ?? {})
    )
    if (present.some((key, index) => key !== targets[index])) return false
  }
  return true
}

/** The chunks in the order of the writing: first the items that wait for no other. */
export function inWaves (chunks: readonly Chunk[], moves: Moves | null): readonly Chunk[] {
  if (moves === null) return chunks
  const wave = (waits: boolean): Chunk[] =>
    chunks.map(chunk => partOf(chunk, i => moves.waiting.has(chunk.indexes[i]!) === waits))
  return [...wave(false), ...wave(true)].filter(({ rows }) => rows.length > 0)
}

function writesAny (rows: readonly InputRow[], { fields, where }: UniqueMeta): boolean {
  const names = [...fields, ...Object.keys(where ?? {})]
  return rows.some(row => names.some(name => row[name] !== undefined))
}

/** The keys of rows in a unique constraint; null for those that are none of its rows. */
function keysWithin (context: WriteContext, unique: UniqueMeta, rows: readonly InputRow[]): RowKey[] {
  const keys = rowKeys(context, unique, rows)
  return unique.where === null ? keys : keys.map((key, index) => (satisfies(rows[index]!, unique.where) ? key : null))
}

function satisfies (row: InputRow, where: RowCondition): boolean {
  return Object.entries(where ?? {}).every(([name, value]) => {
    const isNull = row[name] === null || row[name] === undefined
    if (value === null || isNull) return isNull && value === null
    return value === notNull || String(row[name]) === String(value)
  })
}

/**
 * A field of the set that can hold another value for a while: all of these items write it, no row is found by it, and
 * no other row refers to it, which the database would change along.
 */
function parkingField (
  { registry, model, dialect }: WriteContext,
  { fields }: UniqueMeta,
  own: UniqueMeta,
  items: readonly InputRow[]
): FieldMeta | undefined {
  const taken = new Set([...model.primaryKey.fields, ...own.fields, ...(model.meta.features.generated ?? [])])
  return fields
    .filter(name => !taken.has(name) && items.every(item => item[name] !== undefined))
    .map(name => model.ownField(name))
    .find(
      field =>
        (!field.required || !isForeignKey(model, field)) &&
        !isReferredTo(registry, model, field) &&
        dialect.park({ model, field, keys: [], written: null }) !== null
    )
}

function isForeignKey ({ meta }: Model, { name }: FieldMeta): boolean {
  return meta.relations.some(({ fields }) => fields.includes(name))
}

function isReferredTo ({ models }: Registry, { name: target }: Model, { name }: FieldMeta): boolean {
  return [...models].some(({ meta }) =>
    meta.relations.some(
      ({ model, fields, references }) => fields.length > 0 && model === target && references.includes(name)
    )
  )
}
