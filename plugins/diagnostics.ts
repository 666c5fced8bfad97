import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { channels } from '../lib/diagnostics/channels.js'
import { collectQueries, holderOf } from '../lib/diagnostics/collect-queries.js'
import { debugHeaders, serverTiming, type RequestMarks } from '../lib/diagnostics/debug-headers.js'
import { QueryCollector } from '../lib/diagnostics/query-collector.js'
import { withQueryScope, type SinkHolder } from '../lib/diagnostics/query-scope.js'
import { summaryOf, type RequestSummary } from '../lib/diagnostics/request-summary.js'
import { requestWarnings, type Thresholds } from '../lib/diagnostics/request-warnings.js'
import { isProduction } from '../lib/environment.js'
import { check, checkOptions, type OptionCheck } from '../lib/options.js'
import { keepContext } from '../prisma/observe/keep-context.js'
import { isObserving } from '../prisma/observe/observe.js'

export { channelNames } from '../lib/diagnostics/channels.js'
export type { QueryCollector, StatementCount } from '../lib/diagnostics/query-collector.js'
export type { QueryEvent, QueryOrigin } from '../lib/diagnostics/query-event.js'
export type { RepeatedStatement, RequestSummary } from '../lib/diagnostics/request-summary.js'
export { observe } from '../prisma/observe/observe.js'

export interface DiagnosticsOptions extends Partial<Thresholds> {
  /**
   * Look for N+1 queries and send `Server-Timing`, unless their own options say otherwise. Default: true unless
   * `NODE_ENV` is `production`.
   */
  readonly development?: boolean
  /** Put `db` on Fastify's line `request completed`. Default: true. */
  readonly log?: boolean
  /** Send the header `Server-Timing`. Default: as `development`. */
  readonly serverTiming?: boolean
  /** Send `X-Debug-Duration`, `X-Debug-Queries` and `X-Op-*`. Default: false. */
  readonly debugHeaders?: boolean
  /** Milliseconds beyond which a request is warned of; false: never. Default: 1000. */
  readonly slowRequestMs?: number | false
  /** Milliseconds beyond which a statement is warned of; false: never. Default: 50. */
  readonly slowQueryMs?: number | false
  /** Statements beyond which a request is warned of; false: never. Default: 10. */
  readonly manyQueries?: number | false
  /** Runs of one statement from which on a request has N+1 queries; false: never. Default: 5, in production false. */
  readonly repeatedQueries?: number | false
  /** Log the values of slow statements. They may be secret. Default: false. */
  readonly parameters?: boolean
}

/** What is published on the channel `fastify-prisma-commons:request` when a request has ended. */
export interface RequestEvent {
  readonly method: string
  /** The URL of the route, as it was declared. */
  readonly route: string | undefined
  readonly status: number
  readonly ms: number
  readonly db: RequestSummary
}

export interface Diagnostics {
  /** Runs work and counts its statements, outside requests too. */
  readonly collect: typeof collectQueries
}

declare module 'fastify' {
  interface FastifyInstance {
    diagnostics: Diagnostics
  }
  interface FastifyRequest {
    /** The statements of the request until now. */
    readonly diagnostics: QueryCollector
  }
}

const kState = Symbol('fastify-prisma-commons.diagnostics')

interface State {
  readonly collector: QueryCollector
  readonly holder: SinkHolder
  readonly marks: RequestMarks
}

/** Null until the hook of the plugin: a hook before it may have refused the request. */
type Carrier = FastifyRequest & { [kState]: State | null }

function stateOf (request: FastifyRequest): State | null {
  return (request as Carrier)[kState]
}

const threshold: OptionCheck = {
  expected: 'a number of at least 0, or false',
  accepts: value => value === false || (typeof value === 'number' && value >= 0)
}

/**
 * Counts the queries of each request and tells about them: on Fastify's completion line, in `Server-Timing`, by
 * warnings of slow and repeated queries, and on a channel of `node:diagnostics_channel`. The client's adapter must be
 * wrapped by `observe`. Register it first, so that it counts the queries of all hooks.
 *
 * @example
 * const prisma = new PrismaClient({ adapter: observe(new PrismaPg({ connectionString })) })
 * await app.register(diagnostics)
 * await app.register(prismaPlugin, { client: prisma })
 * // {"msg":"request completed","res":{"statusCode":200},"responseTime":7.2,"db":{"queries":2,"ms":3.1,…}}
 */
