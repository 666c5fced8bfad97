import { setImmediate } from 'node:timers/promises'
import type { SqlRunner } from '../sql/runner.js'
import type { BulkContext, InputRow } from './context.js'
import type { Faults } from './faults.js'
import { retried } from './retried.js'

/** Some items of a batch, with their places in the request. */
export interface Chunk {
  readonly rows: readonly InputRow[]
  readonly indexes: readonly number[]
}

/** Splits a batch; `order` lists the items that are to be written, in the order of the writing. */
export function chunksOf (rows: readonly InputRow[], size: number, order: readonly number[] = [...rows.keys()]): Chunk[] {
  const chunks: Chunk[] = []
  for (let start = 0; start < order.length; start += size) {
    const indexes = order.slice(start, start + size)
    chunks.push({ indexes, rows: indexes.map(index => rows[index]!) })
  }
  return chunks
}

/** The items of a chunk at some of its positions. */
export function partOf ({ rows, indexes }: Chunk, isIn: (position: number) => boolean): Chunk {
  const positions = [...indexes.keys()].filter(isIn)
  return { rows: positions.map(i => rows[i]!), indexes: positions.map(i => indexes[i]!) }
}

export interface ChunkWork<Prepared, Result> {
  readonly prepare: (chunk: Chunk) => Prepared
  readonly write: (prepared: Prepared, runner: SqlRunner) => Promise<Result>
  /** True when what was written may have to be undone: when `write` needs several statements, or `settle` may throw. */
  readonly mayUndo?: (prepared: Prepared) => boolean
  /** Does in the same transaction what is left to do once all chunks are written; throws when nothing is to stay so. */
  readonly settle?: (results: readonly Result[], runner: SqlRunner) => void | Promise<void>
}

/**
 * Prepares and writes chunk after chunk: one alone needs no transaction, several share one.
 * The next chunk is prepared while the database writes the present one. Once an item is at fault nothing more is
 * written: the other chunks are only prepared, so that all faults are told at once.
 */
export async function writeChunks<Prepared, Result> (
  context: BulkContext,
  chunks: readonly Chunk[],
  faults: Faults,
  { prepare, write, mayUndo = () => false, settle = () => {} }: ChunkWork<Prepared, Result>
): Promise<Result[]> {
  const [first] = chunks
  if (first === undefined) return []
  const prepareSound = (position: number): Prepared => {
    const prepared = prepare(chunks[position]!)
    if (faults.any) chunks.slice(position + 1).forEach(prepare)
    faults.throwIfAny()
    return prepared
  }
  const prepared = prepareSound(0)
  if (chunks.length === 1 && !mayUndo(prepared)) {
    return await retried(context.runner.inTransaction ? null : context.retryTimeout, async () => [await write(prepared, context.runner)], turnOf(context))
  }
  return await inSavepoint(context, context.isUndone !== true, async ({ runner }) => {
    const results: Result[] = []
    let current = prepared
    for (let position = 0; position < chunks.length; position++) {
      const isLast = position === chunks.length - 1
      const [written, next] = await Promise.allSettled([write(current, runner), isLast ? current : soon(() => prepareSound(position + 1))])
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
 * Runs `work`, where it is wanted in a transaction of its own, inside one of the caller in a savepoint: then its failure
 * leaves nothing behind, and it is run again after a deadlock or a race.
 */
export async function inSavepoint<T> (context: BulkContext, isWanted: boolean, work: (context: BulkContext) => Promise<T>): Promise<T> {
  if (!isWanted) return await work(context)
  return await retried(context.retryTimeout, async () => {
    return await context.runner.transaction(async runner => await work({ ...context, runner, isUndone: true }))
  }, turnOf(context))
}

/** The model whose writers may have to go one after another; null where others may wait for the transaction that is open. */
function turnOf ({ model, runner }: BulkContext): string | null {
  return runner.inTransaction ? null : model.name
}

/** Runs `work` once the statement under way has left for the database. */
async function soon<T> (work: () => T): Promise<T> {
  await setImmediate()
  return work()
}
