import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import type { Database } from '../database/index.js'

export interface HealthOptions {
  readonly database: Pick<Database, 'kind' | 'pool'>
  readonly version: string
}

const health = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]),
  database: Type.Union([Type.Literal('postgresql'), Type.Literal('pglite')]),
  version: Type.String()
})

/** `GET /health`: 200 when the database answers, 503 when it does not. Load balancers ask it, so it is never cached. */
export const healthRoute: FastifyPluginAsync<HealthOptions> = async function healthRoute (app, { database, version }) {
  const schema = { operationId: 'health', tags: ['health'], response: { 200: health, 503: health } }
  app.get('/health', { schema }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    try {
      await database.pool.query('SELECT 1')
      return { status: 'ok', database: database.kind, version }
    } catch (error) {
      request.log.error(error, 'the database does not answer')
      return await reply.status(503).send({ status: 'unavailable', database: database.kind, version })
    }
  })
}
