import type { FieldMeta } from '../../model/meta.js'
import { answer } from '../../sql/port/answer.js'
import { chunksOf } from './chunk.js'
import { keyColumns } from './columns.js'
import type { WriteContext, InputRow } from './write-context.js'
import { ItemErrors } from './item-errors.js'
import type { Selection } from './selector.js'

/**
 * Reads fields of the rows that items find: index → the row; an item without a row has none. Values that no key can
 * have find nothing.
 */
export async function readStored (
  context: WriteContext,
  { unique, rows, where }: Selection,
  fields: readonly FieldMeta[]
): Promise<ReadonlyMap<number, InputRow>> {
  const { model, dialect, factories } = context
  const decode = dialect.decoder(model, fields, 'prisma', factories)
  const stored = new Map<number, InputRow>()
  for (const chunk of chunksOf(rows, context.chunkRows)) {
    const keys = keyColumns(context, chunk, unique.fields, new ItemErrors())
    for (const row of await context.runner.query(dialect.find({ model, keys, where, returning: fields }))) {
      stored.set(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
    }
  }
  return stored
}
