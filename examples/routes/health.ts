import { Type } from '@sinclair/typebox'
import { CommonsError } from 'fastify-prisma-commons/errors'
import type { FastifyPluginAsync } from 'fastify'
import type { Database } from '../database/index.js'

export interface HealthOptions {
  readonly database: Pick<Database, 'kind' | 'pool'>
  readonly version: string
}

const health = Type.Object({
  status: Type.Literal('ok'),
  database: Type.Union([Type.Literal('postgresql'), Type.Literal('pglite')]),
  version: Type.String()
})

/** `GET /health`: 200 when the database answers, 503 when it does not. Load balancers ask it, so it is never cached. */
export const healthRoute: FastifyPluginAsync<HealthOptions> = async function healthRoute (app, { database, version }) {
  const schema = { operationId: 'health', tags: ['health'], response: { 200: health } }
  app.get('/health', { schema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    try {
      await database.pool.query('SELECT 1')
    } catch (cause) {
      throw new CommonsError('database_unavailable', { cause })
    }
    return reply.success({ status: 'ok', database: database.kind, version }, { message: 'The server is up' })
  })
}
