import type { CommonsError } from '../../errors.js'
import { ownRow } from './columns.js'
import type { WriteContext, InputRow } from './write-context.js'
import type { ItemErrors } from './item-errors.js'

/** The words for a text that no index can hold. */
export const indexProblem = 'The text is too long for the index of its column'

/**
 * Bytes of a row that an index of PostgreSQL holds, less than a third of its page. It compresses texts: longer ones may
 * fit.
 */
const indexBytes = 2700

/** True for the error of a text that was too long for an index. */
export function isIndexError (error: CommonsError): boolean {
  return error.code === 'invalid_value' && error.params['problem'] === indexProblem
}

/** Names the items whose texts may be too long for the index of a unique constraint. */
export function explainIndexLimit ({ model }: WriteContext, rows: readonly InputRow[], itemErrors: ItemErrors): void {
  const names = new Set(model.meta.uniques.flatMap(({ fields }) => fields))
  const fields = [...names]
    .map(name => model.ownField(name))
    .filter(({ kind, type }) => kind === 'scalar' && type === 'String')
  rows.forEach((row, index) => {
    for (const { name } of fields) {
      const value = ownRow(row)?.[name]
      if (typeof value === 'string' && Buffer.byteLength(value) > indexBytes) {
        itemErrors.add('invalid_value', index, name, { problem: indexProblem })
      }
    }
  })
}
