import { PrismaPg } from '@prisma/adapter-pg'
import { commons } from 'fastify-prisma-commons/extension'
import type { Pool } from 'pg'
import { PrismaClient } from '../prisma/generated/client/client.js'
import { metadata } from '../prisma/generated/metadata.js'
import { seed } from '../prisma/seed.js'

/** The example's Prisma client, extended, on a database that has its rows. */
export async function createClient (pool: Pool) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  await seed(prisma)
  return prisma.$extends(commons({ metadata }))
}
