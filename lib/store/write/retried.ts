import { setTimeout } from 'node:timers/promises'
import { CommonsError } from '../../errors.js'
import type { Model } from '../../model/registry.js'

/**
 * The longest pause between two attempts, in milliseconds; the first is at most a 50th of it, and each may be twice as
 * long as the last.
 */
const longestPause = 250

/** Milliseconds after a lost race for which large writes of a model lock their rows beforehand. */
const contendedFor = 10_000

/** Model → until when its large writes lock their rows beforehand. */
const contended = new WeakMap<Model, number>()

/**
 * Runs `work` again after a deadlock or a race, with pauses of random length, so that writers who met once do not meet
 * again. Its own transaction, or its savepoint in the caller's, has let go of all locks by then. A lone statement
 * inside the caller's transaction has ended that, and only the caller can begin again.
 *
 * `work` learns whether writers of the model have met a short while ago: then a write whose statement would lock rows
 * in another order than the rest does so beforehand. Without contention that would be a wasted statement.
 *
 * @param timeout milliseconds after which no further attempt begins; null: there is one attempt
 * @param model whose rows are written; null: those of several models, or none
 * @param isAbandoned true once no further attempt is to begin
 * @throws CommonsError `write_conflict` of the last attempt; whatever else `work` throws
 */
export async function retried<T> (
  timeout: number | null,
  work: (isContended: boolean) => Promise<T>,
  model: Model | null = null,
  isAbandoned: () => boolean = () => false
): Promise<T> {
  const start = performance.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt > 0 || (model !== null && (contended.get(model) ?? 0) > performance.now()))
    } catch (error) {
      const isConflict = error instanceof CommonsError && error.code === 'write_conflict'
      if (!isConflict || timeout === null || performance.now() - start >= timeout) throw error
      if (model !== null) contended.set(model, performance.now() + contendedFor)
      await pause(attempt)
      if (isAbandoned()) throw error
    }
  }
}

/** A pause of random length before the next attempt. */
export async function pause (attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(longestPause, (longestPause / 50) * 2 ** attempt))
}
