import type { Model } from '../../model/registry.js'
import type { Filter } from '../../sql/port/filter.js'

/** Field → the value that rows have in it: others do not exist for whoever reads within the scope. */
export type Scope = Readonly<Record<string, unknown>>

/** The rows of a scope; null for all. */
export function scopeFilter (model: Model, scope: Scope | null): Filter | null {
  if (scope === null) return null
  return {
    kind: 'and',
    filters: Object.entries(scope).map(([name, value]) => {
      const field = model.ownField(name)
      return value === null
        ? { kind: 'compare', field, operator: 'isnull', value: true }
        : { kind: 'compare', field, operator: 'equals', value }
    })
  }
}
