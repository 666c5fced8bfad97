import type { WriteContext, InputRow } from './write-context.js'
import type { ItemErrors } from './item-errors.js'

/** Reports the values that their fields cannot hold, for a batch that is not going to be encoded. */
export function reportInvalidValues (
  { dialect, model }: WriteContext,
  rows: readonly InputRow[],
  itemErrors: Pick<ItemErrors, 'add'>
): void {
  for (const field of model.meta.fields) {
    const values = rows.map(row => row[field.name])
    if (values.every(value => value === undefined)) continue
    dialect.encode(model, field, values, (position, code, params) =>
      itemErrors.add(code, position, field.name, params)
    )
  }
}
