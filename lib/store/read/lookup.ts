import type { DeletedRows, FieldMeta } from '../../model/meta.js'
import type { Filter } from '../../sql/port/filter.js'
import type { WriteContext } from '../core/write-context.js'
import type { Row } from './find.js'
import { deletedFilter } from '../core/soft-delete-filter.js'
import type { RowRequest } from '../core/report.js'

/** A value of one field that may tell a row. */
export interface Candidate {
  readonly field: FieldMeta
  readonly value: unknown
}

export interface LookUpOptions {
  readonly rows: RowRequest
  /** Whether soft-deleted rows are found. Default: `exclude`. */
  readonly deleted?: DeletedRows
  /** The rows that may be found. Default: all. */
  readonly filter?: Filter | null
}

/**
 * Finds a row for each list of candidates, the first that there is one for; null where there is none. One query for
 * them all. The fields are unique ones, or it does not matter which of several rows is found.
 */
export async function lookUpRows (
  context: WriteContext,
  wanted: readonly (readonly Candidate[])[],
  { rows: { fields, form }, deleted = 'exclude', filter = null }: LookUpOptions
): Promise<readonly (Row | null)[]> {
  const { dialect, model, runner, chunkRows } = context
  const found = new Map<FieldMeta, Map<string, Row>>()
  const values = distinctValues(context, wanted, found)
  const looked = [...found.keys()]
  const decode = dialect.decoder(model, fields, form, context.factories)
  const decodeKeys = dialect.decoder(model, looked, 'prisma', context.factories)
  const size = Math.max(0, ...values.map(({ list }) => list.length))
  for (let start = 0; start < size; start += chunkRows) {
    const by = values.map(({ field, list }) => {
      const part = list.slice(start, start + chunkRows)
      // What the field cannot hold is encoded as a null, which finds nothing.
      return { field, values: dialect.encode(model, { ...field, required: false }, part, () => {}) }
    })
    const answers = await runner.query(
      dialect.findAny({
        model,
        by,
        where: deletedFilter(model, deleted),
        filter,
        returning: [...new Set([...fields, ...looked])]
      })
    )
    for (const answer of answers) {
      const [row, keys] = [decode(answer), decodeKeys(answer)]
      for (const field of looked) {
        const key = dialect.keyText(field, keys[field.name])
        if (key !== null) found.get(field)!.set(key, row)
      }
    }
  }
  return wanted.map(candidates => {
    for (const { field, value } of candidates) {
      const row = found.get(field)?.get(dialect.keyText(field, value) ?? '')
      if (row !== undefined) return row
    }
    return null
  })
}

interface FieldList {
  readonly field: FieldMeta
  readonly list: unknown[]
}

/** The values of each field, once each; `found` gets a map for each field. */
function distinctValues (
  { dialect }: WriteContext,
  wanted: readonly (readonly Candidate[])[],
  found: Map<FieldMeta, Map<string, Row>>
): FieldList[] {
  const values = new Map<FieldMeta, Map<string, unknown>>()
  for (const candidates of wanted) {
    for (const { field, value } of candidates) {
      const key = dialect.keyText(field, value)
      if (key === null) continue
      const known = values.get(field) ?? new Map<string, unknown>()
      values.set(field, known)
      known.set(key, value)
      if (!found.has(field)) found.set(field, new Map())
    }
  }
  return [...values].map(([field, known]) => ({ field, list: [...known.values()] }))
}
