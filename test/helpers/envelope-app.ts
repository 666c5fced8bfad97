import type { Test } from 'tap'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { envelope } from 'fastify-prisma-commons/envelope'
import type { EnvelopeOptions } from 'fastify-prisma-commons/envelope'

/** What the clock of these apps always says. */
export const timestamp = '2026-01-01T00:00:00.000Z'
export const clock = (): Date => new Date(timestamp)

/** An app with the envelope and a clock that stands still. */
export async function envelopeApp (t: Test, options: EnvelopeOptions = {}, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(server)
  t.after(() => app.close())
  await app.register(envelope, { clock, ...options })
  return app
}

/** The envelope that a plain answer gets. */
export function wrapped (data: unknown, message = 'Request successful'): object {
  return { success: true, timestamp, message, data }
}
