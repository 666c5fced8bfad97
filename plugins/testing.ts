import { randomUUID } from 'node:crypto'
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Actor } from '../lib/actor.js'
import { requirePlugin } from '../lib/require-plugin.js'
import { countedQueries, type ExpectedQueries } from '../lib/testing/expect-queries.js'
import { keepContext } from '../prisma/observe/keep-context.js'
import { isObserving } from '../prisma/observe/observe.js'

export { observe } from '../prisma/observe/observe.js'
export * from '../lib/testing/assertions.js'
export type { ExpectedQueries } from '../lib/testing/expect-queries.js'
export * from '../lib/testing/test-files.js'
export * from '../lib/testing/test-users.js'

/**
 * Runs work and fails when it sends more or fewer statements than expected. The message lists them. The adapter of
 * `app.prisma` must be wrapped by `observe`; statements of transactions (BEGIN, COMMIT) do not count.
 *
 * @param expected the number, or `{ min, max }`
 * @returns what `work` returns
 * @throws AssertionError with the statements, the number of their runs and their durations
 *
 * @example
 * const answer = await expectQueries(app, 2, () => app.inject('/contracts'))
 */
export async function expectQueries<T> (
  app: FastifyInstance,
  expected: ExpectedQueries,
  work: () => PromiseLike<T>
): Promise<T> {
  if (!isObserving()) {
    throw new Error('expectQueries: no query is seen: new PrismaClient({ adapter: observe(adapter) })')
  }
  // The statements of the start are not those of the work.
  await app.ready()
  keepContext(app.prisma)
  return await countedQueries(expected, work)
}

const header = 'x-fastify-prisma-commons-test-user'
/** Users of the requests that are under way, by a key that nobody can guess. */
const users = new Map<string, Actor | null>()

/**
 * Lets `injectAs` send requests as a user, in the place of your authentication. Register it after `currentUser`, in
 * tests only.
 *
 * @example
 * await app.register(testAuthentication)
 */
export const testAuthentication: FastifyPluginAsync = fp(
  async function testAuthentication (app: FastifyInstance) {
    requirePlugin(app, 'fastify-prisma-commons/current-user', 'testAuthentication')
    app.addHook('onRequest', async request => {
      const user = users.get(String(request.headers[header]))
      if (user !== undefined) request.currentUser = user
    })
  },
  { name: 'fastify-prisma-commons/test-authentication', fastify: '5.x' }
)

/**
 * Sends a request as a user, anonymous with null. Needs the plugin `testAuthentication`.
 *
 * @example
 * const answer = await injectAs(app, users.staff(), { method: 'POST', url: '/articles', payload })
 */
export async function injectAs (
  app: FastifyInstance,
  user: Actor | null,
  request: InjectOptions | string
): Promise<LightMyRequestResponse> {
  await app.ready()
  requirePlugin(app, 'fastify-prisma-commons/test-authentication', 'injectAs')
  const key = randomUUID()
  const options = typeof request === 'string' ? { url: request } : request
  users.set(key, user)
  try {
    return await app.inject({ ...options, headers: { ...options.headers, [header]: key } })
  } finally {
    users.delete(key)
  }
}
