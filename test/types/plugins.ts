import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireActor, runAs } from 'fastify-prisma-commons/actor'
import type { Actor, ActorId } from 'fastify-prisma-commons/actor'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import type {
  BulkAction,
  BulkOptions,
  ExportAction,
  ActionName,
  ResourceAction,
  BulkRequestOptions,
  ListOptions,
  ResourceOptions
} from 'fastify-prisma-commons/bulk'
import { crud } from 'fastify-prisma-commons/crud'
import type { CrudAction, CrudOptions } from 'fastify-prisma-commons/crud'
import { currentUser } from 'fastify-prisma-commons/current-user'
import type { CurrentUserOptions } from 'fastify-prisma-commons/current-user'
import { envelope } from 'fastify-prisma-commons/envelope'
import type { EnvelopeOptions, SuccessOptions } from 'fastify-prisma-commons/envelope'
import { CommonsError } from 'fastify-prisma-commons/errors'
import type { ErrorCode, errorTable } from 'fastify-prisma-commons/errors'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import type { PrismaOptions } from 'fastify-prisma-commons/prisma'
import type { PrismaClient } from '../../prisma/generated/client/client.js'
import { extended } from './clients.js'
import type { Equal, Expect } from './expect.js'

export async function registrations (app: FastifyInstance, client: PrismaClient) {
  await app.register(prismaPlugin, { client })
  await app.register(prismaPlugin, { client: extended(client), connect: false, disconnect: false })
  await app.register(envelope)
  await app.register(envelope, { messages: { POST: 'Created' }, exclude: ['/metrics'], mapError: () => undefined })
  await app.register(currentUser)
  await app.register(currentUser, { hook: 'onRequest', resolve: async request => ({ id: request.ip }) })
  await app.register(bulk, {
    prefix: '/contracts',
    resource: defineResource({ model: 'Contract', bulk: { maxItems: 10 } })
  })
  await app.register(crud, {
    prefix: '/articles',
    resource: defineResource({ model: 'Article', canSeeDeleted: request => request.headers.authorization === 'admin' })
  })

  // @ts-expect-error the client is required
  await app.register(prismaPlugin, {})
  // @ts-expect-error a client has methods
  await app.register(prismaPlugin, { client: {} })
  // @ts-expect-error an unknown option
  await app.register(envelope, { message: 'Fine' })
  // @ts-expect-error too late a hook for handlers
  await app.register(currentUser, { hook: 'onSend' })
  // @ts-expect-error an actor has an id
  await app.register(currentUser, { resolve: () => ({ name: 'alice' }) })
  // @ts-expect-error the resource is required
  await app.register(bulk, { prefix: '/contracts' })
  // @ts-expect-error a resource is declared by defineResource
  await app.register(bulk, { resource: { model: 'Contract' } })
  // @ts-expect-error a resource has a model
  defineResource({ bulk: { maxItems: 10 } })
  // @ts-expect-error an unknown option
  defineResource({ model: 'Contract', limit: 10 })
}

export async function replies (request: FastifyRequest, reply: FastifyReply) {
  request.currentUser = { id: 1 }
  request.currentUser = null
  reply.success().success([1], { message: 'Made', status: 201, meta: { created: 1 }, headers: { etag: '"1"' } })
  reply.error('forbidden').error(new Error('anything'), { status: 409, code: 'closed' })
  reply.error('validation_failed', {
    errors: { title: 'taken', name: ['short', 'odd'] },
    details: [{ code: 'own', pointer: '/title', message: 'taken' }]
  })

  // @ts-expect-error an actor has an id
  request.currentUser = { name: 'alice' }
  // @ts-expect-error a status is a number
  reply.success([], { status: '201' })
  // @ts-expect-error messages are text
  reply.error('validation_failed', { errors: { title: 1 } })
  // @ts-expect-error an unknown code
  throw new CommonsError('forbiden')
}

export const ran = (actor: Actor) => ({
  now: runAs(actor, () => 1),
  later: runAs(null, async () => requireActor().id)
})

