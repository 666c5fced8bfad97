import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { ComputedForm, Link } from './filter.js'

/** What rows are ordered by. */
export type OrderValue =
  /** A field, of the row itself or of the one that each link leads to. */
  { readonly kind: 'field'; readonly links: readonly Link[]; readonly field: FieldMeta } | ComputedForm

/**
 * Null counts as larger than every value, as in PostgreSQL's own order, so that plain indexes serve both directions.
 */
export interface OrderTerm {
  /** What requests call it. */
  readonly name: string
  readonly value: OrderValue
  readonly nullable: boolean
  readonly descending: boolean
}

/**
 * An order in which no two rows are alike: what the terms leave open the primary key decides, in the direction of the
 * last term, so that one index can serve the whole.
 */
export function completeOrder (model: Model, terms: readonly OrderTerm[]): readonly OrderTerm[] {
  const named = new Set(
    terms.flatMap(({ value }) =>
      value.kind === 'field' && value.links.length === 0 && value.field.required ? [value.field.name] : []
    )
  )
  if (model.meta.uniques.some(unique => unique.where === null && unique.fields.every(field => named.has(field)))) {
    return terms
  }
  const descending = terms.at(-1)?.descending ?? false
  const rest = model.primaryKey.fields
    .filter(name => !named.has(name))
    .map((name): OrderTerm => ({
      name,
      value: { kind: 'field', links: [], field: model.ownField(name) },
      nullable: false,
      descending
    }))
  return [...terms, ...rest]
}

/** The same order backwards. */
export function reversed (terms: readonly OrderTerm[]): readonly OrderTerm[] {
  return terms.map(term => ({ ...term, descending: !term.descending }))
}
