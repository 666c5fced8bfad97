import type { FastifyInstance, FastifyRequest } from 'fastify'
import { resourcesOf } from 'fastify-prisma-commons/resource'
import type { Prisma } from '../../../prisma/generated/client/client.js'
import { metadata, type CommonsMetadata } from '../../../prisma/generated/metadata.js'

export const contracts = resourcesOf<Prisma.TypeMap, CommonsMetadata>(metadata).define('Contract', {
  scope: { createdById: request => Number(request.headers['x-user']) },
  authorize: request => request.method === 'GET' || request.headers.authorization !== undefined,
  validate: (_item, { request }) => (request.action === 'create' ? undefined : 'only new rows'),
  before: { create: ({ request }) => request.log.info('before') }
})
export const members = (app: FastifyInstance, request: FastifyRequest) => [app.server, request.action === 'bulkCreate']
// @ts-expect-error the request is typed: it has no such member
export const wrong = (request: FastifyRequest) => request.nope
