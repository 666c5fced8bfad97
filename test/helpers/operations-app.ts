import type { FastifyInstance } from 'fastify'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { operations, type OperationsPluginOptions, type OperationStatus } from 'fastify-prisma-commons/operations'
import type { ResourceOptions } from 'fastify-prisma-commons/resource'
import type { Answer, BulkDatabase } from './bulk-app.js'
import { serve } from './bulk-app.js'
import type { Lifetime } from './database.js'

/** A server whose resources write in the background; the header `x-user` tells who asks. */
export async function operationsServer (
  t: Lifetime,
  database: BulkDatabase,
  resources: Readonly<Record<string, ResourceOptions>>,
  options: OperationsPluginOptions = {}
): Promise<FastifyInstance> {
  return await serve(t, database, resources, {
    server: { bodyLimit: 2 ** 26 },
    prepare: async app => {
      await app.register(currentUser, {
        hook: 'onRequest',
        resolve: ({ headers }) => (typeof headers['x-user'] === 'string' ? { id: headers['x-user'] } : null)
      })
      await app.register(operations, { pollSeconds: 1, ...options })
    }
  })
}

/** The status in an answer. */
export function statusIn ({ body }: Answer): OperationStatus {
  return body.data as OperationStatus
}
