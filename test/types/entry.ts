import type { FastifyInstance, FastifyRequest } from 'fastify'
import { resourcesOf } from 'fastify-prisma-commons'
import type { Prisma } from '../../prisma/generated/client/client.js'
import { metadata, type CommonsMetadata } from '../../prisma/generated/metadata.js'

export const contracts = resourcesOf<Prisma.TypeMap, CommonsMetadata>(metadata).define('Contract', {
  scope: { createdById: request => request.currentUser?.id },
  authorize: request => request.currentUser !== null,
  validate: (_item, { request }) => (request.action === 'create' ? undefined : 'only new rows'),
  before: { create: ({ request }) => request.log.info(request.currentUser?.id) },
  after: {
    list: async ({ client }) => {
      await client.$queryRawUnsafe('SELECT 1')
    }
  }
})
export const members = (app: FastifyInstance, request: FastifyRequest) => [
  request.action === 'bulkCreate',
  request.currentUser?.id,
  app.prisma.$disconnect(),
  app.resources
]
// @ts-expect-error the request is typed: it has no such member
export const wrong = (request: FastifyRequest) => request.nope
