import { CommonsError } from '../../errors.js'
import type { DeletedRows, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { RowCondition } from '../../sql/port/row-condition.js'
import { isRow, ownRow } from './columns.js'
import type { WriteContext, InputRow } from './write-context.js'
import type { ItemErrors } from './item-errors.js'
import { deletedFilter } from './soft-delete-filter.js'

/** Items by the unique constraint that selects their rows: the set, and its values for each item. */
export interface Selection {
  readonly unique: UniqueMeta
  readonly rows: readonly InputRow[]
  /** The rows that can be selected. */
  readonly where: RowCondition
}

/**
 * Reads Prisma's unique selectors: `{ id: 1 }`, `{ contractNumber_year: { contractNumber, year } }`.
 * The items of one call select by one unique constraint. A selector without a value, or with a further condition, is a
 * fault of its item.
 *
 * @param deleted whether soft-deleted rows can be selected; default: `exclude`
 */
export function readSelectors (
  { model }: WriteContext,
  selectors: readonly InputRow[],
  itemErrors: ItemErrors,
  deleted: DeletedRows = 'exclude'
): Selection {
  const first = selectors.find(
    selector => typeof selector === 'object' && selector !== null && Object.keys(selector).length > 0
  )
  const unique = first === undefined ? model.primaryKey : uniqueOf(model, first)
  const isCompound = unique.fields.length > 1 || unique.name !== unique.fields[0]
  const rows = selectors.map((given, index) => {
    const selector = ownRow(given)
    const row = (isCompound ? ownRow(selector?.[unique.name]) : selector) as InputRow | undefined
    for (const field of unique.fields) {
      if (row?.[field] === undefined || row[field] === null) {
        itemErrors.add('missing_unique_field', index, field, { field })
      }
    }
    // A condition that is ignored would let an item reach rows that it excludes.
    for (const name of [...othersIn(selector, [unique.name]), ...(isCompound ? othersIn(row, unique.fields) : [])]) {
      itemErrors.add('unknown_field', index, name, {
        field: name,
        hint: `All items of this call are selected by ${unique.fields.join(', ')}`
      })
    }
    return row ?? {}
  })
  return { unique, rows, where: deletedFilter(model, deleted, unique.where) }
}

function othersIn (value: unknown, known: readonly string[]): string[] {
  const names = isRow(value) ? Object.keys(value) : []
  return names.length === known.length && known.every(name => names.includes(name))
    ? []
    : names.filter(name => !known.includes(name))
}

/** The unique constraint of a name, of a list of fields, or of one field; an error lists the legal ones. */
export function uniqueNamed (model: Model, on: string | readonly string[]): UniqueMeta {
  const unique = typeof on === 'string' ? (model.unique(on) ?? model.uniqueOf([on])) : model.uniqueOf(on)
  if (unique !== undefined) return unique
  throw new CommonsError('invalid_unique_fields', {
    params: { fields: [on].flat(), model: model.name, legal: model.meta.uniques.map(({ fields }) => fields) }
  })
}

/** The unique constraints as lists of fields, for messages. */
export function legalUniques (uniques: readonly UniqueMeta[]): string[] {
  return uniques.map(unique => unique.fields.join(', '))
}

function uniqueOf (model: Model, selector: InputRow): UniqueMeta {
  for (const name of Object.keys(selector)) {
    const unique = model.unique(name)
    if (unique !== undefined) return unique
  }
  return uniqueNamed(model, Object.keys(selector))
}
