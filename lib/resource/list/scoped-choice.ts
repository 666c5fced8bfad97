import type { Scope } from '../../store/core/scope.js'
import type { DeletedRows } from '../../model/meta.js'
import type { CellPath } from '../../sql/port/read-statements.js'
import type { Filter } from '../../sql/port/filter.js'
import type { OrderTerm } from '../../sql/port/ordering.js'
import {
  ruleOf,
  scopedLink,
  scopedLinks,
  scopedValue,
  type DeclaredRelations,
  type PathStart
} from '../../items/shape/link-scopes.js'
import type { Scopes } from '../../scope/scopes.js'
import type { RowsChoice } from './list-request.js'

/** Which rows are read, and in what order, within a scope. */
export interface ScopedChoice {
  readonly deleted: DeletedRows
  readonly filter: Filter | null
  readonly order: readonly OrderTerm[]
  readonly scope: Scope | null
}

/**
 * The rows that a request chooses, of those that it reaches. Related rows outside of its reach are not there for
 * filters and orders either: what they hold cannot be told from what is found.
 */
export function scopedChoice (start: PathStart, { deleted, filter, order }: RowsChoice, scopes: Scopes): ScopedChoice {
  return {
    deleted,
    filter: filter === null ? null : scopedFilter(start, start.related, filter, scopes),
    order: order.map(term => scopedTerm(start, term, scopes)),
    scope: scopes.own
  }
}

/** The cells of the related rows that a request reaches. */
export function scopedCells (start: PathStart, cells: readonly CellPath[], scopes: Scopes): readonly CellPath[] {
  return cells.map(cell => ({ ...cell, links: scopedLinks(start, cell.links, scopes) }))
}

function scopedFilter (
  start: PathStart,
  declared: DeclaredRelations | undefined,
  filter: Filter,
  scopes: Scopes
): Filter {
  switch (filter.kind) {
    case 'compare':
      return filter.of === undefined ? filter : { ...filter, of: scopedValue(start, filter.of, scopes) }
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map(one => scopedFilter(start, declared, one, scopes)) }
    case 'not':
      return { ...filter, filter: scopedFilter(start, declared, filter.filter, scopes) }
    case 'related': {
      const { link } = filter
      const inner = scopedFilter(start, declared?.get(link.name)?.shape.related, filter.filter, scopes)
      return { ...filter, link: scopedLink(link, ruleOf(start, declared, link), scopes), filter: inner }
    }
  }
}

function scopedTerm (start: PathStart, term: OrderTerm, scopes: Scopes): OrderTerm {
  const value = scopedValue(start, term.value, scopes)
  return {
    ...term,
    value,
    nullable: term.nullable || (value.kind === 'field' && value.links.some(link => !link.required))
  }
}
