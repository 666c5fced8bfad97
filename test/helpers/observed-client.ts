import { PrismaPg } from '@prisma/adapter-pg'
import { commons, observe } from 'fastify-prisma-commons/extension'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type { Lifetime, TestDatabase } from './database.js'

/** An extended client on the pool of a test, whose adapter is observed. */
export async function observedClient (t: Lifetime, { pool }: Pick<TestDatabase, 'pool'>) {
  const client = new PrismaClient({ adapter: observe(new PrismaPg(pool)) })
  t.after(async () => await client.$disconnect())
  await client.$connect()
  return client.$extends(commons({ metadata, actorContext: 'ignore' }))
}

export type ObservedClient = Awaited<ReturnType<typeof observedClient>>
