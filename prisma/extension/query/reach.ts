import type { Model, Registry } from '../../../lib/model/registry.js'

/** The models that a model's relations lead to, at any depth; itself only when one leads back to it. */
export function reachOf (registry: Registry, model: Model): ReadonlySet<Model> {
  const found = new Set<Model>()
  const pending = [model]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const relation of next.meta.relations) {
      const target = registry.model(relation.model)
      if (found.has(target)) continue
      found.add(target)
      pending.push(target)
    }
  }
  return found
}
