import type { RelationMeta } from '../model/meta.js'
import type { Model, Registry } from '../model/registry.js'
import type { LinkColumn, LinkTable } from '../sql/dialect.js'

/**
 * The join table that Prisma makes for a relation of two lists: `_` and the relation's name, with the columns A and B, which
 * hold the keys of the two models in the order of their names. Null where a model is joined to itself.
 */
export function linkTableOf (registry: Registry, model: Model, { model: name, relation }: RelationMeta): LinkTable | null {
  if (name === model.name) return null
  const target = registry.model(name)
  const isFirst = model.name < target.name
  return {
    schema: (isFirst ? model : target).meta.schema,
    table: `_${relation}`,
    own: columnOf(model, isFirst ? 'A' : 'B'),
    other: columnOf(target, isFirst ? 'B' : 'A')
  }
}

/** Prisma wants the keys of such models to be single fields. */
function columnOf (model: Model, column: string): LinkColumn {
  return { column, model, field: model.ownField(model.primaryKey.fields[0]!) }
}
