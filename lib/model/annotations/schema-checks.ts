import { parseAnnotations } from './annotations.js'
import type { ModelDocumentation } from './feature-definition.js'
import type { ModelMeta, RelationMeta } from '../meta.js'
import type { SchemaProblem } from '../schema-problems.js'

/** A model whose own annotations are in order. */
export interface ReadModel {
  readonly meta: ModelMeta
  readonly documentation: ModelDocumentation
  /** Unique indexes of the schema that hold for some rows only; Prisma does not tell which. */
  readonly partialIndexes: readonly PartialIndex[]
}

export interface PartialIndex {
  readonly fields: readonly string[]
  /** Its name in the database, when it has another than Prisma would give it. */
  readonly name: string | null
}

/** What one model's annotations cannot show: how models with features go together, and with the schema's indexes. */
export function checkModels (models: readonly ReadModel[]): SchemaProblem[] {
  const byName = new Map(models.map(model => [model.meta.name, model]))
  return models.flatMap(model => [...checkDeletionId(model, byName), ...checkPartialIndexes(model)])
}

interface Cascade {
  readonly child: ModelMeta
  readonly relation: RelationMeta
}

/** Rows that go together come back together: an id of their deletion tells them from those that were deleted before. */
function checkDeletionId ({ meta, documentation }: ReadModel, models: ReadonlyMap<string, ReadModel>): SchemaProblem[] {
  if (meta.features.softDelete === undefined || meta.features.softDelete.deletionId !== null) return []
  const cascades = [...models.values()]
    .flatMap(({ meta: child }) => cascadesOf(child, models))
    .filter(({ child, relation }) => child.name === meta.name || relation.model === meta.name)
  if (cascades.length === 0) return []
  const names = cascades.map(({ child, relation }) => `${child.name}.${relation.name}`)
  const exists = meta.fields.some(({ name }) => name === 'deletionId')
  return [
    {
      model: meta.name,
      field: null,
      source: annotationSource(documentation.model),
      message:
        `Deletions cascade along ${names.join(', ')} (onDelete: Cascade), ` +
        'and without an id of the deletion a restore cannot tell which rows went together',
      hint: exists
        ? 'Leave `deletionId: null` out of the annotation'
        : `Add \`deletionId String?\` to model ${meta.name}, or give the relation another action, such as ` +
          'onDelete: Restrict'
    }
  ]
}

/** Relations by which soft-deleting a row of one model soft-deletes rows of another. */
function cascadesOf (child: ModelMeta, models: ReadonlyMap<string, ReadModel>): Cascade[] {
  if (child.features.softDelete === undefined) return []
  return child.relations
    .filter(
      relation => relation.onDelete === 'Cascade' && models.get(relation.model)?.meta.features.softDelete !== undefined
    )
    .map(relation => ({ child, relation }))
}

function annotationSource (documentation: string): string {
  return parseAnnotations(documentation).annotations.find(({ name }) => name === 'softDelete')!.source
}

/**
 * A partial index of a soft-deletable model is there for its live rows: without its annotation nobody else knows of it.
 */
function checkPartialIndexes ({ meta, partialIndexes }: ReadModel): SchemaProblem[] {
  if (meta.features.softDelete === undefined) return []
  const { deletedAt } = meta.features.softDelete
  const described = meta.uniques.filter(unique => unique.where !== null).map(unique => keyOf(unique.fields))
  return partialIndexes.flatMap(({ fields, name }): SchemaProblem[] => {
    const at = described.indexOf(keyOf(fields))
    if (at !== -1) {
      described.splice(at, 1)
      return []
    }
    const list = fields.map(field => JSON.stringify(field)).join(', ')
    const named = name === null ? '' : `name: ${JSON.stringify(name)}, `
    return [
      {
        model: meta.name,
        field: null,
        source: `@@unique([${fields.join(', ')}], where: …)`,
        message: 'Prisma tells nobody for which rows this unique index holds, so that upserts could not use it',
        hint:
          `Repeat its condition above the model, such as \`/// @commons.unique(${named}fields: [${list}], ` +
          `where: { ${deletedAt}: null })\``
      }
    ]
  })
}

function keyOf (fields: readonly string[]): string {
  return [...fields].sort().join()
}
