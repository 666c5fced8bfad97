import { PrismaPg } from '@prisma/adapter-pg'
import { commons } from 'fastify-prisma-commons/extension'
import type { Metadata } from '../../lib/model/meta.js'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createPool } from '../database.js'

export type Clients = ReturnType<typeof openClients>

/** Clients of the same generated code, each with a pool of its own. */
export function openClients (url: string) {
  const pools = [createPool(url), createPool(url), createPool(url)] as const
  const [bare, plain, full] = pools.map(pool => new PrismaClient({ adapter: new PrismaPg(pool) })) as [
    PrismaClient,
    PrismaClient,
    PrismaClient
  ]
  return {
    /** Prisma alone. */
    bare,
    /** Extended, on a schema whose models have opted into no feature: what a bulk call costs without them. */
    plain: plain.$extends(commons({ metadata: withoutFeatures(metadata) })),
    /** Extended, with all features of the schema. */
    full: full.$extends(commons({ metadata })),
    close: async (): Promise<void> => {
      await Promise.all([bare, plain, full].map(client => client.$disconnect()))
      await Promise.all(pools.map(pool => pool.end()))
    }
  }
}

/** The same tables, of which the extension knows no more than columns and keys. */
function withoutFeatures ({ models, ...others }: Metadata): Metadata {
  return {
    ...others,
    models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { ...model, features: {} }]))
  }
}
