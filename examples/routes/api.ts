import bulk, { defineResource } from 'fastify-prisma-commons/bulk'
import type { FastifyPluginAsync } from 'fastify'
import type { ExampleClient } from '../client.js'
import { readRoutes } from './read.js'

export interface ApiOptions {
  readonly prisma: ExampleClient
}

const customers = defineResource({ model: 'Customer' })
const contracts = defineResource({ model: 'Contract', maxItems: 10_000, bodyLimit: 32 * 2 ** 20 })

/** The resources, each with its collection routes and minimal reading. */
export const api: FastifyPluginAsync<ApiOptions> = async function api (app, { prisma }) {
  await app.register(bulk, { prefix: '/customers', resource: customers })
  await app.register(readRoutes, { prefix: '/customers', name: 'Customer', model: prisma.customer })
  await app.register(bulk, { prefix: '/contracts', resource: contracts })
  await app.register(readRoutes, { prefix: '/contracts', name: 'Contract', model: prisma.contract })
}
