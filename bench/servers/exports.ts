import { PrismaPg } from '@prisma/adapter-pg'
import Fastify from 'fastify'
import { commons } from 'fastify-prisma-commons/extension'
import { defineResource, readOnlyData } from 'fastify-prisma-commons/resource'
import { suite } from 'fastify-prisma-commons/suite'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createPool } from '../database.js'
import { host } from './host.js'

// This package: the routes of `exports-by-hand.ts` as exports of resources; with the variant `cursor` from one
// snapshot.

const pool = createPool(process.env.DATABASE_URL!)
const app = Fastify()
const snapshot = process.argv[2] === 'cursor' ? { pool } : {}
const relations = { customer: readOnlyData({ fields: ['code', 'name'] }) }

await app.register(suite, {
  prisma: new PrismaClient({ adapter: new PrismaPg(pool) }).$extends(commons({ metadata })),
  resources: {
    '/plain': defineResource({ model: 'Contract', actions: ['export'], export: { ...snapshot } }),
    '/joined': defineResource({
      model: 'Contract',
      actions: ['export'],
      relations,
      export: {
        ...snapshot,
        include: ['id', 'contractNumber', 'year', 'amount', 'status', 'note', 'customer.code', 'customer.name']
      }
    }),
    '/computed': defineResource({
      model: 'Contract',
      actions: ['export'],
      relations,
      export: {
        ...snapshot,
        include: [
          'id',
          'contractNumber',
          'year',
          'amount',
          'status',
          'note',
          'customer.code',
          'customer.name',
          'title'
        ],
        fields: {
          title: {
            needs: ['contractNumber', 'year'],
            value: ({ contractNumber, year }) => `${String(contractNumber)} of ${String(year)}`
          }
        }
      }
    })
  }
})

app.addHook('onClose', () => pool.end())
await host(app)
