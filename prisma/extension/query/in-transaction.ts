import { CommonsError } from '../../../lib/errors.js'
import type { Call } from './calls.js'
import type { Below } from './delegates.js'

/** Runs work that is done as a whole or not at all: in a transaction of its own, or in a savepoint of the caller's. */
export async function inTransaction<T> (
  { client, suite: { config } }: Call,
  work: (client: Below) => PromiseLike<T>
): Promise<T> {
  if (client.$transaction === undefined) {
    throw new CommonsError('internal_error', {
      message: 'This Prisma client cannot open a nested transaction; 7.6 or later can'
    })
  }
  // A copy: Prisma notes the transaction that a savepoint is in on the options.
  return client.$transaction(async inner => work(inner as Below), { ...config.transaction })
}
