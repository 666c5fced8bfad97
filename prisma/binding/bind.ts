import { CommonsError } from '../../lib/errors.js'
import type { Registry } from '../../lib/model/registry.js'
import type { SqlRow, SqlRunner } from '../../lib/sql/port/runner.js'
import type { ClientLike, TransactionOptions } from './client-like.js'
import { mapError } from './map-error.js'

/** Runs lib's statements on a client: on its pool, or on its transaction when it is bound to one. */
export function createRunner (client: ClientLike, registry: Registry, options: TransactionOptions): SqlRunner {
  return {
    inTransaction: client.$connect === undefined,
    async query ({ text, values }) {
      try {
        return (await client.$queryRawUnsafe(text, ...values)) as readonly SqlRow[]
      } catch (error) {
        throw mapError(error, registry) ?? error
      }
    },
    transaction: async work =>
      await transaction(client, registry, options, async inner => await work(createRunner(inner, registry, options)))
  }
}

/** Runs `work` in a transaction of a client; inside one it is a savepoint of that. */
export async function transaction<T> (
  client: ClientLike,
  registry: Registry,
  options: TransactionOptions,
  work: (client: ClientLike) => Promise<T>
): Promise<T> {
  if (client.$transaction === undefined) {
    throw new CommonsError('internal_error', {
      message: 'This Prisma client cannot open a nested transaction; 7.6 or later can'
    })
  }
  try {
    // A copy: Prisma notes the transaction that a savepoint is in on the options.
    return await client.$transaction(work, { ...options })
  } catch (error) {
    throw mapError(error, registry) ?? error
  }
}
