import { setTimeout } from 'node:timers/promises'
import { CommonsError } from '../errors.js'
import { KeyedMutex } from './keyed-mutex.js'

/** The longest pause between two attempts, in milliseconds; the first is at most a 50th of it, and each may be twice as long as the last. */
const longestPause = 250

const losers = new KeyedMutex()

/**
 * Runs `work` again after a deadlock or a race, with pauses of random length, so that writers who met once do not meet
 * again. Its own transaction, or its savepoint in the caller's, has let go of all locks by then. A lone statement inside
 * the caller's transaction has ended that, and only the caller can begin again.
 *
 * Those that lost go one after another where they hold nothing that others wait for: side by side they would lose again.
 *
 * @param timeout milliseconds after which no further attempt begins; null: there is one attempt
 * @param waits whether work that lost waits for others that did: no transaction is open yet
 * @throws CommonsError `write_conflict` of the last attempt; whatever else `work` throws
 */
export async function retried<T> (timeout: number | null, work: () => Promise<T>, waits = false): Promise<T> {
  const start = performance.now()
  let release: (() => void) | undefined
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        const isConflict = error instanceof CommonsError && error.code === 'write_conflict'
        if (!isConflict || timeout === null || performance.now() - start >= timeout) throw error
      }
      if (waits) release ??= await losers.acquire(['write'])
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
