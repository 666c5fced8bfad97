import { scopeFilter, type Scope } from '../store/core/scope.js'
import { CommonsError } from '../errors.js'
import type { Model } from '../model/registry.js'
import { checkScopeValue } from './check-scope-value.js'
import { coerceId } from '../values/coerce-id.js'
import { allOf, type Filter } from '../sql/port/filter.js'
import type { ResourceRequest } from './resource-request.js'
import type { ParentRule, ScopeRule, ScopeValue, WhereOption } from './scope-rule.js'

/** Which rows of a related model a request reaches. */
export interface RelatedScope {
  /** Field → the value that rows have, and that new ones get; null: any row. */
  readonly values: Scope | null
  /** The rows that answers show; null: all. */
  readonly visible: Filter | null
  /** The rows that a request may name; null: all. */
  readonly nameable: Filter | null
}

/** The rows that one request reaches: its own, and those of every related model. The one place that tells. */
export class Scopes {
  /** Field → the value that the resource's own rows have; null: all rows. */
  readonly own: Scope | null
  readonly request: ResourceRequest | null
  readonly #related = new Map<ScopeRule, RelatedScope>()

  /** @param request null: code of the server itself, which reaches all rows unless `own` is given */
  constructor (own: Scope | null, request: ResourceRequest | null) {
    this.own = own
    this.request = request
  }

  /** @throws CommonsError `unauthorized` where a value needs a user and nobody is asking */
  of (rule: ScopeRule): RelatedScope {
    const known = this.#related.get(rule)
    if (known !== undefined) return known
    const made = this.#make(rule)
    this.#related.set(rule, made)
    return made
  }

  #make ({ model, inherited, own, where, parent }: ScopeRule): RelatedScope {
    const { request } = this
    const shared = this.own === null ? [] : inherited.map(name => [name, this.own![name]] as const)
    const further = Object.entries(own).flatMap(([name, valueOf]) =>
      request === null ? [] : [[name, scopeValue(model, name, valueOf, request)] as const]
    )
    const entries = [...shared, ...further]
    const values = entries.length === 0 ? null : Object.fromEntries(entries)
    const visible = scopeFilter(model, values)
    const within = parent === undefined ? null : this.#parentFilter(parent)
    return {
      values,
      visible,
      nameable:
        this.own === null && request === null ? null : allOf([visible, within, whereFilter(model, where, request)])
    }
  }

  /** Children that have no parent, or one that the request reaches. */
  #parentFilter ({ key, link, rule }: ParentRule): Filter | null {
    const reached = rule === null ? scopeFilter(link.model, this.own) : this.of(rule).visible
    if (reached === null) return null
    const isOpen: Filter = { kind: 'compare', field: key, operator: 'isnull', value: true }
    return { kind: 'or', filters: [isOpen, { kind: 'related', link, filter: reached }] }
  }
}

/** Code of the server itself reaches all rows. */
export const allRows = new Scopes(null, null)

/**
 * The value that a field of the scope has for a request. Digits, as headers and tokens have them, are a number where
 * the field is one.
 *
 * @throws CommonsError `unauthorized` where there is no value; TypeError for one of another type than the field's
 */
export function scopeValue (model: Model, name: string, valueOf: ScopeValue, request: ResourceRequest): unknown {
  const value = coerceId(model.ownField(name), valueOf(request))
  if (value === undefined || value === null) throw new CommonsError('unauthorized')
  checkScopeValue(`option "scope" of ${model.name}`, model.ownField(name), value)
  return value
}

/** Functions are asked about requests alone. */
function whereFilter (model: Model, where: WhereOption, request: ResourceRequest | null): Filter | null {
  const told = Object.entries(where).filter(([, given]) => request !== null || typeof given !== 'function')
  const filters = told.map(([name, given]) => {
    const value: unknown = typeof given === 'function' ? given(request) : given
    const filters = [value].flat().map(one => {
      checkScopeValue(`option "where" of ${model.name}`, model.ownField(name), one)
      return scopeFilter(model, { [name]: one })!
    })
    return filters.length === 1 ? filters[0]! : ({ kind: 'or', filters } as const)
  })
  return filters.length === 0 ? null : { kind: 'and', filters }
}
