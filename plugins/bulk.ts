import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, FastifySchema, RegisterOptions, RouteHandlerMethod } from 'fastify'
import type { BulkReport } from '../lib/bulk/report.js'
import { bareErrorBody } from '../lib/envelope/body.js'
import { describeReply } from '../lib/envelope/describe.js'
import { describeError } from '../lib/envelope/errors.js'
import { bareErrorSchema } from '../lib/envelope/schema.js'
import { errorSender } from '../lib/envelope/send.js'
import { BulkError, withoutIndex } from '../lib/errors.js'
import { jsonType } from '../lib/http/accept.js'
import { parseJson } from '../lib/http/json-body.js'
import { appliedHeader, parsePrefer } from '../lib/http/prefer.js'
import type { Query } from '../lib/http/query.js'
import { addVary } from '../lib/http/vary.js'
import { check, checkOptions } from '../lib/options.js'
import { requirePlugin } from '../lib/require-plugin.js'
import type { BulkAction, WriteAction } from '../lib/resource/actions.js'
import { BulkActions } from '../lib/resource/bulk-actions.js'
import { deleteAnswer, writeAnswer, type BulkAnswer } from '../lib/resource/bulk-answer.js'
import { actionOf, readDelete, readWrite, type BulkRequest, type WriteMethod } from '../lib/resource/bulk-request.js'
import { deleteDescription, namedDescription, writeDescription, type RouteDescription } from '../lib/resource/bulk-schema.js'
import { BulkCatalogue } from '../lib/resource/catalogue.js'
import { resolveResource, type ResourceDefinition } from '../lib/resource/resource.js'
import { storeOf } from '../prisma/store.js'

export { defineResource, type ResourceDefinition, type ResourceOptions } from '../lib/resource/resource.js'
export type { BulkAction } from '../lib/resource/actions.js'

/** `prefix` is the path of the collection; `logLevel` and `logSerializers` hold for its routes as in any `register`. */
export interface BulkOptions extends RegisterOptions {
  /** The model to serve, as `defineResource` gives it. */
  readonly resource: ResourceDefinition
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The resources registered so far, for routes and jobs of your own. */
    bulk: BulkCatalogue
  }
  interface FastifyRequest {
    /**
     * What a request to a collection is going to do, e.g. `bulkUpsert`: known in `preHandler` and all later hooks. Null
     * before, since it depends on the body, and on other routes. The request may still turn out not to be valid.
     */
    action: BulkAction | null
  }
}

/**
 * Array-aware routes of one collection: POST creates one or many, PUT and PATCH replace and update many by their ids,
 * `unique_fields` in the query upserts, DELETE removes many. All items are checked before the first is written, all
 * are written or none; `Prefer: return=minimal` answers with counts. Needs the plugin `prisma` with an extended client.
 *
 * Hooks of the scope run for these routes too: check permissions in `preHandler`, by `request.action`. Without the plugin
 * `envelope` answers and errors are bare, and the scope's error handler is not asked.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', maxItems: 10_000 })
 * await app.register(bulk, { prefix: '/contracts', resource: contracts })
 * // POST /contracts?unique_fields=contractNumber,year  [{ … }, { … }]
 */
export const bulk: FastifyPluginAsync<BulkOptions> = fp(async function bulk (app: FastifyInstance, options: BulkOptions) {
  checkOptions('bulk', options, {
    resource: check.required({ expected: 'what defineResource gives', accepts: value => typeof value === 'object' && value !== null && 'options' in value }),
    prefix: { expected: 'a path', accepts: value => typeof value === 'string' },
    logLevel: check.string,
    logSerializers: { expected: 'an object of functions', accepts: value => typeof value === 'object' }
  })
  requirePlugin(app, 'fastify-prisma-commons/prisma', 'bulk')
  const { resource: definition, ...scopeOptions } = options
  const store = storeOf(app.prisma)
  const actions = new BulkActions(resolveResource(definition, store.registry), store)
  if (!app.hasDecorator('bulk')) app.decorate('bulk', new BulkCatalogue())
  if (!app.hasRequestDecorator('action')) app.decorateRequest('action', null)
  app.bulk.add(definition, actions)
  await app.register(async scope => addRoutes(scope, actions), scopeOptions)
}, { name: 'fastify-prisma-commons/bulk', fastify: '5.x' })

export default bulk

interface Route {
  readonly method: WriteMethod | 'DELETE'
  readonly url: string
  readonly description: RouteDescription
  readonly actionOf: (request: FastifyRequest) => BulkAction
  readonly handler: RouteHandlerMethod
}

