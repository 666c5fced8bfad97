import { CommonsError, type ErrorCode } from '../../errors.js'
import type { UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { answer } from '../../sql/port/answer.js'
import type { Statement } from '../../sql/port/runner.js'
import type { Chunk } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { explainIndexLimit, isIndexError } from '../core/index-limit.js'
import { reportRepeated, rowKeys, sortByKey } from '../core/keys.js'
import { notDeleted } from '../core/soft-delete-filter.js'
import { lockRows } from './lock-rows.js'
import { haveArrived, parkRows, planMoves, type Moves } from './moves.js'
import { inSavepoint } from './savepoint.js'
import type { Selection } from '../core/selector.js'
import { readStored } from '../core/stored-rows.js'
import { explainForeignKey, explainRestriction, eachFound } from './explain-foreign-key.js'
import type { WrittenItems } from './written-items.js'

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

/**
 * The unique constraints that may be broken: that of the index; all, where the schema does not know the index by its
 * name.
 */
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

/** The items' values of a unique constraint: those that an item does not name are those of its row. */
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
