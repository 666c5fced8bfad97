import type { ErrorParams } from '../../errors.js'
import type { RelationMeta } from '../../model/meta.js'
import { answer } from '../../sql/port/answer.js'
import type { SqlRow, Statement } from '../../sql/port/runner.js'
import { chunksOf, type Chunk } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import type { ItemErrors } from '../core/item-errors.js'
import { rowKeys } from '../core/keys.js'
import { notDeleted } from '../core/soft-delete-filter.js'
import { referenceOf } from '../core/dependents.js'
import type { WrittenItems } from './written-items.js'

export async function explainForeignKey (
  context: WriteContext,
  rows: readonly InputRow[],
  fields: readonly string[],
  itemErrors: ItemErrors
): Promise<void> {
  const { registry, model, dialect } = context
  // A constraint with a name of its own is not known by it: then every relation is looked at.
  const relations = model.meta.relations.filter(
    one => one.fields.length > 0 && (fields.length === 0 || one.fields.join() === fields.join())
  )
  for (const relation of relations) {
    const target = registry.model(relation.model)
    const statementOf = (chunk: Chunk): Statement =>
      dialect.findMissing({
        model: target,
        keys: keyColumns(context, chunk, relation.fields, itemErrors).map((key, i) => ({
          ...key,
          field: target.ownField(relation.references[i]!)
        })),
        where: notDeleted(target)
      })
    // Rows of the request itself are gone by now, but would have been there.
    const made = new Set(target === model ? rowKeys(context, { fields: relation.references }, rows) : [])
    const wanted = rowKeys(context, relation, rows)
    await eachFound(context, rows, statementOf, index => {
      if (made.has(wanted[index]!)) return
      itemErrors.add('foreign_key_not_found', index, relation.fields[0], {
        model: relation.model,
        ...keyAndValue(relation, rows[index]!)
      })
    })
  }
}

/** Names the items whose rows others refer to. */
export async function explainRestriction (
  context: WriteContext,
  { own }: WrittenItems,
  referring: string,
  fields: readonly string[],
  itemErrors: ItemErrors
): Promise<void> {
  const { registry, model, dialect } = context
  const child = registry.model(referring)
  const relation = child.meta.relations.find(one => one.fields.length > 0 && one.fields.join() === fields.join())
  if (own === null || relation === undefined) return
  const by = { ...referenceOf(registry, child, relation), where: null }
  const statementOf = (chunk: Chunk): Statement =>
    dialect.findReferred({
      model,
      keys: keyColumns(context, chunk, own.unique.fields, itemErrors),
      where: own.where,
      by
    })
  await eachFound(context, own.rows, statementOf, index => {
    itemErrors.add(
      'foreign_key_restricted',
      index,
      own.unique.fields.length === 1 ? own.unique.fields[0] : undefined,
      {
        model: model.name,
        referring
      }
    )
  })
}

type TakeFound = (index: number, row: SqlRow) => void

export async function eachFound (
  context: WriteContext,
  rows: readonly InputRow[],
  statementOf: (chunk: Chunk) => Statement,
  take: TakeFound
): Promise<void> {
  for (const chunk of chunksOf(rows, context.chunkRows)) {
    for (const row of await context.runner.query(statementOf(chunk))) {
      take(chunk.indexes[Number(row[answer.ord]) - 1]!, row)
    }
  }
}

/** A broken key as params tell it: a text and a value, or lists of them where the key has several fields. */
function keyAndValue ({ fields, references }: Pick<RelationMeta, 'fields' | 'references'>, row: InputRow): ErrorParams {
  const [field, ...others] = fields
  return others.length > 0
    ? { key: references, value: fields.map(name => row[name]) }
    : { key: references[0], value: row[field!] }
}
