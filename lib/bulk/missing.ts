import { answer } from '../sql/dialect.js'
import type { BulkContext } from './context.js'
import { liveWhere } from './live.js'

/** The places of those values of a key field that no live row of the model has, values that no key can have included. */
export async function findMissing (context: BulkContext, name: string, values: readonly unknown[]): Promise<ReadonlySet<number>> {
  const { dialect, model, runner } = context
  const field = model.ownField(name)
  const missing = new Set<number>()
  const encoded = dialect.encode(model, { ...field, required: false }, values, position => missing.add(position))
  const rows = await runner.query(dialect.findMissing({ model, keys: [{ field, values: encoded }], where: liveWhere(model) }))
  for (const row of rows) missing.add(Number(row[answer.ord]) - 1)
  return missing
}