export type Shapes = [
  Expect<Equal<FastifyRequest['currentUser'], Actor | null>>,
  Expect<Equal<FastifyRequest['action'], ActionName | null>>,
  Expect<
    Equal<
      BulkAction,
      | 'create'
      | 'bulkCreate'
      | 'bulkUpsert'
      | 'bulkUpdate'
      | 'bulkReplace'
      | 'bulkDelete'
      | 'bulkSoftDelete'
      | 'bulkRestore'
    >
  >,
  Expect<Equal<CrudAction, 'list' | 'retrieve' | 'update' | 'replace' | 'destroy' | 'restore'>>,
  Expect<Equal<ExportAction, 'export'>>,
  Expect<Equal<ResourceAction, BulkAction | CrudAction | ExportAction | 'import' | 'importTemplate'>>,
  Expect<Equal<Parameters<NonNullable<ResourceOptions['canSeeDeleted']>>[0]['action'], ActionName | null>>,
  Expect<Equal<NonNullable<Parameters<FastifyReply['success']>[1]>, SuccessOptions>>,
  Expect<Equal<ReturnType<FastifyInstance['currentUser']['get']>, Actor | null>>,
  Expect<Equal<ReturnType<FastifyInstance['currentUser']['require']>, Actor>>,
  Expect<Equal<Actor['id'], ActorId>>,
  Expect<Equal<ActorId, string | number | bigint>>,
  Expect<Equal<ReturnType<typeof ran>, { now: number; later: Promise<ActorId> }>>,
  Expect<Equal<ErrorCode, keyof typeof errorTable>>
]

/** The options that the pages of docs have to explain. */
export type OptionNames = [
  Expect<Equal<keyof PrismaOptions, 'client' | 'connect' | 'disconnect' | 'requireCurrentUser' | 'defaults'>>,
  Expect<
    Equal<
      keyof EnvelopeOptions,
      | 'clock'
      | 'mapError'
      | 'errorHandler'
      | 'notFoundHandler'
      | 'defaultMessage'
      | 'messages'
      | 'problemBase'
      | 'exclude'
    >
  >,
  Expect<Equal<keyof CurrentUserOptions, 'resolve' | 'hook' | 'exclude'>>,
  Expect<Equal<keyof CrudOptions, 'resource' | 'prefix' | 'logLevel' | 'logSerializers'>>,
  Expect<Equal<keyof BulkOptions, 'resource' | 'prefix' | 'logLevel' | 'logSerializers'>>,
  Expect<
    Equal<
      keyof ResourceOptions,
      | 'model'
      | 'async'
      | 'fields'
      | 'readOnly'
      | 'writeOnly'
      | 'values'
      | 'canWrite'
      | 'codecs'
      | 'relations'
      | 'maxRelated'
      | 'maxRelatedTotal'
      | 'bodyLimit'
      | 'requireIfMatch'
      | 'weakIfMatch'
      | 'canSeeDeleted'
      | 'singular'
      | 'plural'
      | 'actions'
      | 'scope'
      | 'authorize'
      | 'validate'
      | 'before'
      | 'after'
      | 'messages'
      | 'decimals'
      | 'returnDataOnCreate'
      | 'returnDataOnUpdate'
      | 'idempotency'
      | 'cacheControl'
      | 'export'
      | 'import'
      | 'computed'
      | 'list'
      | 'bulk'
    >
  >,
  Expect<
    Equal<
      keyof ListOptions,
      | 'pageSize'
      | 'maxPageSize'
      | 'filters'
      | 'search'
      | 'ordering'
      | 'orderings'
      | 'defaultOrdering'
      | 'lenientQuery'
      | 'unpaginated'
      | 'maxOffset'
      | 'maxIds'
      | 'appendIndexes'
      | 'cursorSecret'
    >
  >,
  Expect<
    Equal<
      keyof BulkRequestOptions,
      'maxItems' | 'csvBodies' | 'allowEmpty' | 'allowSingular' | 'uniqueFields' | 'actionRoutes' | 'partialSuccess'
    >
  >
]
