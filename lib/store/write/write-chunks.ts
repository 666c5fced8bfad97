import { setImmediate } from 'node:timers/promises'
import type { SqlRunner } from '../../sql/port/runner.js'
import type { Chunk } from '../core/chunk.js'
import type { WriteContext } from '../core/write-context.js'
import type { ItemErrors } from '../core/item-errors.js'
import { lockRows } from './lock-rows.js'
import { retried } from './retried.js'
import { contendedModel, inSavepoint } from './savepoint.js'
import type { Selection } from '../core/selector.js'

export interface ChunkWork<Prepared, Result> {
  readonly prepare: (chunk: Chunk) => Prepared
  readonly write: (prepared: Prepared, runner: SqlRunner) => Promise<Result>
  /** True when what was written may have to be undone: when `write` needs several statements, or `settle` may throw. */
  readonly mayUndo?: (prepared: Prepared) => boolean
  /** The rows that the statements lock in an order of their own; null: in that of all writers, or none. */
  readonly unordered: Selection | null
  /** Does in the same transaction what is left to do once all chunks are written; throws when nothing is to stay so. */
  readonly settle?: (results: readonly Result[], runner: SqlRunner) => void | Promise<void>
}

/**
 * Prepares and writes chunk after chunk: one alone needs no transaction, several share one.
 * The next chunk is prepared while the database writes the present one. Once an item is at fault nothing more is
 * written: the other chunks are only prepared, so that one error names all that is wrong.
 */
export async function writeChunks<Prepared, Result> (
  context: WriteContext,
  chunks: readonly Chunk[],
  itemErrors: ItemErrors,
  { prepare, write, unordered, mayUndo = () => false, settle = () => {} }: ChunkWork<Prepared, Result>
): Promise<Result[]> {
  const [first] = chunks
  if (first === undefined) return []
  const prepareSound = (position: number): Prepared => {
    const prepared = prepare(chunks[position]!)
    if (itemErrors.any) chunks.slice(position + 1).forEach(prepare)
    itemErrors.throwIfAny()
    return prepared
  }
  const prepared = prepareSound(0)
  if (chunks.length === 1 && !mayUndo(prepared)) {
    return [await writeAlone(context, unordered, async runner => await write(prepared, runner))]
  }
  return await inSavepoint(context, context.isUndone !== true, async inner => {
    const { runner } = inner
    if (mustLock(inner, unordered)) await lockRows(inner, unordered)
    const results: Result[] = []
    let current = prepared
    for (let position = 0; position < chunks.length; position++) {
      const isLast = position === chunks.length - 1
      const [written, next] = await Promise.allSettled([
        write(current, runner),
        isLast ? current : soon(() => prepareSound(position + 1))
      ])
      if (written.status === 'rejected') throw written.reason
      if (next.status === 'rejected') throw next.reason
      results.push(written.value)
      current = next.value
    }
    await settle(results, runner)
    return results
  })
}

/**
 * One statement; where writers of its rows have met and it locks them in another order, a transaction that locks them
 * first.
 */
async function writeAlone<Result> (
  context: WriteContext,
  unordered: Selection | null,
  write: (runner: SqlRunner) => Promise<Result>
): Promise<Result> {
  const { inTransaction } = context.runner
  const lockAndWrite = async (inner: WriteContext): Promise<Result> => {
    if (mustLock(inner, unordered)) await lockRows(inner, unordered)
    return await write(inner.runner)
  }
  return await retried(
    inTransaction ? null : context.retryTimeout,
    async hasMet => {
      const inner = { ...context, isContended: hasMet || context.isContended === true }
      if (inTransaction || !mustLock(inner, unordered)) return await lockAndWrite(inner)
      return await context.runner.transaction(async runner => await lockAndWrite({ ...inner, runner }))
    },
    contendedModel(context),
    context.isAbandoned
  )
}

function mustLock ({ isContended }: WriteContext, unordered: Selection | null): unordered is Selection {
  return isContended === true && unordered !== null
}

/** Runs `work` once the statement under way has left for the database. */
async function soon<T> (work: () => T): Promise<T> {
  await setImmediate()
  return work()
}
