import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, FastifySchema, RouteOptions } from 'fastify'
import type { BulkReport } from '../lib/bulk/report.js'
import type { BulkStore } from '../lib/bulk/store.js'
import { describeReply } from '../lib/envelope/describe.js'
import { bareErrorBody } from '../lib/envelope/body.js'
import { describeError } from '../lib/envelope/errors.js'
import { errorSender } from '../lib/envelope/send.js'
import { BulkError, withoutIndex } from '../lib/errors.js'
import { jsonType } from '../lib/http/accept.js'
import { parseJson } from '../lib/http/json-body.js'
import { appliedHeader, parsePrefer } from '../lib/http/prefer.js'
import type { Query } from '../lib/http/query.js'
import { check, checkOptions } from '../lib/options.js'
import { requirePlugin } from '../lib/require-plugin.js'
import type { BulkAction } from '../lib/resource/actions.js'
import { BulkActions } from '../lib/resource/bulk-actions.js'
import { deleteAnswer, writeAnswer, type BulkAnswer } from '../lib/resource/bulk-answer.js'
import { readDelete, readWrite, type BulkRequest } from '../lib/resource/bulk-request.js'
import { deleteDescription, writeDescription, type RouteDescription } from '../lib/resource/bulk-schema.js'
import { resolveResource, type ResourceDefinition } from '../lib/resource/resource.js'
import { storeOf } from '../prisma/store.js'

export { defineResource, type ResourceDefinition, type ResourceOptions } from '../lib/resource/resource.js'
export type { BulkAction } from '../lib/resource/actions.js'

export interface BulkOptions {
  /** The model to serve, as `defineResource` gives it. */
  readonly resource: ResourceDefinition
  /** Path of the collection. */
  readonly prefix?: string
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The checks and writes behind the routes of this scope, for routes of your own. */
    bulk: BulkActions
  }
  interface FastifyRequest {
    /** What the request does to its resource, e.g. `bulkUpsert`; set once the request is read. */
    action: BulkAction | null
  }
}

const writeMethods = ['POST', 'PUT', 'PATCH'] as const

/**
 * Array-aware routes of one collection: POST creates one or many, PUT and PATCH replace and update many by their ids,
 * `unique_fields` in the query upserts, DELETE removes many. All items are checked before the first is written, all
 * are written or none; `Prefer: return=minimal` answers with counts. Needs the plugin `prisma` with an extended client.
 *
 * @example
 * await app.register(bulk, { prefix: '/contracts', resource: defineResource({ model: 'Contract', maxItems: 10_000 }) })
 * // POST /contracts?unique_fields=contractNumber,year  [{ … }, { … }]
 */
export const bulk: FastifyPluginAsync<BulkOptions> = async function bulk (app, options) {
  checkOptions('bulk', options, {
    resource: check.required({ expected: 'what defineResource gives', accepts: value => typeof value === 'object' && value !== null && 'options' in value }),
    prefix: check.string
  })
  requirePlugin(app, 'fastify-prisma-commons/prisma', 'bulk')
  const store = storeOf(app.prisma)
  const resource = resolveResource(options.resource, store.registry)
  const actions = new BulkActions(resource)
  app.decorate('bulk', actions)
  if (!app.hasRequestDecorator('action')) app.decorateRequest('action', null)
  takeJson(app)
  if (!app.hasPlugin('fastify-prisma-commons/envelope')) answerErrorsBare(app)

  const writing = (method: typeof writeMethods[number]) => async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const work = readWrite(resource, method, request.query as Query, request.body)
    request.action = work.action
    const minimal = prefersMinimal(request, reply) || work.withoutRows
    return answer(reply, writeAnswer(resource, work, await perform(actions, store, work, !minimal), minimal))
  }
  const remove = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    request.action = 'bulkDelete'
    const minimal = prefersMinimal(request, reply)
    return answer(reply, deleteAnswer(resource, await actions.delete(store, readDelete(request.query as Query, request.body)), minimal))
  }

  const route = (method: RouteOptions['method'], url: string, description: RouteDescription, handler: RouteOptions['handler']): void => {
    app.route({
      method,
      url,
      schema: description as FastifySchema,
      handler,
      ...(resource.bodyLimit === undefined ? {} : { bodyLimit: resource.bodyLimit }),
      // Items are checked by code that names every fault, and rows come ready for JSON.
      validatorCompiler: () => () => true,
      serializerCompiler: () => JSON.stringify
    })
  }
  for (const method of writeMethods) route(method, '/', writeDescription(resource, method), writing(method))
  route('DELETE', '/', deleteDescription(resource), remove)
  if (resource.actionRoutes) {
    route('POST', '/bulk-create', named(writeDescription(resource, 'POST'), 'bulkCreate'), writing('POST'))
    route('PUT', '/bulk-update', named(writeDescription(resource, 'PUT'), 'bulkReplace'), writing('PUT'))
    route('PATCH', '/bulk-update', named(writeDescription(resource, 'PATCH'), 'bulkUpdate'), writing('PATCH'))
    route('DELETE', '/bulk-delete', named(deleteDescription(resource), 'bulkDelete'), remove)
  }
}

export default bulk

async function perform (actions: BulkActions, store: BulkStore, work: BulkRequest, wantsRows: boolean): Promise<BulkReport> {
  try {
    return await write(actions, store, work, wantsRows)
  } catch (error) {
    throw work.isSingle && error instanceof BulkError ? withoutIndex(error) : error
  }
}

async function write (actions: BulkActions, store: BulkStore, { action, items, upsert }: BulkRequest, wantsRows: boolean): Promise<BulkReport> {
  if (upsert !== null) return actions.upsert(store, items, upsert, wantsRows)
  switch (action) {
    case 'bulkUpdate': return actions.update(store, items, 'sparse', wantsRows)
    case 'bulkReplace': return actions.update(store, items, 'replace', wantsRows)
    default: return actions.create(store, items, wantsRows)
  }
}

/** Reads the preference and says in the answer that it was honoured. */
function prefersMinimal (request: FastifyRequest, reply: FastifyReply): boolean {
  reply.header('vary', 'Prefer')
  const isMinimal = parsePrefer(request.headers.prefer as string | undefined).get('return') === 'minimal'
  if (isMinimal) reply.header('preference-applied', appliedHeader([['return', 'minimal']]))
  return isMinimal
}

function answer (reply: FastifyReply, { status, message, data, meta }: BulkAnswer): unknown {
  reply.code(status)
  describeReply(reply, { message, meta })
  return data
}

/** Replaces the JSON parser of the scope by one that tells where a forbidden key stands. */
function takeJson (app: FastifyInstance): void {
  app.removeContentTypeParser(jsonType)
  app.addContentTypeParser(jsonType, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : parseJson(body as string))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Fastify's own error answer would leave out which items are at fault. */
function answerErrorsBare (app: FastifyInstance): void {
  const sendError = errorSender(bareErrorBody)
  app.setErrorHandler((error, request, reply) => {
    sendError(request, reply, describeError(error, { bodyLimit: request.routeOptions.bodyLimit, body: request.body }), error)
  })
}

function named (description: RouteDescription, action: BulkAction): RouteDescription {
  return { ...description, operationId: description.operationId.replace(/^\w+?(?=[A-Z])/, action) }
}
