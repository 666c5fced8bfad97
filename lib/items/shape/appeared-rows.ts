import { pause } from '../../store/write/retried.js'
import { CommonsError } from '../../errors.js'

/** Thrown by a write that met a row which was not there when the caller's right to write it was asked for. */
export class AppearedRows extends Error {}

/**
 * How often a request is begun again for rows that appear; each time the caller's right to those is asked for first.
 */
const attempts = 20

/**
 * Runs `work`, which asks whether a caller may write rows and writes them, in a transaction of its own. It is undone
 * and runs again, with the rows, when rows appeared between the two. No inner level may try the write again: it would
 * not ask.
 */
export async function askedAgain<T> (work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AppearedRows)) throw error
    }
    await pause(attempt)
  }
  throw new CommonsError('write_conflict')
}
