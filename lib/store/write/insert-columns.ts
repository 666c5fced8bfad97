import { isSlug } from '../../model/is-slug.js'
import type { FieldMeta } from '../../model/meta.js'
import type { WriteColumn } from '../../sql/port/statement-parts.js'
import type { Chunk } from '../core/chunk.js'
import { columnOf, insertFallback, isRow, type FieldValues } from '../core/columns.js'
import type { WriteContext } from '../core/write-context.js'
import type { ItemErrors } from '../core/item-errors.js'
import { insertStamps } from '../core/stamps.js'

/** The columns of an INSERT, and which rows lack a value that only they can give: position → fields. */
export interface InsertColumns {
  readonly columns: readonly WriteColumn[]
  readonly incomplete: ReadonlyMap<number, readonly string[]>
}

/** Every field of the model becomes a column: named, generated, stamped, or left to its default. */
export function insertColumns (
  context: WriteContext,
  chunk: Chunk,
  found: ReadonlyMap<string, FieldValues>,
  itemErrors: ItemErrors
): InsertColumns {
  const stamps = insertStamps(context)
  const incomplete = new Map<number, string[]>()
  const columns: WriteColumn[] = []
  for (const name of context.model.meta.unsupported ?? []) lacking(chunk, name, undefined, incomplete)
  for (const field of context.model.writtenFields) {
    const values = generated(context, chunk, field, found.get(field.name))
    const fallback = insertFallback(context, field, stamps)
    // A slug is generated for rows that are new, whatever default its column has for other writers.
    if (fallback === null || isSlug(context.model, field.name)) lacking(chunk, field.name, values, incomplete)
    if (values === undefined && fallback === null) continue
    columns.push(columnOf(context, chunk, field, values, fallback ?? { kind: 'keep' }, itemErrors))
  }
  return { columns, incomplete }
}

/** Whether rows that do not name the field get a value that is made in this process. */
export function isGenerated (field: FieldMeta): boolean {
  return field.default?.kind === 'client'
}

/** The values of a field, with new ones for the rows that do not name it. */
function generated (
  context: WriteContext,
  chunk: Chunk,
  field: FieldMeta,
  found: FieldValues | undefined
): FieldValues | undefined {
  const value = field.default
  if (value?.kind !== 'client' || found?.named === chunk.rows.length) return found
  const values = chunk.rows.map((_, i) => (found?.values[i] === undefined ? context.generate(value) : found.values[i]))
  return { field, values, named: values.length }
}

function lacking (
  chunk: Chunk,
  field: string,
  found: FieldValues | undefined,
  incomplete: Map<number, string[]>
): void {
  if (found?.named === chunk.rows.length) return
  for (let i = 0; i < chunk.rows.length; i++) {
    if (found?.values[i] !== undefined || !isRow(chunk.rows[i])) continue
    const fields = incomplete.get(i)
    if (fields === undefined) incomplete.set(i, [field])
    else fields.push(field)
  }
}