export const diagnostics: FastifyPluginAsync<DiagnosticsOptions> = fp(
  async function diagnostics (app: FastifyInstance, options: DiagnosticsOptions) {
    checkOptions('diagnostics', options, {
      development: check.boolean,
      log: check.boolean,
      serverTiming: check.boolean,
      debugHeaders: check.boolean,
      slowRequestMs: threshold,
      slowQueryMs: threshold,
      manyQueries: threshold,
      repeatedQueries: threshold,
      parameters: check.boolean
    })
    const {
      development = !isProduction(),
      log = true,
      serverTiming: sendsTiming = development,
      debugHeaders: sendsHeaders = false,
      parameters = false
    } = options
    const thresholds: Thresholds = {
      slowRequestMs: options.slowRequestMs ?? 1000,
      slowQueryMs: options.slowQueryMs ?? 50,
      manyQueries: options.manyQueries ?? 10,
      repeatedQueries: options.repeatedQueries ?? (development && 5)
    }
    const headersOf = ({ body, headers }: FastifyRequest, ms: number, { collector, marks }: State) => ({
      ...(sendsTiming && { 'server-timing': serverTiming(ms, collector) }),
      ...(sendsHeaders && debugHeaders({ ms, marks, body, contentLength: headers['content-length'] }, collector))
    })
    const slowMs = thresholds.slowQueryMs === false ? Infinity : thresholds.slowQueryMs

    app.decorate('diagnostics', { collect: collectQueries })
    app.decorateRequest(kState, null)
    app.decorateRequest('diagnostics', {
      getter (this: FastifyRequest) {
        return stateOf(this)?.collector ?? new QueryCollector()
      }
    })

    app.addHook('onReady', async () => keepClient(app))
    app.addHook('onRequest', (request, _reply, done) => {
      const collector = new QueryCollector(slowMs)
      const holder = holderOf(collector)
      ;(request as Carrier)[kState] = { collector, holder, marks: { validation: 0, handler: 0, serialization: 0 } }
      withQueryScope({ holder, origin: null }, done)
    })
    if (sendsHeaders) addMarks(app)
    if (sendsTiming || sendsHeaders) {
      app.addHook('onSend', (request, reply, _payload, done) => {
        const state = stateOf(request)
        if (state !== null) reply.headers(headersOf(request, reply.elapsedTime, state))
        done()
      })
    }
    app.addHook('onResponse', (request, reply, done) => {
      const state = stateOf(request)
      if (state === null) return done()
      const { collector, holder } = state
      const { elapsedTime: ms } = reply
      holder.sink = null
      const db = summaryOf(collector, thresholds.repeatedQueries)
      for (const { message, details } of requestWarnings(ms, collector, db, thresholds, parameters)) {
        request.log.warn({ ...details, route: `${request.method} ${routeOf(request) ?? request.url}` }, message)
      }
      if (log) addToLog(reply, { db })
      if (channels.request.hasSubscribers) {
        const { method } = request
        const event: RequestEvent = { method, route: routeOf(request), status: reply.statusCode, ms, db }
        channels.request.publish(event)
      }
      done()
    })
  },
  { name: 'fastify-prisma-commons/diagnostics', fastify: '5.x' }
)

export default diagnostics

/**
 * Adds to all lines that a request still logs. Its logger is its own, and a child of it would cost several times as
 * much; loggers other than pino have only children.
 */
function addToLog (reply: FastifyReply, bindings: { readonly db: RequestSummary }): void {
  const { setBindings } = reply.log as { readonly setBindings?: (bindings: object) => void }
  if (setBindings === undefined) reply.log = reply.log.child(bindings)
  else setBindings.call(reply.log, bindings)
}

/** Fastify builds the options of a route anew whenever they are asked for. */
function routeOf (request: FastifyRequest): string | undefined {
  return request.routeOptions.url
}

/** At the start: the plugin `prisma` may be registered after this one. */
function keepClient (app: FastifyInstance): void {
  if (!isObserving()) {
    app.log.warn('diagnostics: no query is seen: new PrismaClient({ adapter: observe(adapter) })')
  }
  if (app.hasDecorator('prisma') && !keepContext(app.prisma)) {
    app.log.warn(
      'diagnostics: this version of Prisma hides its loader: findUnique calls of several requests in one tick count ' +
        'for the first of them'
    )
  }
}

function addMarks (app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    mark(request, 'validation')
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    mark(request, 'handler')
    done()
  })
  app.addHook('preSerialization', (request, _reply, payload, done) => {
    mark(request, 'serialization')
    done(null, payload)
  })
}

function mark (request: FastifyRequest, part: keyof RequestMarks): void {
  const state = stateOf(request)
  if (state !== null) state.marks[part] = performance.now()
}
