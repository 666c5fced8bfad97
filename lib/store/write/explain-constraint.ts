import { CommonsError, type ErrorCode, type ErrorParams } from '../../errors.js'
import type { RelationMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { answer } from '../../sql/port/answer.js'
import type { SqlRow, Statement } from '../../sql/port/runner.js'
import { chunksOf, type Chunk } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { explainIndexLimit, isIndexError } from '../core/index-limit.js'
import { reportRepeated, rowKeys, sortByKey } from '../core/keys.js'
import { notDeleted } from '../core/soft-delete-filter.js'
import { lockRows } from './lock-rows.js'
import { haveArrived, parkRows, planMoves, type Moves } from './moves.js'
import { referenceOf } from '../core/dependents.js'
import { inSavepoint } from './savepoint.js'
import type { Selection } from '../core/selector.js'
import { readStored } from '../core/stored-rows.js'

export interface WrittenItems {
  /** What each item writes. */
  readonly rows: readonly InputRow[]
  /**
   * The unique set and its values by which an item finds its own row, which cannot clash with itself; null for inserts.
   */
  readonly own: Selection | null
  /** True where the write undoes itself when it fails: then its failure does not end the caller's transaction. */
  readonly isUndone?: boolean
  /**
   * True where slugs were generated: a writer who loses one makes another, so inside a transaction the write stands in
   * a savepoint.
   */
  readonly hasGeneratedSlugs?: boolean
}

/**
 * Runs a bulk write. When a unique constraint refuses it since the items take values from each other, it is run again
 * in another order. When a constraint refuses it otherwise, the items that break the constraint are looked up and
 * named; the database itself tells only the constraint. Inside the caller's transaction, which the failed statement has
 * ended, the error stays as it is.
 */
export async function diagnosed<T> (
  context: WriteContext,
  items: WrittenItems,
  work: (context: WriteContext, moves: Moves | null) => Promise<T>
): Promise<T> {
  const { inTransaction } = context.runner
  const hasSavepoint = inTransaction && (context.isolates || items.hasGeneratedSlugs === true)
  const isUndone = !inTransaction || hasSavepoint || items.isUndone === true
  try {
    return await inSavepoint(context, hasSavepoint, async inner => await work(inner, null))
  } catch (error) {
    if (!(error instanceof CommonsError) || !isUndone) throw error
    const moves =
      error.code === 'unique_violation' && items.own !== null && items.hasGeneratedSlugs !== true
        ? await planMoves(context, items.rows, items.own)
        : null
    if (moves !== null) return await moved(context, { rows: items.rows, own: items.own! }, work, error)
    await explain(context, items, error)
    throw error
  }
}

/** Runs the write again, with the rows locked and out of each other's way. */
async function moved<T> (
  context: WriteContext,
  items: MovingItems,
  work: (context: WriteContext, moves: Moves) => Promise<T>,
  refused: CommonsError
): Promise<T> {
  try {
    return await inSavepoint(context, true, async inner => {
      await lockRows(inner, items.own)
      // Another writer may have moved them in between.
      const moves = await planMoves(inner, items.rows, items.own)
      if (moves === null) throw refused
      await parkRows(inner, moves).catch((error: unknown) => {
        throw isTransient(error) ? error : refused
      })
      const result = await work(inner, moves)
      if (!(await haveArrived(inner, moves))) throw refused
      return result
    })
  } catch (error) {
    if (error instanceof CommonsError) await explain(context, items, error)
    throw error
  }
}

interface MovingItems extends WrittenItems {
  readonly own: Selection
}

/** Whether an error is no fault of the values: a lost race, or a database that is away. */
function isTransient (error: unknown): boolean {
  return !(error instanceof CommonsError) || error.status >= 500 || error.code === 'write_conflict'
}

/** True for the errors of a constraint that name no items, though the items can be looked up, or written otherwise. */
export function mayBeExplained (error: unknown): boolean {
  return (
    error instanceof CommonsError &&
    error.details.length === 0 &&
    (explained.has(error.code) || error instanceof AvoidableError)
  )
}

/** The error of a write that ended its transaction, but can be done where each operation stands in a savepoint. */
export class AvoidableError extends CommonsError {
  constructor (cause: CommonsError) {
    const { code, params, details, message, status, data } = cause
    super(code, { params, details, message, status, data, cause })
  }
}

const explained: ReadonlySet<ErrorCode> = new Set([
  'unique_violation',
  'foreign_key_not_found',
  'foreign_key_restricted'
])

/** Throws a BulkError when items can be named; returns when none is found to break the constraint any more. */
async function explain (context: WriteContext, items: WrittenItems, error: CommonsError): Promise<void> {
  const fields = Array.isArray(error.params['constraintFields']) ? (error.params['constraintFields'] as string[]) : []
  const itemErrors = new ItemErrors()
  if (error.code === 'unique_violation') {
    for (const unique of violatedBy(context.model, error, fields)) {
      await explainUnique(context, items, unique, itemErrors)
      if (itemErrors.any) break
    }
  } else if (error.code === 'foreign_key_not_found') {
    await explainForeignKey(context, items.rows, fields, itemErrors)
  } else if (isIndexError(error)) {
    explainIndexLimit(context, items.rows, itemErrors)
  } else if (error.code === 'foreign_key_restricted' && typeof error.params['referring'] === 'string') {
    await explainRestriction(context, items, error.params['referring'], fields, itemErrors)
  }
  itemErrors.throwIfAny(error)
}

/** The unique sets that may be broken: that of the index; all, where the schema does not know the index by its name. */
function violatedBy (model: Model, { params }: CommonsError, fields: readonly string[]): readonly UniqueMeta[] {
  // A trigger may have written to another table.
  if (params['model'] !== model.name && params['model'] !== 'row') return []
  const named = model.uniqueOf(fields)
  if (named !== undefined) return [named]
  return fields.length === 0 ? model.meta.uniques : []
}

async function explainUnique (
  context: WriteContext,
  { rows, own }: WrittenItems,
  unique: UniqueMeta,
  itemErrors: ItemErrors
): Promise<void> {
  const { model, dialect } = context
  const statementOf = (chunk: Chunk): Statement =>
    dialect.findTaken({
      model,
      unique,
      values: keyColumns(context, chunk, unique.fields, itemErrors),
      own:
        own === null
          ? null
          : {
              keys: keyColumns(
                context,
                { ...chunk, rows: chunk.indexes.map(index => own.rows[index]!) },
                own.unique.fields,
                itemErrors
              ),
              where: own.where
            },
      live: notDeleted(model)
    })
  await eachFound(context, rows, statementOf, (index, row) =>
    itemErrors.addTaken(index, model.name, unique, row[answer.deleted] === true)
  )
  if (itemErrors.any) return
  // No other row holds the values: then two items claim them.
  const whole = own === null ? rows : await completed(context, own, rows, unique)
  reportRepeated(unique, sortByKey(rowKeys(context, unique, whole)).repeated, itemErrors)
}

/** The items' values of a unique set: those that an item does not name are those of its row. */
async function completed (
  context: WriteContext,
  own: Selection,
  rows: readonly InputRow[],
  { fields }: UniqueMeta
): Promise<readonly InputRow[]> {
  const stored = await readStored(
    context,
    own,
    fields.map(name => context.model.ownField(name))
  )
  return rows.map((row, index) => ({ ...stored.get(index), ...row }))
}

async function explainForeignKey (
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
async function explainRestriction (
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

async function eachFound (
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
