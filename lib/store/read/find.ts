import type { DeletedRows } from '../../model/meta.js'
import { answer } from '../../sql/port/answer.js'
import { chunksOf } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { rowKeys, sortByKey } from '../core/keys.js'
import { deletedFilter } from '../core/soft-delete-filter.js'
import { lockFields } from '../core/lock-order.js'
import type { RowRequest } from '../core/report.js'
import { scopeFilter, type Scope } from '../core/scope.js'
import { readSelectors } from '../core/selector.js'

/** A row that was read: field → value. */
export type Row = Readonly<Record<string, unknown>>

export interface FindOptions {
  readonly rows: RowRequest
  /** Whether soft-deleted rows are found. Default: `exclude`. */
  readonly deleted?: DeletedRows
  /** Field → the value that rows must have in it to be found. Default: any row is. */
  readonly scope?: Scope | null
  /** Keep the rows from changing until the end of the transaction. Default: false. */
  readonly lock?: boolean
}

/** Reads rows by key, in the order of the selectors: null where there is no row, or the key can have none. */
export async function findRows (
  context: WriteContext,
  selectors: readonly InputRow[],
  options: FindOptions
): Promise<readonly (Row | null)[]> {
  const { dialect, model, runner } = context
  const { fields, form } = options.rows
  const itemErrors = new ItemErrors()
  const { unique, rows } = readSelectors(context, selectors, itemErrors)
  itemErrors.throwIfAny()
  const where = deletedFilter(model, options.deleted ?? 'exclude', unique.where)
  const decode = dialect.decoder(model, fields, form, context.factories)
  const found = new Array<Row | null>(rows.length).fill(null)
  // Writers who lock rows in one order cannot wait for each other.
  const order = options.lock === true ? sortByKey(rowKeys(context, unique, rows)).order : undefined
  for (const chunk of chunksOf(rows, context.chunkRows, order)) {
    const keys = keyColumns(context, chunk, unique.fields, new ItemErrors())
    const filter = scopeFilter(model, options.scope ?? null)
    const answers = await runner.query(
      dialect.find({
        model,
        keys,
        where,
        filter,
        returning: fields,
        ...(options.lock === true ? { lock: lockFields(model) } : {})
      })
    )
    for (const row of answers) found[chunk.indexes[Number(row[answer.ord]) - 1]!] = decode(row)
  }
  return found
}
