import { answer } from '../../sql/port/answer.js'
import type { Filter } from '../../sql/port/filter.js'
import type { WriteContext } from '../core/write-context.js'
import { notDeleted } from '../core/soft-delete-filter.js'

/**
 * The positions of those values of a key field that no live row has, values that no key can have included.
 *
 * @param filter the rows that may be named; null: all
 */
export async function findMissing (
  context: WriteContext,
  name: string,
  values: readonly unknown[],
  filter: Filter | null
): Promise<ReadonlySet<number>> {
  const { dialect, model, runner } = context
  const field = model.ownField(name)
  const missing = new Set<number>()
  const encoded = dialect.encode(model, { ...field, required: false }, values, position => missing.add(position))
  const rows = await runner.query(
    dialect.findMissing({ model, keys: [{ field, values: encoded }], where: notDeleted(model), filter })
  )
  for (const row of rows) missing.add(Number(row[answer.ord]) - 1)
  return missing
}
