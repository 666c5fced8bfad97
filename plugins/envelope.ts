import fp from 'fastify-plugin'
import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  preSerializationHookHandler
} from 'fastify'
import { CommonsError } from '../lib/errors.js'
import { errorBody, isSuccessBody, successBody, timestamps } from '../lib/envelope/body.js'
import type { Clock, Meta } from '../lib/envelope/body.js'
import { describeReply, replyDescription } from '../lib/envelope/describe.js'
import { describeError } from '../lib/envelope/errors.js'
import type { ErrorContext } from '../lib/envelope/errors.js'
import { replyErrorPayload } from '../lib/envelope/reply-error.js'
import type { ReplyErrorOptions } from '../lib/envelope/reply-error.js'
import { envelopeSchema, isJsonMediaType, sharedErrorSchema } from '../lib/envelope/schema.js'
import { documentationPrefixes, isExcluded, isUnder, isWrapped } from '../lib/envelope/scope.js'
import { errorSender } from '../lib/envelope/send.js'
import type { SendError } from '../lib/envelope/send.js'
import { jsonType } from '../lib/http/accept.js'
import { targetOf } from '../lib/http/target.js'
import { routesOfTree } from '../lib/http/route-tree.js'
import { check, checkOptions } from '../lib/options.js'

export type { Clock, ErrorBody, ProblemBody, SuccessBody } from '../lib/envelope/body.js'
export { clientErrorHandler } from '../lib/envelope/client-error-handler.js'
export type { ReplyErrorOptions } from '../lib/envelope/reply-error.js'

export interface EnvelopeOptions {
  /** Gives the time of the timestamps. Default: the system's. */
  readonly clock?: Clock
  /**
   * Turns an error that is none of the suite's into one that is; undefined leaves it to the envelope. Runs first for
   * everything that is thrown, validation errors of Fastify included. Default: none.
   */
  readonly mapError?: (error: unknown, request: FastifyRequest) => CommonsError | undefined
  /**
   * Whether to set the error handler of the scope. Pass false when the scope has one already, which Fastify warns of
   * or refuses (`allowErrorHandlerOverride`), and let that one end with `reply.error(error)`. Default: true.
   */
  readonly errorHandler?: boolean
  /** Whether to set the handler for unknown routes; a scope and prefix can have but one. Default: true. */
  readonly notFoundHandler?: boolean
  /** Default: `Request successful`. */
  readonly defaultMessage?: string
  /**
   * Messages of success by HTTP method, or a function; undefined gives the default message. What a handler says with
   * `reply.success` wins. Default: none.
   */
  readonly messages?:
    Readonly<Record<string, string>> | ((request: FastifyRequest, reply: FastifyReply) => string | undefined)
  /** What the `type` of a problem document starts with, the code follows. Default: the type is `about:blank`. */
  readonly problemBase?: string
  /**
   * URL prefixes of routes that are left alone, e.g. `['/metrics']`; their errors still get the envelope. Default:
   * none.
   */
  readonly exclude?: readonly string[]
}

export interface SuccessOptions {
  readonly message?: string
  /** Stands beside `data`. */
  readonly meta?: Meta
  /** HTTP status. Default: 200, or what was set before. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends data with a message and meta of its own. Scalars and strings are wrapped too; no data is null.
     *
     * @example
     * return reply.success(contract, { status: 201, message: 'Contract created successfully' })
     */
    success(data?: unknown, options?: SuccessOptions): this
    /**
     * Sends an error: by a code of the suite, by a message (400 unless said otherwise), or for anything caught.
     *
     * @example
     * return reply.error('forbidden')
     * return reply.error('The shop is closed', { status: 409, code: 'closed' })
     * return reply.error('validation_failed', { errors: { title: 'This title is taken' } })
     */
    error(problem: unknown, options?: ReplyErrorOptions): this
  }
  interface FastifyContextConfig {
    /**
     * False leaves the answers of the route as the handler gives them. Default: true, but false for routes that are
     * hidden from the OpenAPI document (`schema.hide`), as those of documentation and metrics plugins are.
     */
    envelope?: boolean
  }
}

