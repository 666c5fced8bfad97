import { CommonsError } from '../../errors.js'
import { bareErrorBody } from '../../envelope/body.js'
import { describeError } from '../../envelope/errors.js'
import { bareErrorSchema } from '../../envelope/schema.js'
import { errorSender, type ErrorReply, type ErrorRequest } from '../../envelope/send.js'
import { jsonType, mergePatchType } from '../../http/accept.js'
import { jsonText, parseJson } from '../../http/json-body.js'
import { addVary } from '../../http/vary.js'
import { shortened } from '../../text/shorten.js'
import type { ActionName } from '../definition/actions.js'
import type { RouteReply, RouteRequest } from './answer.js'
import type { Resource } from '../definition/resource.js'
import { withRuleErrors, type RouteDescription } from './schema/route-schema.js'

/** One route of a resource, below the prefix of its collection. */
export interface ResourceRoute<Request, Reply> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly description: RouteDescription
  readonly actionOf: (request: Request) => ActionName
  readonly handler: (request: Request, reply: Reply) => Promise<unknown>
}

/** The same as a server takes it. */
export interface RouteOptions<Request, Reply> extends Pick<
  ResourceRoute<Request, Reply>,
  'method' | 'url' | 'handler'
> {
  readonly schema: object
  readonly config: object
  readonly bodyLimit?: number
  readonly validatorCompiler: () => () => true
  readonly serializerCompiler: () => (data: unknown) => string
  readonly preValidation: (request: Request, reply: Reply, done: () => void) => void
}

/**
 * The options of a route: it is described in full, while its requests are checked by code that names every fault, and
 * its rows come ready for JSON. Hooks know the action from `preHandler` on.
 */
export function routeOptions<Request extends RouteRequest, Reply extends RouteReply> (
  resource: Resource,
  { method, url, description, actionOf, handler }: ResourceRoute<Request, Reply>
): RouteOptions<Request, Reply> {
  const { bodyLimit, cacheControl } = resource
  return {
    method,
    url,
    schema: withRuleErrors(resource, description),
    config: { swaggerTransform: pathWithoutSlash },
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    validatorCompiler: () => () => true,
    serializerCompiler: () => data => JSON.stringify(data),
    preValidation: (request, reply, done) => {
      request.action = actionOf(request)
      if (cacheControl !== null) protectFromCaches(reply, cacheControl)
      if (method !== 'GET') addVary(reply, 'Prefer')
      done()
    },
    handler
  }
}

/** Answers depend on who asks, so that a shared cache may give none to another one. */
function protectFromCaches (reply: RouteReply, cacheControl: string): void {
  if (reply.getHeader('cache-control') === undefined) reply.header('cache-control', cacheControl)
  addVary(reply, 'Authorization')
}

/** For @fastify/swagger, which sees of the two spellings of a collection only the one with a slash. */
function pathWithoutSlash ({ schema, url }: { readonly schema: object; readonly url: string }): object {
  return { schema, url: url.replace(/(?<=.)\/$/, '') }
}

/** What preparing a scope needs of it; Fastify's has it. */
export interface RouteScope {
  hasPlugin(name: string): boolean
  removeAllContentTypeParsers(): void
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer' },
    parser: (request: BodyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void
  ): unknown
  addHook(name: 'preParsing', hook: (request: BodyRequest, reply: unknown, payload: unknown) => Promise<void>): unknown
  setErrorHandler(
    handler: (
      error: unknown,
      request: ErrorRequest & ScopeRequest,
      reply: ErrorReply & { readonly statusCode: number }
    ) => void
  ): unknown
}

interface ScopeRequest {
  readonly body: unknown
  readonly routeOptions: { readonly bodyLimit?: number | undefined }
}

/**
 * Lets a scope take no other media type than JSON, and prepares its errors.
 *
 * @returns the JSON Schema of its errors
 */
export function prepareScope (scope: RouteScope): object {
  scope.removeAllContentTypeParsers()
  addJsonParser(scope)
  return prepareErrors(scope)
}

/** What of a request tells how its body is written; Fastify's has it. */
export interface BodyRequest {
  readonly method: string
  readonly headers: {
    readonly 'content-type'?: string | undefined
    readonly 'content-length'?: string | undefined
    readonly 'transfer-encoding'?: string | undefined
    readonly 'content-encoding'?: string | undefined
  }
  readonly raw: unknown
}

/** Refuses bodies in a content coding, unless a plugin has unpacked them. */
export function refuseCodings (scope: Pick<RouteScope, 'addHook'>): void {
  // Plugins that unpack bodies have put another stream in place of the request by now.
  scope.addHook('preParsing', async ({ headers, raw }, _reply, payload) => {
    const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
    if (coding !== 'identity' && payload === raw) {
      throw new CommonsError('unsupported_media_type', {
        message: `The content coding "${shortened(coding)}" is not supported`
      })
    }
  })
}

/** Lets a scope take JSON in UTF-8, by a parser that tells where a forbidden key stands. */
export function addJsonParser (scope: Pick<RouteScope, 'addContentTypeParser' | 'addHook'>): void {
  refuseCodings(scope)
  scope.addContentTypeParser(jsonType, { parseAs: 'buffer' }, parseBody)
  scope.addContentTypeParser(mergePatchType, { parseAs: 'buffer' }, (request, body, done) => {
    if (request.method === 'PATCH') parseBody(request, body, done)
    else done(new CommonsError('unsupported_media_type'))
  })
}

function parseBody ({ headers }: BodyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void): void {
  try {
    done(null, body.length === 0 ? undefined : parseJson(jsonText(body, headers['content-type'])))
  } catch (error) {
    done(error as Error)
  }
}

/**
 * Lets a scope answer errors bare where there is no envelope: Fastify's own answer would leave out which items are at
 * fault.
 *
 * @returns the JSON Schema of its errors; the envelope describes its errors itself
 */
export function prepareErrors (scope: RouteScope): object {
  if (scope.hasPlugin('fastify-prisma-commons/envelope')) return {}
  const sendError = errorSender(bareErrorBody)
  scope.setErrorHandler((error, request, reply) => {
    const context = { replyStatus: reply.statusCode, bodyLimit: request.routeOptions.bodyLimit, body: request.body }
    sendError(request, reply, describeError(error, context), error)
  })
  return bareErrorSchema
}
