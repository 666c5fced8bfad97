import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import { columnType, identifier, tableOf } from '../values/types.js'

/**
 * A part of a statement: the rows of table `t` that the items of `input` find by `match`, locked in the order of some
 * fields. Writers that lock rows in one order do not wait for each other in a circle, whatever keys they find them by.
 */
export function heldRows (model: Model, match: string, order: readonly FieldMeta[]): string {
  return `held as materialized (select from ${tableOf(model)} t join input r on ${match} ${lockInOrder(model, order)})`
}

/** True once all rows of `held` are locked: the part of the statement with this condition writes nothing before. */
export const isHeld = '(select count(*) from held) >= 0'

/**
 * The end of a SELECT that locks the rows of `t` one after another. Texts are in the order of their code points, as
 * here.
 */
export function lockInOrder (model: Model, order: readonly FieldMeta[]): string {
  const terms = order.map(field => {
    const column = `t.${identifier(field.column)}`
    if (field.kind === 'enum') return `${column}::text collate "C"`
    return collated.has(columnType(model, field)) ? `${column} collate "C"` : column
  })
  return `order by ${terms.join(', ')} for update of t`
}

const collated = new Set(['text', 'bpchar', 'citext'])