function addRoutes (app: FastifyInstance, actions: BulkActions): void {
  const { resource } = actions
  const hasEnvelope = app.hasPlugin('fastify-prisma-commons/envelope')
  // The envelope describes its errors itself.
  const error = hasEnvelope ? {} : bareErrorSchema
  takeJsonOnly(app)
  if (!hasEnvelope) answerErrorsBare(app)

  const writing = (method: WriteMethod, url: string, fixed?: WriteAction): Route => ({
    method,
    url,
    description: fixed === undefined ? writeDescription(resource, method, error) : namedDescription(resource, method, fixed, error),
    actionOf: request => fixed ?? actionOf(resource, method, request.query as Query, request.body),
    handler: async (request, reply) => {
      const work = readWrite(resource, { action: request.action as WriteAction, isFixed: fixed !== undefined, method, query: request.query as Query, body: request.body })
      const preference = returnPreference(request)
      const isMinimal = preference === 'minimal' || work.withoutRows
      return answer(reply, writeAnswer(resource, work, await write(actions, work, !isMinimal), isMinimal), isMinimal, preference)
    }
  })
  const deleting = (url: string, fixed?: BulkAction): Route => ({
    method: 'DELETE',
    url,
    description: deleteDescription(resource, error, fixed),
    actionOf: () => 'bulkDelete',
    handler: async (request, reply) => {
      const summary = await actions.delete(readDelete(request.query as Query, request.body))
      const preference = returnPreference(request)
      const isMinimal = preference === 'minimal'
      return answer(reply, deleteAnswer(resource, summary, isMinimal), isMinimal, preference)
    }
  })

  const routes = [writing('POST', '/'), writing('PUT', '/'), writing('PATCH', '/'), deleting('/')]
  const named = [
    writing('POST', '/bulk-create', 'bulkCreate'),
    writing('PUT', '/bulk-update', 'bulkReplace'),
    writing('PATCH', '/bulk-update', 'bulkUpdate'),
    deleting('/bulk-delete', 'bulkDelete')
  ]
  for (const { method, url, description, actionOf, handler } of resource.actionRoutes ? [...routes, ...named] : routes) {
    app.route({
      method,
      url,
      schema: description as FastifySchema,
      config: { swaggerTransform: pathWithoutSlash } as object,
      ...(resource.bodyLimit === undefined ? {} : { bodyLimit: resource.bodyLimit }),
      // Items are checked by code that names every fault, and rows come ready for JSON.
      validatorCompiler: () => () => true,
      serializerCompiler: () => JSON.stringify,
      preValidation: (request, reply, done) => {
        request.action = actionOf(request)
        addVary(reply, 'Prefer')
        done()
      },
      handler
    })
  }
}

/** For @fastify/swagger, which sees of the two spellings of a collection only the one with a slash. */
function pathWithoutSlash ({ schema, url }: { readonly schema: FastifySchema, readonly url: string }): object {
  return { schema, url: url.replace(/(?<=.)\/$/, '') }
}

async function write (actions: BulkActions, { action, items, isSingle, upsert }: BulkRequest, wantsRows: boolean): Promise<BulkReport> {
  try {
    if (upsert !== null) return await actions.upsert(items, upsert, wantsRows)
    switch (action) {
      case 'bulkUpdate': return await actions.update(items, 'sparse', wantsRows)
      case 'bulkReplace': return await actions.update(items, 'replace', wantsRows)
      default: return await actions.create(items, wantsRows)
    }
  } catch (error) {
    throw isSingle && error instanceof BulkError ? withoutIndex(error) : error
  }
}

function returnPreference ({ headers }: FastifyRequest): string | undefined {
  return parsePrefer(headers['prefer']).get('return')
}

/** Only now is it known that the preference was honoured: an error says nothing of it. */
function answer (reply: FastifyReply, { status, message, data, meta }: BulkAnswer, isMinimal: boolean, preference: string | undefined): unknown {
  const given = isMinimal ? 'minimal' : 'representation'
  if (preference === given) reply.header('preference-applied', appliedHeader([['return', given]]))
  reply.code(status)
  describeReply(reply, { message, meta })
  return data
}

/** Takes no other media type than JSON in the scope, by a parser that tells where a forbidden key stands. */
function takeJsonOnly (app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
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
    const context = { replyStatus: reply.statusCode, bodyLimit: request.routeOptions.bodyLimit, body: request.body }
    sendError(request, reply, describeError(error, context), error)
  })
}
