import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { currentActor } from '../lib/actor.js'
import { isProduction } from '../lib/environment.js'
import {
  logCategories,
  productionCategories,
  StructuredLogger,
  type LoggerOptions
} from '../lib/logger/structured-logger.js'
import { scrub } from '../lib/logger/scrub.js'
import { check, checkOptions } from '../lib/options.js'

export * from '../lib/logger/structured-logger.js'
export * from '../lib/logger/wrappers.js'
export { isSecret, redacted, scrub, type ScrubOptions } from '../lib/logger/scrub.js'

export interface LoggerPluginOptions extends LoggerOptions {
  /** Write all categories unless `categories` says otherwise. Default: true unless `NODE_ENV` is `production`. */
  readonly development?: boolean
}

export interface RequestLoggerOptions {
  /** Log the body, scrubbed. Default: false. */
  readonly body?: boolean
  /** The members of a body, or of the objects in its list, that are logged. Default: all. */
  readonly allow?: readonly string[]
  /** Log these headers, scrubbed; true for all. Default: false. */
  readonly headers?: readonly string[] | boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Structured lines outside requests. */
    logger: StructuredLogger
  }
  interface FastifyRequest {
    /** Structured lines of the request, with its user. */
    readonly logger: StructuredLogger
  }
}

const kLogger = Symbol('fastify-prisma-commons.logger')

type Carrier = FastifyRequest & { [kLogger]: StructuredLogger | null }

/**
 * Structured log lines in categories, by Fastify's own logger, with secrets redacted.
 *
 * @example
 * await app.register(logger)
 * app.post('/articles/:id/publish', async request => {
 *   request.logger.userAction('publish', 'Article/7')
 * })
 */
export const logger: FastifyPluginAsync<LoggerPluginOptions> = fp(
  async function logger (app: FastifyInstance, options: LoggerPluginOptions) {
    checkOptions('logger', options, {
      development: check.boolean,
      categories: {
        expected: `a list of categories: ${logCategories.join(', ')}`,
        accepts: value => Array.isArray(value) && value.every(name => logCategories.some(known => known === name))
      },
      maxLength: check.integer(1),
      secretNames: check.names
    })
    const { development = !isProduction(), ...rest } = options
    const settings: LoggerOptions = { categories: development ? logCategories : productionCategories, ...rest }
    const actorId = (): unknown => currentActor()?.id

    app.decorate('logger', new StructuredLogger(app.log, settings, actorId))
    app.decorateRequest(kLogger, null)
    app.decorateRequest('logger', {
      getter (this: FastifyRequest) {
        const carrier = this as Carrier
        return (carrier[kLogger] ??= new StructuredLogger(this.log, settings, actorId))
      }
    })
  },
  { name: 'fastify-prisma-commons/logger', fastify: '5.x' }
)

export default logger

/**
 * Options of a route that log its requests in the category `api`, with bodies and headers when they are asked for.
 *
 * @example
 * app.post('/login', { ...apiRequestLogger({ body: true }) }, login)
 */
export function apiRequestLogger (options: RequestLoggerOptions = {}): {
  readonly onResponse: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void
} {
  const { body: hasBody = false, headers = false, allow } = options
  return {
    onResponse (request, reply, done) {
      const { method, url, body, headers: sent } = request
      const shown = Array.isArray(headers) ? headers.map(name => name.toLowerCase()) : null
      const details = {
        ...(hasBody && { body: scrub(body, allow === undefined ? {} : { allow }) }),
        ...(headers !== false && {
          headers: Object.fromEntries(Object.entries(sent).filter(([name]) => shown?.includes(name) ?? true))
        })
      }
      const [path] = url.split('?', 1)
      request.logger.apiRequest(`${method} ${path}`, reply.statusCode, reply.elapsedTime, details)
      done()
    }
  }
}
