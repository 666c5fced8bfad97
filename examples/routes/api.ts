import resource from 'fastify-prisma-commons/resource'
import type { FastifyPluginAsync } from 'fastify'
import { resources } from '../resources.js'

/** The resources: each has its list, its single rows and its collection routes. */
export const api: FastifyPluginAsync = async function api (app) {
  for (const [prefix, definition] of Object.entries(resources)) {
    await app.register(resource, { prefix, resource: definition })
  }
}
