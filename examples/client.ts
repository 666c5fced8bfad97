import { PrismaPg } from '@prisma/adapter-pg'
import { commons } from 'fastify-prisma-commons/extension'
import { PrismaClient } from '../prisma/generated/client/client.js'
import { metadata } from '../prisma/generated/metadata.js'
import { seed } from '../prisma/seed.js'
import type { Database } from './database/index.js'

/** The example's Prisma client, extended, on a database that has its rows. */
export async function createClient ({ pool, maxWait }: Pick<Database, 'pool' | 'maxWait'>) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  await seed(prisma)
  return prisma.$extends(commons({ metadata, transaction: { maxWait } }))
}
