import type { UniqueMeta } from '../../model/meta.js'
import { answer } from '../../sql/port/answer.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { lackingSlugs, type LackingSlugs } from './slug-fields.js'
import { fillSlugs, type FilledRows } from './slugs.js'

/** The slugs that an upsert may have to generate: those that are not what it finds its rows by. */
export function upsertSlugs (context: WriteContext, rows: readonly InputRow[], on: UniqueMeta): LackingSlugs[] {
  return lackingSlugs(context, rows).filter(({ field }) => !on.fields.includes(field.name))
}

/**
 * Gives the rows that are new the slugs that they lack. Rows that exist keep theirs: they are looked up first, so that
 * no number is used up for them.
 *
 * @param indexes the items that are going to be written
 */
export async function fillNewRows (
  context: WriteContext,
  rows: readonly InputRow[],
  lacking: readonly LackingSlugs[],
  on: UniqueMeta,
  indexes: readonly number[]
): Promise<FilledRows> {
  const wanted = new Set(lacking.flatMap(one => one.indexes))
  const existing = await existingRows(
    context,
    rows,
    on,
    indexes.filter(index => wanted.has(index))
  )
  const isNew = new Set(indexes.filter(index => !existing.has(index)))
  const generated = lacking
    .map(one => ({ ...one, indexes: one.indexes.filter(index => isNew.has(index)) }))
    .filter(one => one.indexes.length > 0)
  const filled = [...(await fillSlugs(context, rows, generated))]
  for (const { field, indexes } of lacking) {
    for (const index of indexes) if (existing.has(index)) filled[index] = { ...filled[index], [field.name]: undefined }
  }
  return { rows: filled, lacking: generated }
}

/** Which of some items have a row. */
export async function existingRows (
  context: WriteContext,
  rows: readonly InputRow[],
  on: UniqueMeta,
  indexes: readonly number[]
): Promise<Set<number>> {
  const { dialect, model, runner } = context
  // A value that no key can have is reported by the write.
  const keys = keyColumns(context, { indexes, rows: indexes.map(index => rows[index]!) }, on.fields, new ItemErrors())
  const found = await runner.query(dialect.find({ model, keys, where: on.where, returning: [] }))
  return new Set(found.map(row => indexes[Number(row[answer.ord]) - 1]!))
}
