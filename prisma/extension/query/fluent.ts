import type { Model, Registry } from '../../../lib/model/registry.js'
import type { Input } from './input.js'
import type { Visibility } from './visible.js'

/**
 * Handles promises of one row, of which relations can be asked: `prisma.shelf.findUnique({ … }).binders()`. What is
 * asked of them leaves out what the call itself would. Made once for all promises of a model.
 */
export function fluentHandler (registry: Registry, model: Model, seen: Visibility): ProxyHandler<object> {
  return {
    get (target, property) {
      const value: unknown = Reflect.get(target, property)
      const relation =
        typeof property === 'string' && typeof value === 'function' ? model.relation(property) : undefined
      if (relation === undefined) return value
      return (args?: Input): unknown => {
        const related = Reflect.apply(value as (args?: Input) => object, target, [
          seen.relatedArgs(model, relation.name, args)
        ])
        return relation.list
          ? related
          : new Proxy(related, fluentHandler(registry, registry.model(relation.model), seen))
      }
    }
  }
}
