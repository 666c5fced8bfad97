import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { check, checkOptions } from '../lib/options.js'
import { isPluginWithin, requirePlugin } from '../lib/require-plugin.js'
import { connect, modelsWithActor, wrongTimeZone } from '../prisma/connect.js'
import type { ConnectableClient } from '../prisma/connect.js'
import { defaultsCheck, resolveDefaults, type ResourceDefaults } from '../lib/define/resource-defaults.js'
import { ResourceRegistry } from '../lib/resource/definition/resource-registry.js'
import { storeOf } from '../prisma/binding/store.js'

const currentUser = 'fastify-prisma-commons/current-user'

/**
 * Gives `app.prisma` the type of your own client.
 *
 * @example
 * const prisma = new PrismaClient({ adapter }).$extends(commons({ metadata }))
 * declare module 'fastify-prisma-commons/prisma' {
 *   interface PrismaTypes { client: typeof prisma }
 * }
 */
export interface PrismaTypes {}

export type RegisteredClient = PrismaTypes extends { readonly client: infer Client } ? Client : ConnectableClient

export interface PrismaOptions {
  /** A Prisma client, extended or not. */
  readonly client: ConnectableClient
  /**
   * Ask the database for a sign of life before the server is ready, so that a wrong address fails the start. Default:
   * true.
   */
  readonly connect?: boolean
  /**
   * Disconnect when the server closes, after the last request. Switch it off for a client that others share. Default:
   * true.
   */
  readonly disconnect?: boolean
  /**
   * Fail the start when models have columns for who wrote their rows and no plugin `currentUser`, here, further out or
   * in a scope within, tells who does: they would stay empty. Switch it off where rows are written by nobody, or inside
   * `runAs` only. Default: true.
   */
  readonly requireCurrentUser?: boolean
  /** Options of all resources that this client serves; what a resource says itself wins. Default: none. */
  readonly defaults?: ResourceDefaults
}

declare module '../lib/store/session.js' {
  interface StoreClient extends RegisteredClient {}
}

declare module 'fastify' {
  interface FastifyInstance {
    prisma: RegisteredClient
    /** The resources of the server, each resolved once. */
    resources: ResourceRegistry
  }
}

/**
 * Holds the Prisma client of a server as `app.prisma`.
 *
 * @example
 * await app.register(prismaPlugin, { client: new PrismaClient({ adapter }).$extends(commons({ metadata })) })
 */
export const prismaPlugin: FastifyPluginAsync<PrismaOptions> = fp(
  async function prisma (app: FastifyInstance, options: PrismaOptions) {
    checkOptions('prisma', options, {
      client: check.required(check.withMethods('a Prisma client', '$connect', '$disconnect', '$queryRawUnsafe')),
      connect: check.boolean,
      disconnect: check.boolean,
      requireCurrentUser: check.boolean,
      defaults: defaultsCheck
    })
    const { client, connect: connects = true, disconnect: disconnects = true, requireCurrentUser = true } = options
    const defaults = resolveDefaults('prisma', options.defaults ?? {})

    app.decorate('prisma', client as RegisteredClient)
    app.decorate('resources', new ResourceRegistry(() => storeOf(client), defaults))
    if (connects) {
      app.addHook('onReady', async () => {
        await connect(client)
        const zone = await wrongTimeZone(client)
        if (zone !== null) {
          app.log.warn(
            `prisma: the database session is in the time zone ${zone}, Prisma stores instants as if it were UTC: ` +
              'create the pool with options: \'-c TimeZone=UTC\''
          )
        }
      })
    }
    if (requireCurrentUser) {
      // At the start: the plugin may be registered after this one.
      app.addHook('onReady', async () => {
        const models = modelsWithActor(client)
        // Where only some scopes know the user, a write elsewhere is told of when it happens.
        if (models.length === 0 || isPluginWithin(app, currentUser)) return
        requirePlugin(
          app,
          currentUser,
          `prisma: who wrote the rows of ${models.join(', ')}`,
          'Pass requireCurrentUser: false to the plugin prisma if nobody is to stand in those columns'
        )
      })
    }
    if (disconnects) {
      app.addHook('onClose', async () => {
        await client.$disconnect()
      })
    }
  },
  { name: 'fastify-prisma-commons/prisma', fastify: '5.x' }
)

export default prismaPlugin
