import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client'
import { kindOf, observed } from '../../lib/diagnostics/observed.js'

type Adapter = Awaited<ReturnType<SqlDriverAdapterFactory['connect']>>
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>
type Queryable = Pick<Adapter, 'queryRaw' | 'executeRaw'>

let hasObserved = false

/** True once an adapter of this process is observed. */
export function isObserving (): boolean {
  return hasObserved
}

/**
 * Wraps a driver adapter of Prisma 7, so that every statement is seen: those of Prisma's methods, of raw queries, of
 * the bulk methods and of transactions. Each one is told, with its text, duration, rows and error, to the request that
 * sent it and to the channel `fastify-prisma-commons:query`. Values of parameters are never logged.
 *
 * @param factory what you give to `new PrismaClient({ adapter })`, e.g. `new PrismaPg(pool)`
 * @returns a factory to give in its place
 *
 * @example
 * const prisma = new PrismaClient({ adapter: observe(new PrismaPg({ connectionString })) })
 */
export function observe<Factory extends SqlDriverAdapterFactory> (factory: Factory): Factory {
  hasObserved = true
  const methods: Partial<SqlDriverAdapterFactory> = {
    connect: async () => observedAdapter(await factory.connect())
  }
  return overlaid(factory, methods as Partial<Factory>)
}

function observedAdapter (adapter: Adapter): Adapter {
  return overlaid(adapter, {
    ...observedQueries(adapter, false),
    executeScript: async script =>
      await observed(
        { sql: script, args: [], inTransaction: false },
        async () => await adapter.executeScript(script),
        () => null
      ),
    startTransaction: async isolationLevel =>
      observedTransaction(await transactional('BEGIN', async () => await adapter.startTransaction(isolationLevel)))
  })
}

function observedTransaction (transaction: Transaction): Transaction {
  const { createSavepoint, rollbackToSavepoint, releaseSavepoint } = transaction
  const savepoint =
    (sql: string, method: (name: string) => Promise<void>) =>
      async (name: string): Promise<void> => {
        await transactional(`${sql} ${name}`, async () => await method.call(transaction, name))
      }
  return overlaid(transaction, {
    ...observedQueries(transaction, true),
    ...(createSavepoint && { createSavepoint: savepoint('SAVEPOINT', createSavepoint) }),
    ...(rollbackToSavepoint && { rollbackToSavepoint: savepoint('ROLLBACK TO SAVEPOINT', rollbackToSavepoint) }),
    ...(releaseSavepoint && { releaseSavepoint: savepoint('RELEASE SAVEPOINT', releaseSavepoint) })
  })
}

function observedQueries (queryable: Queryable, inTransaction: boolean): Queryable {
  return {
    queryRaw: async query =>
      await observed(
        { sql: query.sql, args: query.args, inTransaction },
        async () => await queryable.queryRaw(query),
        ({ rows }) => rows.length
      ),
    executeRaw: async query =>
      await observed(
        { sql: query.sql, args: query.args, inTransaction, kind: kindOf(query.sql) },
        async () => await queryable.executeRaw(query),
        count => count
      )
  }
}

async function transactional<Result> (sql: string, work: () => Promise<Result>): Promise<Result> {
  return await observed({ sql, args: [], inTransaction: true, kind: 'transaction' }, work, () => null)
}

/**
 * An object with other methods in the place of some of its own. Adapters keep private fields, so their methods run on
 * the object itself.
 */
function overlaid<T extends object> (target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get (target, name) {
      if (Object.hasOwn(methods, name)) return methods[name as keyof T]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    }
  })
}
