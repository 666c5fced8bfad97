import type { Test } from 'tap'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions, InjectOptions } from 'fastify'
import { envelope } from 'fastify-prisma-commons/envelope'
import type { EnvelopeOptions } from 'fastify-prisma-commons/envelope'

/** What the clock of these apps always says. */
export const timestamp = '2026-01-01T00:00:00.000Z'
export const clock = (): Date => new Date(timestamp)

/** An app with the envelope and a clock that stands still. */
export async function envelopeApp (
  t: Test,
  options: EnvelopeOptions = {},
  server: FastifyServerOptions = {}
): Promise<FastifyInstance> {
  const app = Fastify(server)
  t.after(() => app.close())
  await app.register(envelope, { clock, ...options })
  return app
}

/** The envelope that a plain answer gets. */
export function wrapped (data: unknown, message = 'Request successful'): object {
  return { success: true, timestamp, message, data }
}

export interface ErrorFields {
  readonly code: string
  readonly message: string
  readonly errors?: object
  readonly details?: readonly object[]
  readonly data?: unknown
}

/** The envelope of an error; what is not said is empty. */
export function failed ({ code, message, errors = {}, details = [], data = null }: ErrorFields): object {
  return { success: false, timestamp, message, code, errors, details, data }
}

export type Outcome = readonly [status: number, body: unknown]

export async function outcome (app: FastifyInstance, request: InjectOptions | string): Promise<Outcome> {
  const answer = await app.inject(request)
  return [answer.statusCode, answer.json()]
}

/** Adds a route to throw from, and gives the function that makes it throw a thing and tells what the client got. */
export function thrower (app: FastifyInstance): (thrown: unknown, request?: InjectOptions) => Promise<Outcome> {
  let current: unknown
  app.get('/throw', async () => {
    throw current
  })
  return async (thrown, request = {}) => {
    current = thrown
    return await outcome(app, { url: '/throw', ...request })
  }
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly code?: string
  readonly error_id?: string
  readonly err?: { readonly message: string }
  readonly routes?: readonly string[]
}

/** A logger that keeps its lines, without those that Fastify writes for each request. */
export function keepingLogger (lines: LogLine[]): NonNullable<FastifyServerOptions['logger']> {
  const isRequestLine = ({ msg }: LogLine): boolean => msg === 'incoming request' || msg === 'request completed'
  return {
    level: 'info',
    stream: {
      write (text: string) {
        const line = JSON.parse(text) as LogLine
        if (!isRequestLine(line)) lines.push(line)
      }
    }
  }
}
