import resource, { count, defineResource, flexible, idToData, manyDataToData, manyIdToData, presets } from 'fastify-prisma-commons/resource'
import type { FastifyPluginAsync } from 'fastify'

const resources = {
  '/customers': defineResource({ model: 'Customer' }),
  '/contracts': defineResource({
    model: 'Contract',
    actions: presets.bulk,
    relations: { customer: idToData(), tags: manyIdToData() },
    filters: ['*', 'customer.code', 'tags.slug'],
    maxItems: 10_000,
    bodyLimit: 32 * 2 ** 20,
    idempotency: true
  }),
  '/tags': defineResource({ model: 'Tag' }),
  '/articles': defineResource({
    model: 'Article',
    actionRoutes: true,
    ordering: ['title', 'createdAt'],
    orderings: { commentCount: count('comments') },
    search: ['title', 'content'],
    relations: { author: idToData({ fields: ['id', 'name'] }) },
    canSeeDeleted: ({ currentUser }) => currentUser?.role === 'admin'
  }),
  '/comments': defineResource({ model: 'Comment' }),
  '/departments': defineResource({ model: 'Department' }),
  '/employees': defineResource({ model: 'Employee', relations: { department: flexible({ lookup: 'code' }) } }),
  // Everyone has invoices of their own, and nobody has none.
  '/invoices': defineResource({
    model: 'Invoice',
    relations: { lineItems: manyDataToData({ mode: 'sync' }) },
    scope: { ownerId: ({ currentUser }) => currentUser?.id }
  })
}

/** The resources: each has its list, its single rows and its collection routes. */
export const api: FastifyPluginAsync = async function api (app) {
  for (const [prefix, definition] of Object.entries(resources)) await app.register(resource, { prefix, resource: definition })
}
