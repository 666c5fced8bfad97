import { PrismaPg } from '@prisma/adapter-pg'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { createPool } from '../database.js'
import { host } from './host.js'

// This package: the same route out of its plugins. The modules are named at run time, so that the other benchmarks
// run in a build without them.

type Plugin = FastifyPluginAsync<Record<string, unknown>>

async function load<T> (module: string): Promise<T> {
  return await import(module) as T
}

const { commons } = await load<{ commons: (options: { metadata: unknown }) => never }>('fastify-prisma-commons/extension')
const { metadata } = await load<{ metadata: unknown }>('../../prisma/generated/metadata.js')
const { prismaPlugin } = await load<{ prismaPlugin: Plugin }>('fastify-prisma-commons/prisma')
const { envelope } = await load<{ envelope: Plugin }>('fastify-prisma-commons/envelope')
const { currentUser } = await load<{ currentUser: Plugin }>('fastify-prisma-commons/current-user')
const { bulk, defineResource } = await load<{ bulk: Plugin, defineResource: (options: unknown) => unknown }>('fastify-prisma-commons/bulk')

const pool = createPool(process.env.DATABASE_URL!)
const client = new PrismaClient({ adapter: new PrismaPg(pool) }).$extends(commons({ metadata }))
const app = Fastify({ bodyLimit: 64 * 2 ** 20 })

await app.register(envelope)
await app.register(currentUser)
await app.register(prismaPlugin, { client })
await app.register(bulk, { prefix: '/contracts', resource: defineResource({ model: 'Contract', maxItems: 100_000 }) })

app.addHook('onClose', () => pool.end())
await host(app)
