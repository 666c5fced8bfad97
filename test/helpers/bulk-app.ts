import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import type { ResourceOptions } from 'fastify-prisma-commons/bulk'
import { envelope } from 'fastify-prisma-commons/envelope'
import { commons } from 'fastify-prisma-commons/extension'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import type { PrismaOptions } from 'fastify-prisma-commons/prisma'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from './database.js'
import type { Lifetime, TestDatabase, TestDatabaseOptions } from './database.js'
import { clock } from './envelope-app.js'

export interface BulkDatabase extends TestDatabase {
  /** The client of the server, extended: stamps come from the clock that stands still. */
  readonly client: PrismaOptions['client']
  /** The statements that the bulk engine has run; empty it as you like. */
  readonly statements: string[]
}

function extend (prisma: TestDatabase['prisma'], statements: string[]): PrismaOptions['client'] {
  const counting = prisma.$extends({
    query: {
      async $queryRawUnsafe ({ args, query }) {
        statements.push(String(args[0]))
        return query(args)
      }
    }
  })
  return counting.$extends(commons({ metadata, clock }))
}

export async function bulkDatabase (t: Lifetime, options: TestDatabaseOptions = {}): Promise<BulkDatabase> {
  const database = await createDatabase(t, options)
  const statements: string[] = []
  return { ...database, client: extend(database.prisma, statements), statements }
}

export interface ServeOptions {
  /** Default: true. */
  readonly envelope?: boolean
  readonly server?: FastifyServerOptions
  /** Runs before the resources are registered, for hooks. */
  readonly prepare?: (app: FastifyInstance) => void | PromiseLike<void>
}

/** A server of resources by their prefixes; the client stays the caller's. */
export async function serve (t: Lifetime, { client }: BulkDatabase, resources: Readonly<Record<string, ResourceOptions>>, options: ServeOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(options.server)
  t.after(() => app.close())
  if (options.envelope !== false) await app.register(envelope, { clock })
  await app.register(prismaPlugin, { client, connect: false, disconnect: false })
  await options.prepare?.(app)
  for (const [prefix, resource] of Object.entries(resources)) await app.register(bulk, { prefix, resource: defineResource(resource) })
  return app
}
