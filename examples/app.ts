import { readFile } from 'node:fs/promises'
import caching from '@fastify/caching'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions, RouteOptions } from 'fastify'
import currentUser from 'fastify-prisma-commons/current-user'
import envelope, { clientErrorHandler, frameworkErrors } from 'fastify-prisma-commons/envelope'
import { mapError } from 'fastify-prisma-commons/extension'
import operations from 'fastify-prisma-commons/operations'
import prismaPlugin from 'fastify-prisma-commons/prisma'
import type { PoolClient } from 'pg'
import { authenticate } from './auth.js'
import { createClient } from './client.js'
import type { Database } from './database/index.js'
import { docs } from './docs.js'
import { drain } from './drain.js'
import { api } from './routes/api.js'
import { healthRoute } from './routes/health.js'
import { homeRoute } from './routes/home.js'

export interface AppOptions {
  /** A database with the migrations applied. It stays the caller's: close it after the app. */
  readonly database: Pick<Database, 'kind' | 'pool' | 'maxWait'>
  /** Default: false. */
  readonly logger?: FastifyServerOptions['logger']
  /** Told of each route as it is added. */
  readonly onRoute?: (route: RouteOptions) => void
}

/**
 * Builds the example's server, ready to listen or to `inject`, and seeds its database when that is empty.
 *
 * @example
 * const app = await buildApp({ database: await openDatabase({ COMMONS_DATA: 'memory' }) })
 */
export async function buildApp (options: AppOptions): Promise<FastifyInstance> {
  const { database, logger = false } = options
  // Bodies that never end are cut after five minutes, the time that the import gives uploads.
  const app = Fastify({
    logger,
    clientErrorHandler,
    frameworkErrors,
    requestTimeout: 300_000,
    routerOptions: { ignoreTrailingSlash: true }
  })
  if (options.onRoute !== undefined) app.addHook('onRoute', options.onRoute)
  // Lost idle connections are replaced when next needed; without a listener the first one would end the process.
  const onLostConnection = (error: Error): void => app.log.warn(error, 'a database connection was lost')
  database.pool.on('error', onLostConnection)
  // A connection that is lost within a transaction has nobody else who listens: Prisma's adapter does not.
  const watch = (client: PoolClient): void => {
    client.on('error', onLostConnection)
  }
  database.pool.on('connect', watch)
  app.addHook('onClose', async () => {
    database.pool.off('error', onLostConnection).off('connect', watch)
  })
  const prisma = await createClient(database)

  const { version } = JSON.parse(
    await readFile(new URL(import.meta.resolve('fastify-prisma-commons/package.json')), 'utf8')
  ) as { version: string }
  await app.register(drain)
  await app.register(envelope, { mapError: error => mapError(error) })
  await app.register(docs, { version })
  // Answers depend on who asks. Only the header is of use here: the plugin's ETags would answer without asking the
  // route.
  await app.register(caching, { privacy: 'private, no-cache' })
  await app.register(currentUser, { resolve: authenticate, hook: 'onRequest' })
  await app.register(prismaPlugin, { client: prisma })
  await app.register(operations, { prefix: '/api/operations' })
  await app.register(homeRoute)
  await app.register(healthRoute, { database, version })
  await app.register(api, { prefix: '/api' })
  return app
}
