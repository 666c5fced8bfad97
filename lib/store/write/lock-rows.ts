import { chunksOf } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { rowKeys, sortByKey } from '../core/keys.js'
import { lockFields, lockOrder } from '../core/lock-order.js'
import type { Selection } from '../core/selector.js'
import { readStored } from '../core/stored-rows.js'

/**
 * Locks the rows of the items until the end of the transaction, in the order of their model. Items without a row lock
 * nothing.
 */
export async function lockRows (context: WriteContext, selection: Selection): Promise<void> {
  const { dialect, model, runner, chunkRows } = context
  const order = lockFields(model)
  const primary = model.primaryKey.fields.map(name => model.ownField(name))
  const fields = [...new Set([...primary, ...order])]
  const found = [...(await readStored(context, selection, fields)).values()]
  for (const chunk of chunksOf(found, chunkRows, sortByKey(rowKeys(context, lockOrder(model), found)).order)) {
    const keys = keyColumns(context, chunk, model.primaryKey.fields, new ItemErrors())
    await runner.query(dialect.find({ model, keys, where: null, returning: [], lock: order }))
  }
}
