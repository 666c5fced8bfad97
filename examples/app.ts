import { readFile } from 'node:fs/promises'
import caching from '@fastify/caching'
import { PrismaPg } from '@prisma/adapter-pg'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { PrismaClient } from '../prisma/generated/client/client.js'
import { seed } from '../prisma/seed.js'
import type { Database } from './database/index.js'
import { docs } from './docs.js'
import { drain } from './drain.js'
import { healthRoute } from './routes/health.js'

export interface AppOptions {
  /** A database with the migrations applied. It stays the caller's: close it after the app. */
  readonly database: Pick<Database, 'kind' | 'pool'>
  /** Default: false. */
  readonly logger?: FastifyServerOptions['logger']
}

/**
 * Builds the example's server, ready to listen or to `inject`, and seeds its database when that is empty.
 *
 * @example
 * const app = await buildApp({ database: await openDatabase({ COMMONS_DATA: 'memory' }) })
 */
export async function buildApp (options: AppOptions): Promise<FastifyInstance> {
  const { database, logger = false } = options
  const app = Fastify({ logger })
  // Lost idle connections are replaced when next needed; without a listener the first one would end the process.
  const onLostConnection = (error: Error): void => app.log.warn(error, 'a database connection was lost')
  database.pool.on('error', onLostConnection)
  const prisma = new PrismaClient({ adapter: new PrismaPg(database.pool) })
  app.addHook('onClose', async () => {
    await prisma.$disconnect()
    database.pool.off('error', onLostConnection)
  })
  await seed(prisma)

  const { version } = JSON.parse(await readFile(new URL(import.meta.resolve('fastify-prisma-commons/package.json')), 'utf8')) as { version: string }
  await app.register(drain)
  await app.register(docs, { version })
  // Answers depend on who asks. Only the header is of use here: the plugin's ETags would answer without asking the route.
  await app.register(caching, { privacy: 'private, no-cache' })
  await app.register(healthRoute, { database, version })
  return app
}
