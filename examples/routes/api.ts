import resource, { count, defineResource, presets } from 'fastify-prisma-commons/resource'
import type { FastifyPluginAsync } from 'fastify'

const resources = {
  '/customers': defineResource({ model: 'Customer' }),
  '/contracts': defineResource({ model: 'Contract', actions: presets.bulk, maxItems: 10_000, bodyLimit: 32 * 2 ** 20, idempotency: true }),
  '/tags': defineResource({ model: 'Tag' }),
  '/articles': defineResource({
    model: 'Article',
    actionRoutes: true,
    ordering: ['title', 'createdAt'],
    orderings: { commentCount: count('comments') },
    search: ['title', 'content'],
    canSeeDeleted: ({ currentUser }) => currentUser?.role === 'admin'
  }),
  '/comments': defineResource({ model: 'Comment' }),
  '/departments': defineResource({ model: 'Department' }),
  '/employees': defineResource({ model: 'Employee' }),
  // Everyone has invoices of their own, and nobody has none.
  '/invoices': defineResource({ model: 'Invoice', scope: { ownerId: ({ currentUser }) => currentUser?.id } })
}

/** The resources: each has its list, its single rows and its collection routes. */
export const api: FastifyPluginAsync = async function api (app) {
  for (const [prefix, definition] of Object.entries(resources)) await app.register(resource, { prefix, resource: definition })
}
