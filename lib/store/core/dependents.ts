import type { RelationMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { Reference } from '../../sql/port/statement-parts.js'
import { notDeleted } from './soft-delete-filter.js'

/** Who refers to the rows of a model, as far as it matters when they are soft-deleted. */
export interface Dependents {
  /** Rows that are soft-deleted along with the row they refer to, and restored with it. */
  readonly cascades: readonly Reference[]
  /** Rows that keep the row they refer to from being soft-deleted: live ones, where their model has soft delete. */
  readonly restrictions: readonly Reference[]
}

const known = new WeakMap<Registry, Map<string, Dependents>>()

/**
 * What `onDelete` of the relations to a model comes to for rows that stay in their table. Cascade soft-deletes rows,
 * where both models have soft delete and the id of a deletion; rows of other models stay as they are. Restrict and
 * NoAction refuse. SetNull and SetDefault change nothing: the row that is referred to may come back.
 */
export function dependentsOf (registry: Registry, model: Model): Dependents {
  const plans = known.get(registry) ?? new Map<string, Dependents>()
  known.set(registry, plans)
  const plan = plans.get(model.name) ?? planOf(registry, model)
  plans.set(model.name, plan)
  return plan
}

function planOf (registry: Registry, model: Model): Dependents {
  const cascades: Reference[] = []
  const restrictions: Reference[] = []
  for (const child of registry.models) {
    for (const relation of child.meta.relations) {
      if (relation.model !== model.name || relation.fields.length === 0) continue
      const action = relation.onDelete ?? (relation.required ? 'Restrict' : 'SetNull')
      const reference = referenceOf(registry, child, relation)
      if (action === 'Cascade' && tellsDeletions(model) && tellsDeletions(child)) cascades.push(reference)
      if (action === 'Restrict' || action === 'NoAction') restrictions.push(reference)
    }
  }
  return { cascades, restrictions }
}

/** True for models whose rows can be soft-deleted with the id of a deletion. */
function tellsDeletions ({ meta }: Model): boolean {
  return meta.features.softDelete !== undefined && meta.features.softDelete.deletionId !== null
}

/** The live rows of a model that refer to others by one of its relations. */
export function referenceOf (registry: Registry, model: Model, relation: RelationMeta): Reference {
  const parent = registry.model(relation.model)
  return {
    model,
    fields: relation.fields.map(name => model.ownField(name)),
    references: relation.references.map(name => parent.ownField(name)),
    where: notDeleted(model)
  }
}
