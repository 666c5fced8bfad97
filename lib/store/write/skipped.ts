import { CommonsError } from '../../errors.js'
import type { UniqueMeta } from '../../model/meta.js'
import { answer } from '../../sql/port/answer.js'
import { chunksOf } from '../core/chunk.js'
import { isRow, keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { rowKeys } from '../core/keys.js'
import { valueOf, type LackingSlugs } from '../slug/slug-fields.js'
import { fillSlugs, type FilledRows } from '../slug/slugs.js'

/** The rows that are not skipped, with their slugs, and where they stand. */
export interface UnskippedRows extends FilledRows {
  readonly indexes: readonly number[]
}

/**
 * Leaves out the rows that hit a unique constraint by what they name, and gives the others the slugs that they lack.
 */
export async function fillUnskipped (
  context: WriteContext,
  rows: readonly InputRow[],
  lacking: readonly LackingSlugs[]
): Promise<UnskippedRows> {
  const named = [...rows]
  for (const { field, indexes } of lacking) {
    for (const index of indexes) named[index] = { ...named[index], [field.name]: undefined }
  }
  const indexes = await newItems(context, named)
  const isNew = new Set(indexes)
  const generated = lacking
    .map(one => ({ ...one, indexes: one.indexes.filter(index => isNew.has(index)) }))
    .filter(one => one.indexes.length > 0)
  return { rows: await fillSlugs(context, named, generated), lacking: generated, indexes }
}

/** True when a row that was to be written hits a unique constraint after all: another writer came first. */
export function isTaken ({ model }: WriteContext, error: CommonsError | undefined): boolean {
  return (
    error?.code === 'unique_violation' &&
    [error, error.cause].some(one => one instanceof CommonsError && one.params['model'] === model.name)
  )
}

/**
 * The items that hit no unique constraint by what they name: neither a row of the table nor an item before them. One
 * query for each set that items name.
 */
async function newItems (context: WriteContext, rows: readonly InputRow[]): Promise<number[]> {
  const { dialect, model, runner } = context
  const sets = model.meta.uniques.map(unique => {
    const keys = rowKeys(context, unique, rows)
    return {
      unique,
      keys,
      indexes: [...rows.keys()].filter(
        index => keys[index] !== null && isRow(rows[index]) && isIn(context, unique, rows[index])
      )
    }
  })
  const skipped = new Set<number>()
  for (const { unique, indexes } of sets) {
    for (const chunk of chunksOf(rows, context.chunkRows, indexes)) {
      // A value that no column can hold is reported by the write.
      const values = keyColumns(context, chunk, unique.fields, new ItemErrors())
      for (const row of await runner.query(dialect.findTaken({ model, unique, values, own: null, live: null }))) {
        skipped.add(chunk.indexes[Number(row[answer.ord]) - 1]!)
      }
    }
  }
  const members = sets.map(({ keys, indexes }) => ({ keys, indexes: new Set(indexes), taken: new Set<unknown>() }))
  return [...rows.keys()].filter(index => {
    const own = members.filter(({ indexes }) => indexes.has(index))
    if (skipped.has(index) || own.some(({ keys, taken }) => taken.has(keys[index]))) return false
    for (const { keys, taken } of own) taken.add(keys[index])
    return true
  })
}

/** True for a row that the unique constraint holds for. */
function isIn ({ model }: WriteContext, { where }: UniqueMeta, row: InputRow): boolean {
  return Object.entries(where ?? {}).every(([name, value]) => (valueOf(model.ownField(name), row) ?? null) === value)
}
