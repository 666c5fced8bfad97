import type { FieldMeta } from '../../model/meta.js'
import { answer } from '../../sql/port/answer.js'
import type { OrderValue } from '../../sql/port/ordering.js'
import { chunksOf } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import type { Row } from './find.js'

/** A value that the database computes for a row. */
export interface ComputedValue {
  readonly name: string
  readonly value: OrderValue
  /** What a column of the values would be; null: unknown, they come as JSON. */
  readonly field: FieldMeta | null
}

/**
 * Computes values for rows, which have their primary keys, in the order of the rows; null for a row that is gone. One
 * query a chunk.
 */
export async function computedValues (
  context: WriteContext,
  rows: readonly InputRow[],
  values: readonly ComputedValue[]
): Promise<readonly (Row | null)[]> {
  const { dialect, model, runner } = context
  const fields = values.map(({ name, field }) => field ?? untyped(name))
  const decode = dialect.decoder(model, fields, 'json', context.factories)
  const found = new Array<Row | null>(rows.length).fill(null)
  for (const chunk of chunksOf(rows, context.chunkRows)) {
    const keys = keyColumns(context, chunk, model.primaryKey.fields, new ItemErrors())
    const answers = await runner.query(
      dialect.computed({ model, keys, values: values.map(({ value }, i) => ({ value, field: fields[i]! })) })
    )
    for (const row of answers) found[chunk.indexes[Number(row[answer.ord]) - 1]!] = decode(row)
  }
  return found
}

function untyped (name: string): FieldMeta {
  return {
    name,
    column: name,
    kind: 'scalar',
    type: 'Json',
    list: false,
    required: false,
    native: null,
    default: null,
    updatedAt: false
  }
}
