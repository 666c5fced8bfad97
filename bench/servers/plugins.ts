import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import { contracts } from '../data.js'
import { host } from './host.js'

declare module 'fastify' {
  interface FastifyRequest {
    user: unknown
  }
}

/** The plugin to serve with, e.g. `fastify-prisma-commons/envelope`; none for the bare routes. */
const [, , plugin = ''] = process.argv

const Contract = Type.Object({
  contractNumber: Type.String(),
  year: Type.Integer(),
  externalRef: Type.Union([Type.String(), Type.Null()]),
  amount: Type.String(),
  status: Type.String(),
  note: Type.Union([Type.String(), Type.Null()]),
  customerId: Type.Integer()
})

const app = Fastify()
const list = contracts(50)

// Authentication has its price with and without the plugin.
app.decorateRequest('user', null)
app.addHook('onRequest', (request, _reply, done) => {
  request.user = { id: 1 }
  done()
})

if (plugin !== '') await app.register(((await import(plugin)) as { default: FastifyPluginAsync }).default)

app.get('/list', { schema: { response: { 200: Type.Array(Contract) } } }, (_request, reply) => {
  reply.send(list)
})
app.get('/empty', (_request, reply) => {
  reply.send()
})

await host(app)
