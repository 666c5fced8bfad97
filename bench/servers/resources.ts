import { PrismaPg } from '@prisma/adapter-pg'
import Fastify from 'fastify'
import { commons } from 'fastify-prisma-commons/extension'
import { defineResource, idToData, manyDataToData, presets } from 'fastify-prisma-commons/resource'
import { suite } from 'fastify-prisma-commons/suite'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createPool } from '../database.js'
import { host } from './host.js'

// This package: the routes of `resources-by-hand.ts` as resources.

const pool = createPool(process.env.DATABASE_URL!)
const app = Fastify({ bodyLimit: 64 * 2 ** 20 })

await app.register(suite, {
  prisma: new PrismaClient({ adapter: new PrismaPg(pool) }).$extends(commons({ metadata })),
  resources: {
    '/contracts': defineResource({ model: 'Contract', actions: presets.bulk }),
    '/owned-contracts': defineResource({
      model: 'Contract',
      actions: presets.readOnly,
      relations: { customer: idToData({ fields: ['id', 'code', 'name'] }) }
    }),
    '/invoices': defineResource({
      model: 'Invoice',
      actions: presets.bulk,
      relations: {
        lineItems: manyDataToData({ fields: ['id', 'description', 'quantity', 'unitPrice'], mode: 'sync' })
      }
    })
  }
})

app.addHook('onClose', () => pool.end())
await host(app)
