import type { BulkContext, InputRow } from './write-context.js'
import type { Faults } from './item-errors.js'

/** Reports the values that their fields cannot hold, for a batch that is not going to be encoded. */
export function reportUnfitValues (
  { dialect, model }: BulkContext,
  rows: readonly InputRow[],
  faults: Pick<Faults, 'add'>
): void {
  for (const field of model.meta.fields) {
    const values = rows.map(row => row[field.name])
    if (values.every(value => value === undefined)) continue
    dialect.encode(model, field, values, (position, code, params) => faults.add(code, position, field.name, params))
  }
}
