import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { EngineOptions } from '../lib/operations/engine.js'
import type { Operation } from '../lib/operations/operation.js'
import { Operations } from '../lib/operations/operations.js'
import { plainUsers, snapshotOf, type RequestSnapshot, type UserCodec } from '../lib/operations/request-snapshot.js'
import type { Actor } from '../lib/actor.js'
import { CommonsError } from '../lib/errors.js'
import { check, checkOptions, type OptionTable } from '../lib/options.js'
import { requirePlugin } from '../lib/require-plugin.js'
import type { OperationsHost } from '../lib/resource/background/background.js'
import type { ResourceRequest } from '../lib/scope/resource-request.js'
import { isTransient } from '../prisma/operations/is-transient.js'
import { operationsClient } from '../prisma/operations/operations-client.js'
import { prismaStore } from '../prisma/operations/prisma-store.js'
import { mountOperations } from './mount-operations.js'

export type { OperationCounts, OperationFailure, OperationState } from '../lib/operations/operation.js'
export type { OperationStatus } from '../lib/operations/status.js'
export type { Operation, Operations }
export type { CurrentUser, PrismaTypes } from './mount-resource.js'

export interface OperationsPluginOptions extends Partial<EngineOptions> {
  /** Path of the operations. Default: `/operations`. */
  readonly prefix?: string
  /** Whether this process works on operations, or only starts and shows them. Default: true. */
  readonly worker?: boolean
  /** Seconds after its start that an operation is kept, with its items and failures. Default: 604,800, a week. */
  readonly ttlSeconds?: number
  /**
   * Names of request headers that are kept with an operation, for the scope and the rules of its resource. They are
   * stored as they are: name none with a secret. Default: none.
   */
  readonly headers?: readonly string[]
  /**
   * How the user of a request is kept until its operation is done: `store` gives JSON, `load` the user again. Default:
   * the user as JSON.
   */
  readonly user?: UserCodec
  /** Whether a request may see and cancel an operation of somebody else. Default: never. */
  readonly authorize?: (request: FastifyRequest, operation: Operation) => boolean | Promise<boolean>
  /** Event streams that one user may have open. Default: 10. */
  readonly maxStreams?: number
  /** Seconds after which a quiet event stream sends a comment, so that proxies keep it open. Default: 15. */
  readonly heartbeatSeconds?: number
}

const optionTable: OptionTable<OperationsPluginOptions> = {
  prefix: { expected: 'a path, e.g. "/operations"', accepts: value => typeof value === 'string' && value[0] === '/' },
  worker: check.boolean,
  concurrency: check.integer(1),
  perOwner: check.integer(1),
  leaseSeconds: check.integer(1),
  pollSeconds: check.integer(1),
  attempts: check.integer(1),
  ttlSeconds: check.integer(1),
  headers: check.names,
  user: check.object('an object of the functions store and load'),
  authorize: check.function,
  maxStreams: check.integer(1),
  heartbeatSeconds: check.integer(1)
}

const engineDefaults: EngineOptions = {
  concurrency: 2,
  perOwner: 1,
  leaseSeconds: 30,
  pollSeconds: 1,
  attempts: 5
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The long-running operations of this server. */
    operations: Operations
    /** What the plugin `operations` gives to resources. @internal */
    operationsHost?: OperationsHost
  }
}

/**
 * Long-running bulk writes: a resource with the section `async` takes `Prefer: respond-async`, answers 202 and writes
 * chunk by chunk, while `GET /operations/:id` tells the progress. State, items and failures are rows of the models
 * `Operation`, `OperationInput` and `OperationFailure`: another process goes on where one has gone, and no chunk is
 * written twice. Register it after `prisma` and before the resources.
 *
 * @throws TypeError for options that do not exist, and for a schema without the models
 *
 * @example
 * await app.register(operations, { perOwner: 2 })
 * await app.register(bulk, { prefix: '/contracts', resource: defineResource({ model: 'Contract', async: {} }) })
 */
export const operations: FastifyPluginAsync<OperationsPluginOptions> = fp(
  async function operations (app: FastifyInstance, options: OperationsPluginOptions) {
    checkOptions('operations', options, optionTable)
    requirePlugin(app, 'fastify-prisma-commons/prisma', 'operations')
    const {
      prefix = '/operations',
      worker = true,
      ttlSeconds = 604_800,
      headers = [],
      user: users = plainUsers,
      authorize = () => false,
      maxStreams = 10,
      heartbeatSeconds = 15,
      ...engine
    } = options
    const service = new Operations({
      store: prismaStore(operationsClient(app.prisma)),
      options: { ...engineDefaults, ...engine },
      ttlSeconds,
      isWorker: worker,
      isTransient,
      onError: (error, operation) => {
        app.log.error({ err: error, operation: operation?.id }, 'An operation met an error')
      }
    })
    app.decorate('operations', service)
    app.decorate('operationsHost', {
      operations: service,
      urlOf: id => `${prefix}/${id}`,
      snapshot: (request, user) => snapshotOf(request as FastifyRequest, user, { names: headers, users }),
      restore: async snapshot => await restore(app, snapshot, users)
    })
    app.addHook('onReady', async () => service.open())
    app.addHook('preClose', async () => service.endWatching())
    app.addHook('onClose', async () => await service.close())
    const routes = { prefix, authorize, maxStreams, heartbeatSeconds }
    await app.register(async scope => mountOperations(scope, service, routes), { prefix })
  },
  { name: 'fastify-prisma-commons/operations', fastify: '5.x' }
)

export default operations

/** What rules see of a request whose client has its answer already. */
async function restore (
  app: FastifyInstance,
  { user: stored, ...kept }: RequestSnapshot,
  users: UserCodec
): ReturnType<OperationsHost['restore']> {
  const user = stored === null ? null : await loadUser(app, stored, users)
  const request = {
    ...kept,
    currentUser: user,
    user,
    action: null,
    log: app.log.child({ reqId: kept.id }),
    server: app
  }
  return { request: request as unknown as ResourceRequest, user }
}

/**
 * A user who cannot be loaded may no longer act: their operation fails, and is not tried again.
 *
 * @throws CommonsError `unauthorized`, with the cause; the error itself where it has a code, or the database is away
 */
async function loadUser (app: FastifyInstance, stored: unknown, users: UserCodec): Promise<Actor> {
  try {
    return await users.load(stored)
  } catch (error) {
    if (error instanceof CommonsError || isTransient(error)) throw error
    app.log.error({ err: error }, 'The user of an operation could not be loaded')
    throw new CommonsError('unauthorized', {
      message: 'The user who started the operation could not be loaded',
      cause: error
    })
  }
}
