import { answer } from '../sql/dialect.js'
import type { BulkContext } from './context.js'
import { Faults } from './faults.js'

/** The places of those values of a key field that no row of the model has. Values that no key can have are faults. */
export async function findMissing (context: BulkContext, name: string, values: readonly unknown[]): Promise<ReadonlySet<number>> {
  const { dialect, model, runner } = context
  const field = model.ownField(name)
  const faults = new Faults()
  const encoded = dialect.encode(model, { ...field, required: false }, values, (position, code, params) => faults.add(code, position, name, params))
  faults.throwIfAny()
  const rows = await runner.query(dialect.findMissing({ model, keys: [{ field, values: encoded }] }))
  return new Set(rows.map(row => Number(row[answer.ord]) - 1))
}