/** As Fastify writes it when a handler says nothing. */
const jsonContentType = `${jsonType}; charset=utf-8`

/** How each instance sends errors, for the one caller that is outside of all scopes. */
const senders = new WeakMap<FastifyInstance, SendError>()

/**
 * Gives every JSON answer one shape, `{ success, timestamp, message, data }`, and every error too, those of unknown
 * routes, bodies and validation included; response schemas and the OpenAPI document follow.
 *
 * Strings, buffers, streams, `Response`, empty answers, statuses outside 2xx and bodies that are an envelope already
 * are sent as they are; null is wrapped. Register it before the routes, with `await`: Fastify tells of a route only
 * those that were there first. Routes that came earlier stay bare, and a warning in the log names them when the
 * server is ready.
 *
 * @example
 * const app = Fastify({ frameworkErrors })
 * await app.register(envelope)
 * app.get('/contracts', async () => contracts)
 * // { "success": true, "timestamp": "2026-01-01T00:00:00.000Z", "message": "Request successful", "data": [] }
 */
export const envelope: FastifyPluginAsync<EnvelopeOptions> = fp(
  async function envelope (app: FastifyInstance, options: EnvelopeOptions) {
    checkOptions('envelope', options, {
      clock: check.function,
      mapError: check.function,
      errorHandler: check.boolean,
      notFoundHandler: check.boolean,
      defaultMessage: check.string,
      messages: {
        expected: 'a function or an object of messages',
        accepts: value => typeof value === 'function' || (typeof value === 'object' && value !== null)
      },
      problemBase: check.string,
      exclude: { expected: 'a list of URL prefixes', accepts: Array.isArray }
    })
    const { exclude = [], mapError } = options
    const timestamp = timestamps(options.clock ?? (() => new Date()))
    const messageOf = messageSource(options)
    const sendError = errorSender(payload => errorBody(timestamp(), payload), options.problemBase)
    senders.set(app, sendError)

    const wrapReply: preSerializationHookHandler = function wrapReply (request, reply, payload, done) {
      const { statusCode } = reply
      if (statusCode < 200 || statusCode > 299 || statusCode === 204 || isSuccessBody(payload) || !sendsJson(reply)) {
        done(null, payload)
        return
      }
      const description = replyDescription(reply)
      done(
        null,
        successBody(
          timestamp(),
          description?.message ?? messageOf(request, reply),
          payload,
          description?.meta,
          description?.success
        )
      )
    }

    app.decorateReply(
      'success',
      function success (
        this: FastifyReply,
        data: unknown = null,
        { message, meta, status, headers }: SuccessOptions = {}
      ) {
        if (status !== undefined) this.code(status)
        if (headers !== undefined) this.headers(headers)
        if (typeof data === 'string' && isWrapped(this.request.routeOptions, exclude)) {
          // Fastify would send it as text, and past every hook that could wrap it.
          const body = successBody(timestamp(), message ?? messageOf(this.request, this), data, meta)
          return this.type(jsonContentType).send(JSON.stringify(body))
        }
        if (message !== undefined || meta !== undefined) {
          describeReply(this, {
            ...(message === undefined ? {} : { message }),
            ...(meta === undefined ? {} : { meta })
          })
        }
        return this.send(data)
      }
    )
    app.decorateReply('error', function error (this: FastifyReply, problem: unknown, options: ReplyErrorOptions = {}) {
      const { request } = this
      const isNamed = typeof problem === 'string'
      const known = isNamed ? problem : mapped(problem, request, mapError)
      sendError(
        request,
        this,
        replyErrorPayload(known, options, contextOf(request, this)),
        isNamed ? undefined : problem
      )
      return this
    })

    const known = routesOfTree(app.printRoutes())
    const urlOf = (route: string): string => route.slice(route.lastIndexOf(' ') + 1)
    const unwrapped = [...exclude, ...documentationPrefixes(known.map(urlOf))]
    const earlier = known.filter(route => isUnder(urlOf(route), app.prefix) && !isExcluded(urlOf(route), unwrapped))
    if (earlier.length > 0) {
      app.addHook('onReady', async () => {
        app.log.warn(
          { routes: earlier },
          `envelope: these routes were added before the plugin and are not wrapped: ${earlier.join('; ')}`
        )
      })
    }

    if (app.getSchema(sharedErrorSchema.$id) === undefined) app.addSchema(sharedErrorSchema)
    // Hook and schema go together: an answer that is wrapped but serialised by the bare schema loses its data.
    app.addHook('onRoute', function wrapRoute (route) {
      if (!isWrapped(route, exclude)) return
      route.preSerialization = [...[route.preSerialization ?? []].flat(), wrapReply]
      if (route.schema !== undefined) {
        route.schema = envelopeSchema(route.schema, `${[route.method].flat().join(', ')} ${route.url}`)
      }
    })

    if (options.errorHandler ?? true) {
      claim('errorHandler', () =>
        app.setErrorHandler((error, request, reply) => {
          sendError(request, reply, describeError(mapped(error, request, mapError), contextOf(request, reply)), error)
        })
      )
    }
    if (options.notFoundHandler ?? true) {
      claim('notFoundHandler', () =>
        app.setNotFoundHandler((request, reply) => {
          const { status, code, message } = new CommonsError('route_not_found', {
            params: { method: request.method, url: pathOf(request) }
          })
          sendError(request, reply, { status, code, message, details: [] })
        })
      )
    }
  },
  { name: 'fastify-prisma-commons/envelope', fastify: '5.x' }
)

