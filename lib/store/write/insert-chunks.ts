import { chunksOf, type Chunk } from '../core/chunk.js'
import { insertFallback } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'

/**
 * Splits a batch of rows to insert. A default that only the database knows is taken by a statement that does not name
 * its field, so that the rows of a chunk all name such a field, or none of them does.
 *
 * @param order the rows to write, in the order of the writing; default: all
 */
export function insertChunks (
  context: WriteContext,
  rows: readonly InputRow[],
  order: readonly number[] = [...rows.keys()]
): Chunk[] {
  const hidden = context.model.meta.fields.filter(
    field => insertFallback(context, field, new Map())?.kind === 'default'
  )
  if (hidden.length === 0) return chunksOf(rows, context.chunkRows, order)
  const groups = new Map<string, number[]>()
  for (const index of order) {
    const named = hidden.map(({ name }) => (rows[index]?.[name] === undefined ? '-' : '+')).join('')
    const group = groups.get(named)
    if (group === undefined) groups.set(named, [index])
    else group.push(index)
  }
  return [...groups.values()].flatMap(group => chunksOf(rows, context.chunkRows, group))
}
