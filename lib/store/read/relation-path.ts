import type { RelationMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { JoinTable, Link } from '../../sql/port/filter.js'
import { referenceOf } from '../core/dependents.js'
import { notDeleted } from '../core/soft-delete-filter.js'

/** How a relation of a model leads to the rows of the other, of which those count that are not soft-deleted. */
export function relationPathOf (registry: Registry, model: Model, relation: RelationMeta): Link {
  const other = registry.model(relation.model)
  const { name, list, required } = relation
  const link = {
    name,
    model: other,
    list,
    required: required && !list && other.meta.features.softDelete === undefined,
    where: notDeleted(other),
    through: null
  }
  if (relation.fields.length > 0) {
    const { fields, references } = referenceOf(registry, model, relation)
    return { ...link, own: fields, other: references }
  }
  const back = other.meta.relations.find(
    one => one.relation === relation.relation && one.model === model.name && (other !== model || one.name !== name)
  )
  if (back === undefined) throw new Error(`Metadata of ${other.name} lacks the other side of ${model.name}.${name}`)
  if (back.fields.length > 0) {
    const { fields, references } = referenceOf(registry, other, back)
    // A row of the other side may be there or not, whatever the schema says of the relation.
    return { ...link, required: false, own: references, other: fields }
  }
  return { ...link, own: keyOf(model), other: keyOf(other), through: joinTableOf(model, relation, other, back) }
}

function keyOf (model: Model): Link['own'] {
  return model.primaryKey.fields.map(field => model.ownField(field))
}

/**
 * Prisma keeps the two keys in the columns A and B, by the names of the models; within one model by those of the
 * relations.
 */
function joinTableOf (model: Model, relation: RelationMeta, other: Model, back: RelationMeta): JoinTable {
  const isFirst = model === other ? relation.name < back.name : model.name < other.name
  const first = isFirst ? model : other
  return {
    schema: first.meta.schema,
    table: `_${relation.relation}`,
    own: isFirst ? 'A' : 'B',
    other: isFirst ? 'B' : 'A'
  }
}
