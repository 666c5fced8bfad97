import { setTimeout } from 'node:timers/promises'
import { CommonsError } from '../errors.js'
import { KeyedMutex } from './keyed-mutex.js'

/** The longest pause between two attempts, in milliseconds; the first is at most a 50th of it, and each may be twice as long as the last. */
const longestPause = 250

/** Milliseconds after a lost race for which the writers of a model go one after another from the start. */
const crowdedFor = 2000

const losers = new KeyedMutex()

/** Model → until when its writers go one after another. */
const crowded = new Map<string, number>()

/**
 * Runs `work` again after a deadlock or a race, with pauses of random length, so that writers who met once do not meet
 * again. Its own transaction, or its savepoint in the caller's, has let go of all locks by then. A lone statement inside
 * the caller's transaction has ended that, and only the caller can begin again.
 *
 * Statements of one kind lock rows in one order, but an upsert finds its rows by other keys than an update. Once two have met,
 * the writers of the model in this process go one after another for a while: side by side they would only meet again.
 *
 * @param timeout milliseconds after which no further attempt begins; null: there is one attempt
 * @param model whose rows are written; null: a transaction is open already, which others may wait for
 * @throws CommonsError `write_conflict` of the last attempt; whatever else `work` throws
 */
export async function retried<T> (timeout: number | null, work: () => Promise<T>, model: string | null = null): Promise<T> {
  const isCrowded = model !== null && (crowded.get(model) ?? 0) > performance.now()
  let release = isCrowded ? await losers.acquire([model]) : undefined
  const start = performance.now()
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        const isConflict = error instanceof CommonsError && error.code === 'write_conflict'
        if (!isConflict || timeout === null || performance.now() - start >= timeout) throw error
      }
      if (model !== null) {
        crowded.set(model, performance.now() + crowdedFor)
        release ??= await losers.acquire([model])
      }
      await pause(attempt)
    }
  } finally {
    release?.()
  }
}

/** A pause of random length before the next attempt. */
export async function pause (attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(longestPause, longestPause / 50 * 2 ** attempt))
}
