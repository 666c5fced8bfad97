import { setTimeout as sleep } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { commons } from 'fastify-prisma-commons/extension'
import pg from 'pg'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type { BulkDatabase } from './bulk-app.js'
import { operationsServer } from './operations-app.js'

// A server in a process of its own: the parent tells the database and how long a chunk takes, and kills it.
const [connectionString, chunkMilliseconds] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString })
pool.on('error', () => {})
const client = new PrismaClient({ adapter: new PrismaPg(pool) }).$extends(commons({ metadata }))
const app = await operationsServer(
  { after: () => {} },
  { client } as unknown as BulkDatabase,
  {
    '/tags': {
      model: 'Tag',
      async: { chunkItems: 20 },
      after: { bulkUpsert: async () => await sleep(Number(chunkMilliseconds)) }
    }
  },
  { leaseSeconds: 2, concurrency: 1 }
)
process.once('SIGTERM', () => {
  app.close().then(() => process.exit(0), () => process.exit(1))
})
process.send!(await app.listen({ port: 0, host: '127.0.0.1' }))
