import type { WriteColumn } from '../../sql/port/statement-parts.js'
import type { Chunk } from '../core/chunk.js'
import { columnOf, keyColumns, readFields } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { readSelectors } from '../core/selector.js'
import { differingFields } from '../core/versions.js'

/** The version that a row has, and the fields that a change would alter in it. */
export interface Difference {
  readonly current: number
  readonly fields: readonly string[]
}

/**
 * Compares a row of a model with versions to a change: null where no row has the key. The database compares, since a
 * value is to be taken as its column would hold it.
 */
export async function differenceTo (
  context: WriteContext,
  selector: InputRow,
  change: InputRow
): Promise<Difference | null> {
  const { dialect, model, runner } = context
  const { version } = model.meta.features
  if (version === undefined) throw new Error(`${model.name} has no version`)
  const unfit = new ItemErrors()
  const { unique, rows } = readSelectors(context, [selector], unfit)
  const changes: Chunk = { indexes: [0], rows: [change] }
  const found = readFields(context, changes, unfit)
  const [row] = await runner.query(
    dialect.find({
      model,
      keys: keyColumns(context, { indexes: [0], rows }, unique.fields, unfit),
      where: unique.where,
      returning: [model.ownField(version.field)],
      compare: [...found.values()].map((values): WriteColumn =>
        columnOf(context, changes, values.field, values, { kind: 'keep' }, unfit)
      )
    })
  )
  return row === undefined ? null : { current: Number(row[version.field]), fields: differingFields(row).fields ?? [] }
}
