import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { envelope } from 'fastify-prisma-commons/envelope'
import t from 'tap'

await t.test(
  'the shape of errors stands once in the OpenAPI document, also where two scopes have an envelope',
  async t => {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
    const errors = { 400: { description: 'Not valid' }, 404: { description: 'Not there' } }
    await app.register(async scope => {
      await scope.register(envelope)
      for (const url of ['/a', '/b']) {
        scope.get(url, { schema: { response: errors } }, (_request, reply) => reply.error('not_found'))
      }
      await scope.register(async inner => {
        await inner.register(envelope, { notFoundHandler: false, errorHandler: false })
        inner.get('/c', { schema: { response: errors } }, (_request, reply) => reply.error('not_found'))
      })
    })
    await app.register(async scope => {
      await scope.register(envelope, { notFoundHandler: false })
      scope.get('/d', { schema: { response: errors } }, (_request, reply) => reply.error('not_found'))
    })
    await app.ready()
    const document = JSON.stringify(app.swagger())
    t.equal(document.split('JSON Pointer into the request body').length - 1, 1)
    t.equal(document.split('"$ref":"#/components/schemas/def-0"').length - 1, 8)
    for (const url of ['/a', '/c', '/d']) {
      t.match((await app.inject(url)).json(), { success: false, code: 'not_found', errors: {}, details: [] }, url)
    }
  }
)