export default envelope

/**
 * For the constructor of Fastify: puts the envelope around errors that come before routing, such as a malformed URL,
 * which neither hooks nor error handlers see.
 *
 * @example
 * const app = Fastify({ frameworkErrors })
 */
export function frameworkErrors (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const sendError = senders.get(request.server) ?? errorSender(payload => errorBody(new Date().toISOString(), payload))
  sendError(request, reply, describeError(error, contextOf(request, reply)), error)
}

function sendsJson (reply: FastifyReply): boolean {
  const type = reply.getHeader('content-type')
  return type === undefined || type === jsonContentType || isJsonMediaType(String(type))
}

function messageSource ({
  messages,
  defaultMessage = 'Request successful'
}: EnvelopeOptions): (request: FastifyRequest, reply: FastifyReply) => string {
  if (messages === undefined) return () => defaultMessage
  if (typeof messages === 'function') return (request, reply) => messages(request, reply) ?? defaultMessage
  const byMethod = new Map(Object.entries(messages))
  return request => byMethod.get(request.method) ?? defaultMessage
}

/** What the application makes of an error, or the error. */
function mapped (error: unknown, request: FastifyRequest, mapError: EnvelopeOptions['mapError']): unknown {
  if (mapError === undefined || error instanceof CommonsError) return error
  try {
    return mapError(error, request) ?? error
  } catch (failure) {
    request.log.error({ err: failure }, 'envelope: mapError threw')
    return error
  }
}

function contextOf (request: FastifyRequest, reply: FastifyReply): ErrorContext {
  return { replyStatus: reply.statusCode, body: request.body, bodyLimit: request.routeOptions.bodyLimit }
}

/** The query may hold what should not come back. */
function pathOf ({ url }: FastifyRequest): string {
  return targetOf(url).path
}

/** Fastify allows one handler a scope; its message does not say which of our options gives way. */
function claim (option: keyof EnvelopeOptions, set: () => void): void {
  try {
    set()
  } catch (cause) {
    throw new Error(
      `envelope: this scope has a handler of its own already. Pass ${option}: false, and let yours end with ` +
        'reply.error()',
      { cause }
    )
  }
}
