import { PrismaPg } from '@prisma/adapter-pg'
import Fastify from 'fastify'
import { commons } from 'fastify-prisma-commons/extension'
import { defineResource } from 'fastify-prisma-commons/resource'
import { suite } from 'fastify-prisma-commons/suite'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type { Case } from '../harness.js'
import type { Context } from './context.js'

const models = ['Contract', 'Article', 'Employee', 'Customer', 'Invoice']

/** What resources add to the start of a server, each with all its routes. Nothing connects. */
export function bootCase ({ database, options }: Context): Case {
  const resources = options.smoke ? 5 : 50
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) }).$extends(
    commons({ metadata })
  )
  const boot = async (count: number): Promise<void> => {
    const app = Fastify()
    await app.register(suite, {
      prisma,
      connection: { connect: false, disconnect: false, requireCurrentUser: false },
      resources: Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `/resource-${i}`,
          defineResource({ model: models[i % models.length]! })
        ])
      )
    })
    await app.ready()
    await app.close()
  }
  const none = 'no resource'
  return {
    suite: 'start of a server',
    rows: resources,
    baseline: none,
    entries: [
      { name: none, run: async () => await boot(0) },
      { name: `commons, ${resources} resources`, run: async () => await boot(resources) }
    ]
  }
}
