import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { answer } from '../../sql/port/answer.js'
import type { Reference } from '../../sql/port/statement-parts.js'
import type { CascadeWrite } from '../../sql/port/write-statements.js'
import type { WriteContext } from '../core/write-context.js'
import { dependentsOf } from '../core/dependents.js'
import { notDeleted, softDeleteOf, deletedFilter } from '../core/soft-delete-filter.js'
import { deletionStamps, restorationStamps, stampColumns, touches } from '../core/stamps.js'

/**
 * Marks the live rows that go with the rows of some deletions, level by level and to any depth, and gives the models
 * that may have rows of these deletions. One statement a relation a level: no row comes here. What was soft-deleted
 * earlier keeps its own stamp and id.
 */
export async function cascadeDeletion (context: WriteContext, ids: readonly string[]): Promise<readonly Model[]> {
  return await walk(context, ids, 'mark')
}

/**
 * Restores the rows that went with the rows of some deletions, which are restored by now. Their ids are not: an
 * id stays in a row until everything below it is restored, since it tells which rows the way goes through.
 */
export async function cascadeRestoration (context: WriteContext, ids: readonly string[]): Promise<void> {
  for (const model of await walk(context, ids, 'restore')) {
    if (dependentsOf(context.registry, model).cascades.length > 0) await forgetDeletions({ ...context, model }, ids)
  }
}

async function walk (
  context: WriteContext,
  ids: readonly string[],
  kind: CascadeWrite['kind']
): Promise<readonly Model[]> {
  const { registry, dialect, runner } = context
  const reached = new Set([context.model])
  let level: ReadonlySet<Model> = ids.length > 0 ? reached : new Set()
  while (level.size > 0) {
    const next = new Set<Model>()
    for (const model of level) {
      for (const reference of dependentsOf(registry, model).cascades) {
        for (const part of partsOf(context, ids)) {
          const [row] = await runner.query(dialect.cascade(stepOf({ ...context, model }, part, kind, reference)))
          if (Number(row?.[answer.updated]) > 0) next.add(reference.model)
        }
      }
    }
    for (const model of next) reached.add(model)
    level = next
  }
  return [...reached]
}

/** What rows of the context's model pass on to those that refer to them. */
function stepOf (
  context: WriteContext,
  ids: readonly string[],
  kind: CascadeWrite['kind'],
  reference: Reference
): CascadeWrite {
  const { model, registry } = context
  const child = { ...context, model: reference.model }
  const isMark = kind === 'mark'
  const stamps = isMark ? deletionStamps(child, null) : restorationStamps(child)
  // A soft-deleted row takes the id over; a restored row keeps it as long as others may hang on it.
  const keepsId = isMark || dependentsOf(registry, child.model).cascades.length > 0
  if (keepsId) stamps.delete(idField(child.model).name)
  return {
    kind,
    model,
    deletionId: idField(model),
    ids: encodeIds(context, ids),
    from: deletedFilter(model, isMark ? 'only' : 'exclude'),
    by: {
      ...reference,
      deletionId: idField(child.model),
      where: deletedFilter(child.model, isMark ? 'exclude' : 'only')
    },
    columns: stampColumns(child, stamps),
    touch: touches(child)
  }
}

async function forgetDeletions (context: WriteContext, ids: readonly string[]): Promise<void> {
  const { model, dialect, runner } = context
  const field = idField(model)
  for (const part of partsOf(context, ids)) {
    await runner.query(
      dialect.update({
        model,
        rows: part.length,
        keys: [{ field, values: encodeIds(context, part) }],
        where: notDeleted(model),
        columns: stampColumns(context, new Map([[field.name, null]])),
        touch: [],
        expected: null,
        returning: null
      })
    )
  }
}

/** The field of the deletion's id, which every model of a cascade has. */
function idField (model: Model): FieldMeta {
  const { deletionId } = softDeleteOf(model)
  if (deletionId === null) throw new Error(`${model.name} has no field for the id of a deletion`)
  return model.ownField(deletionId)
}

function encodeIds ({ model, dialect }: WriteContext, ids: readonly string[]): string | null {
  return dialect.encode(model, idField(model), ids, (position, code) => {
    throw new Error(`${model.name}.${idField(model).name} cannot hold ${ids[position]}: ${code}`)
  })
}

function partsOf ({ chunkRows }: WriteContext, ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / chunkRows) }, (_, part) =>
    ids.slice(part * chunkRows, (part + 1) * chunkRows)
  )
}
