import { CommonsError } from '../../errors.js'
import { answer } from '../../sql/port/answer.js'
import type { ExpectedVersion } from '../../sql/port/statement-parts.js'
import type { SqlRow } from '../../sql/port/runner.js'
import type { Chunk } from './chunk.js'
import { encodeField } from './columns.js'
import type { WriteContext } from './write-context.js'
import type { ItemErrors } from './item-errors.js'

/** A version that an item expects of its row; undefined takes any. */
export type Version = number | undefined

/** The versions that the items of a chunk expect, encoded; null when none expects one. Faults: what is no version. */
export function expectedVersions (
  context: WriteContext,
  chunk: Chunk,
  versionOf: (index: number) => Version,
  itemErrors: ItemErrors
): ExpectedVersion | null {
  const values = chunk.indexes.map(versionOf)
  if (values.every(value => value === undefined)) return null
  const { model } = context
  const { version } = model.meta.features
  if (version === undefined) {
    throw new CommonsError('validation_failed', {
      message: `${model.name} has no version: add "/// @commons.version" to the model`
    })
  }
  const field = model.ownField(version.field)
  return { field, values: encodeField(context, chunk, { field, values }, itemErrors) }
}

/** The fields that an item would change in the row that a comparing `find` gave. */
export function differingFields (row: SqlRow): { readonly fields?: readonly string[] } {
  const names = row[answer.differing]
  return typeof names === 'string' ? { fields: JSON.parse(names) as string[] } : {}
}
