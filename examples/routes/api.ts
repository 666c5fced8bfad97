import bulk, { defineResource } from 'fastify-prisma-commons/bulk'
import crud, { count } from 'fastify-prisma-commons/crud'
import type { FastifyPluginAsync } from 'fastify'

const customers = defineResource({ model: 'Customer' })
const contracts = defineResource({ model: 'Contract', maxItems: 10_000, bodyLimit: 32 * 2 ** 20 })
const articles = defineResource({
  model: 'Article',
  actionRoutes: true,
  ordering: ['title', 'createdAt'],
  orderings: { commentCount: count('comments') },
  search: ['title', 'content'],
  canSeeDeleted: ({ currentUser }) => currentUser?.role === 'admin'
})

/** The resources: each has its list, its single rows and its collection routes. */
export const api: FastifyPluginAsync = async function api (app) {
  for (const [prefix, resource] of [['/customers', customers], ['/contracts', contracts], ['/articles', articles]] as const) {
    await app.register(crud, { prefix, resource })
    await app.register(bulk, { prefix, resource })
  }
}
