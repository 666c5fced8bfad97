import { PrismaPg } from '@prisma/adapter-pg'
import Fastify from 'fastify'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { envelope } from 'fastify-prisma-commons/envelope'
import { commons } from 'fastify-prisma-commons/extension'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createPool } from '../database.js'
import { host } from './host.js'

// This package: the same route out of its plugins.

const pool = createPool(process.env.DATABASE_URL!)
const client = new PrismaClient({ adapter: new PrismaPg(pool) }).$extends(commons({ metadata }))
const app = Fastify({ bodyLimit: 64 * 2 ** 20 })

await app.register(envelope)
await app.register(currentUser)
await app.register(prismaPlugin, { client })
await app.register(bulk, {
  prefix: '/contracts',
  resource: defineResource({ model: 'Contract', bulk: { maxItems: 100_000 } })
})

app.addHook('onClose', () => pool.end())
await host(app)
