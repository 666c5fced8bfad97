import t from 'tap'
import type { Test } from 'tap'
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { clock, envelopeApp, timestamp, wrapped } from '../helpers/envelope-app.js'
import { envelope } from 'fastify-prisma-commons/envelope'
import Fastify from 'fastify'

interface Documented {
  readonly description?: string
  readonly headers?: object
  readonly content?: Record<string, { readonly schema: Record<string, unknown> }>
}

type Document = Record<string, Documented>

const error = {
  success: false,
  timestamp,
  message: 'No such thing',
  code: 'not_found',
  errors: {},
  details: [],
  data: null
}

async function documentedApp (t: Test): Promise<FastifyInstance> {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(swagger, {
    openapi: { openapi: '3.0.3', info: { title: 'Test', version: '1' } },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`)
    }
  })
  await app.register(envelope, { clock })
  return app
}

/** The responses of a GET as the OpenAPI document has them. */
function responsesOf (app: FastifyInstance, url: string): Document {
  const { paths } = app.swagger() as { paths: Record<string, { get: { responses: Document } }> }
  return paths[url]!.get.responses
}

function jsonOf (response: Documented | undefined): Record<string, unknown> {
  return response?.content?.['application/json']?.schema ?? {}
}

const row = { type: 'object', properties: { a: { type: 'integer' } } } as const
const errorId = 'fastify-prisma-commons-error'
const errorReference = { $ref: `#/components/schemas/${errorId}` }
const rowSent = { a: 1, secret: 's' }

await t.test('the schema of a route filters the data inside the envelope', async t => {
  const app = await envelopeApp(t)
  app.get('/row', { schema: { response: { 200: row } } }, async () => rowSent)
  app.get('/rows', { schema: { response: { 200: { type: 'array', items: row } } } }, async () => [rowSent])
  app.get('/range', { schema: { response: { '2xx': row } } }, async () => rowSent)
  app.get('/upper-range', { schema: { response: { '2XX': row } } }, (_request, reply) => {
    reply.code(201).send(rowSent)
  })
  app.get('/default', { schema: { response: { default: row } } }, async () => rowSent)
  app.get('/null', { schema: { response: { 200: Type.Null() } } }, async () => null)
  app.get('/any', { schema: { response: { 200: true } } }, async () => rowSent)
  app.get('/none', { schema: { response: {} } }, async () => rowSent)
  app.get(
    '/nullable',
    { schema: { response: { 200: Type.Union([Type.Object({ a: Type.Integer() }), Type.Null()]) } } },
    async () => rowSent
  )
  for (const url of ['/row', '/range', '/upper-range', '/default', '/nullable']) {
    t.strictSame((await app.inject(url)).json(), wrapped({ a: 1 }), url)
  }
  t.strictSame((await app.inject('/rows')).json(), wrapped([{ a: 1 }]))
  t.strictSame((await app.inject('/null')).json(), wrapped(null))
  t.strictSame((await app.inject('/any')).json(), wrapped(rowSent))
  t.strictSame((await app.inject('/none')).json(), wrapped(rowSent))
})

await t.test('schemas by media type: JSON is wrapped, the rest is left alone', async t => {
  const csv = { type: 'object', properties: { cells: { type: 'string' } } }
  const response = {
    200: {
      content: {
        'application/json': { schema: row },
        'application/vnd.shop+json; version=1': { schema: row },
        'application/x-ndjson': { schema: row },
        'text/csv': { schema: csv }
      }
    },
    201: { content: { '*/*': { schema: row } } }
  }
  const before = JSON.stringify(response)
  const app = await documentedApp(t)
  app.get('/row', { schema: { response } }, async () => rowSent)
  app.get('/other', { schema: { response } }, (_request, reply) => {
    reply.code(201).type('application/other+json').send(rowSent)
  })
  await app.ready()
  t.strictSame((await app.inject('/row')).json(), wrapped({ a: 1 }))
  t.strictSame((await app.inject('/other')).json(), wrapped({ a: 1 }))
  const { content = {} } = responsesOf(app, '/row')['200']!
  const isWrapped = Object.entries(content).map(([type, { schema }]) => [
    type,
    'timestamp' in (schema.properties as object)
  ])
  t.strictSame(isWrapped, [
    ['application/json', true],
    ['application/vnd.shop+json; version=1', true],
    ['application/x-ndjson', false],
    ['text/csv', false]
  ])
  t.equal(JSON.stringify(response), before, 'the schema of the user is not touched')
})

await t.test('schema objects that routes share are wrapped once for each', async t => {
  const schema = { response: { 200: row, 404: row } }
  Object.freeze(schema.response)
  const before = JSON.stringify(schema)
  const app = await envelopeApp(t)
  for (const url of ['/a', '/b', '/c']) app.get(url, { schema }, async () => rowSent)
  app.get('/d', { schema: { ...schema, querystring: {} } }, async () => rowSent)
  for (const url of ['/a', '/b', '/c', '/d']) {
    t.strictSame((await app.inject(url)).json(), wrapped({ a: 1 }), url)
    t.equal((await app.inject({ method: 'HEAD', url })).statusCode, 200, url)
  }
  t.equal(JSON.stringify(schema), before)
})

await t.test('references, ids and recursion work inside the envelope', async t => {
  const Named = Type.Object({ a: Type.Integer() }, { $id: 'Named' })
  const Inline = Type.Object({ a: Type.Integer() }, { $id: 'Inline' })
  const Tree = Type.Recursive(This => Type.Object({ a: Type.Integer(), children: Type.Array(This) }), { $id: 'Tree' })
  const local = {
    definitions: { row },
    type: 'object',
    properties: {
      one: { $ref: '#/definitions/row' },
      self: { $ref: '#' },
      many: { type: 'array', items: { anyOf: [{ $ref: '#/properties/one' }] } }
    }
  }
  const localSent = { one: rowSent, self: { one: rowSent, x: 1 }, many: [rowSent], x: 1 }
  const localKept = { one: { a: 1 }, self: { one: { a: 1 } }, many: [{ a: 1 }] }
  const app = await documentedApp(t)
  app.addSchema(Named)
  app.get(
    '/ref',
    { schema: { response: { 200: Type.Ref('Named'), 201: Type.Array(Type.Ref('Named')) } } },
    async () => rowSent
  )
  app.get(
    '/inline',
    { schema: { response: { 200: Inline, 201: Type.Array(Inline), 404: Inline } } },
    async () => rowSent
  )
  app.get('/added', { schema: { response: { 200: Named } } }, async () => rowSent)
  app.get('/tree', { schema: { response: { 200: Tree } } }, async () => ({
    ...rowSent,
    children: [{ ...rowSent, children: [] }]
  }))
  app.get('/local', { schema: { response: { 200: local, 404: local } } }, async () => localSent)
  app.get('/local-404', { schema: { response: { 404: local } } }, (_request, reply) => {
    reply.code(404).send(localSent)
  })
  await app.ready()
  t.strictSame((await app.inject('/ref')).json(), wrapped({ a: 1 }))
  t.strictSame((await app.inject('/inline')).json(), wrapped({ a: 1 }))
  t.strictSame((await app.inject('/added')).json(), wrapped({ a: 1 }))
  t.strictSame((await app.inject('/tree')).json(), wrapped({ a: 1, children: [{ a: 1, children: [] }] }))
  t.strictSame((await app.inject('/local')).json(), wrapped(localKept))
  t.strictSame((await app.inject('/local-404')).json(), localKept)

  const dataOf = (url: string): unknown => (jsonOf(responsesOf(app, url)['200']).properties as { data: unknown }).data
  t.strictSame(
    [dataOf('/ref'), dataOf('/inline'), dataOf('/tree')],
    [
      { $ref: '#/components/schemas/Named' },
      { $ref: '#/components/schemas/Inline' },
      { $ref: '#/components/schemas/Tree' }
    ]
  )
  const { components } = app.swagger() as { components: { schemas: Record<string, object> } }
  t.strictSame(Object.keys(components.schemas).sort(), ['Inline', 'Named', 'Tree', errorId])
})

await t.test('the OpenAPI document says what is sent', async t => {
  const app = await documentedApp(t)
  const Contract = Type.Object({ id: Type.Integer() }, { $id: 'Contract' })
  app.addSchema(Contract)
  app.get(
    '/contracts',
    {
      schema: {
        response: {
          200: {
            ...Type.Array(Type.Ref('Contract')),
            description: 'The contracts',
            headers: { 'x-count': { type: 'integer', description: 'How many' } }
          },
          207: { type: 'object', 'x-response-description': 'Some failed' },
          204: { type: 'null', description: 'None' },
          302: { type: 'object', description: 'Elsewhere' },
          404: { type: 'object', description: 'Gone', properties: { foo: { type: 'string' } } },
          '5xx': { description: 'Our fault' }
        }
      }
    },
    async () => []
  )
  app.get('/text', { schema: { response: { 200: { type: 'string' } } } }, async () => 'text')
  app.get(
    '/csv',
    { schema: { produces: ['text/csv'], response: { 200: { type: 'object' } } } as object },
    async () => 'a,b'
  )
  app.get(
    '/both',
    { schema: { produces: ['text/csv', 'application/json'], response: { 200: { type: 'object' } } } as object },
    async () => ({})
  )
  app.get(
    '/off',
    { config: { envelope: false }, schema: { response: { 200: Type.Ref('Contract') } } },
    async () => ({})
  )
  app.get('/bare', async () => [])
  await app.ready()

  const common = { timestamp: { type: 'string', format: 'date-time' }, message: { type: 'string' } }
  const meta = { type: 'object', additionalProperties: true }
  const success = (data: object, description?: string, always = true): object => ({
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: ['success', 'timestamp', 'message', 'data'],
    properties: { success: { type: 'boolean', ...(always ? { enum: [true] } : {}) }, ...common, data, meta }
  })
  const errorEnvelope = {
    title: 'Error',
    type: 'object',
    required: ['success', 'timestamp', 'message', 'code', 'errors', 'details', 'data'],
    properties: {
      success: { type: 'boolean', enum: [false] },
      ...common,
      code: { type: 'string' },
      errors: { ...meta, description: 'Field to messages; in a bulk request index to field to messages' },
      details: {
        type: 'array',
        items: {
          type: 'object',
          required: ['code', 'pointer', 'message'],
          properties: {
            code: { type: 'string' },
            pointer: { type: 'string', description: 'JSON Pointer into the request body' },
            message: { type: 'string' },
            index: { type: 'integer' },
            params: meta
          }
        }
      },
      data: { description: 'null, unless the route says otherwise' },
      error_id: { type: 'string' }
    }
  }
  const json = (schema: object): object => ({ 'application/json': { schema } })
  t.strictSame(responsesOf(app, '/contracts'), {
    200: {
      description: 'The contracts',
      headers: { 'x-count': { schema: { type: 'integer' }, description: 'How many' } },
      content: json(
        success(
          { type: 'array', items: { $ref: '#/components/schemas/Contract' }, description: 'The contracts' },
          'The contracts'
        )
      )
    },
    204: { description: 'None' },
    207: { description: 'Some failed', content: json(success({ type: 'object' }, undefined, false)) },
    302: { description: 'Elsewhere', content: json({ type: 'object', description: 'Elsewhere' }) },
    404: {
      description: 'Gone',
      content: json({
        description: 'Gone',
        anyOf: [errorReference, { type: 'object', description: 'Gone', properties: { foo: { type: 'string' } } }]
      })
    },
    '5XX': { description: 'Our fault', content: json(errorReference) }
  })
  const { components } = app.swagger() as { components: { schemas: Record<string, object> } }
  t.strictSame(components.schemas[errorId], errorEnvelope)
  t.strictSame(responsesOf(app, '/text'), {
    200: { description: 'Default Response', content: json({ type: 'string' }) }
  })
  t.strictSame(responsesOf(app, '/csv'), {
    200: { description: 'Default Response', content: { 'text/csv': { schema: { type: 'object' } } } }
  })
  t.strictSame(jsonOf(responsesOf(app, '/both')['200']), success({ type: 'object' }))
  t.strictSame(jsonOf(responsesOf(app, '/off')['200']), { $ref: '#/components/schemas/Contract' })
  t.strictSame(
    responsesOf(app, '/bare'),
    { 200: { description: 'Default Response' } },
    'a route without response schemas gets none'
  )
})

await t.test('a default schema serves success and errors, in shapes of their own', async t => {
  const app = await documentedApp(t)
  app.get('/alone', { schema: { response: { default: row } } }, async () => rowSent)
  app.get('/beside', { schema: { response: { 200: row, default: { description: 'An error' } } } }, async () => rowSent)
  await app.ready()
  t.strictSame(Object.keys(responsesOf(app, '/alone')).sort(), ['2XX', 'default'])
  t.ok('timestamp' in (jsonOf(responsesOf(app, '/alone')['2XX']).properties as object))
  t.equal((jsonOf(responsesOf(app, '/alone').default).anyOf as object[]).length, 2)
  t.strictSame(Object.keys(responsesOf(app, '/beside')).sort(), ['200', 'default'])
  t.match(jsonOf(responsesOf(app, '/beside').default), errorReference)
})

await t.test('declared error schemas neither cut our errors nor bodies sent by hand', async t => {
  const foo = { type: 'object', properties: { foo: { type: 'string' } } } as const
  const app = await envelopeApp(t)
  const schemas: Record<string, object> = {
    exact: { 404: foo },
    range: { '4xx': foo },
    default: { default: foo },
    beside: { 200: row, default: foo },
    media: { 404: { content: { 'application/json': { schema: foo } } } },
    described: { 404: { description: 'No such thing' } }
  }
  for (const [name, response] of Object.entries(schemas)) {
    app.get(`/${name}/thrown`, { schema: { response } }, (_request, reply) =>
      reply.error('not_found', { message: 'No such thing' })
    )
    app.get(`/${name}/by-hand`, { schema: { response } }, (_request, reply) => {
      reply.code(404).send({ foo: 'x', secret: 's' })
    })
    app.get(`/${name}/envelope`, { schema: { response } }, (_request, reply) => {
      reply.code(404).send(error)
    })
  }
  for (const name of Object.keys(schemas)) {
    t.strictSame((await app.inject(`/${name}/thrown`)).json(), error, name)
    t.strictSame((await app.inject(`/${name}/envelope`)).json(), error, name)
    const byHand = await app.inject(`/${name}/by-hand`)
    if (name === 'described') t.match(byHand.json(), { code: 'internal_error' }, 'only the envelope was declared')
    else t.strictSame([byHand.statusCode, byHand.json()], [404, { foo: 'x' }], name)
  }
})

await t.test('schemas of fluent builders are wrapped', async t => {
  const app = await envelopeApp(t)
  const fluent = { isFluentSchema: true, valueOf: () => row }
  const newer = { [Symbol.for('fluent-schema-object')]: true, valueOf: () => row }
  app.get('/fluent', { schema: { response: { 200: fluent, 404: newer } } }, async () => rowSent)
  app.get('/newer', { schema: { response: { 200: newer } } }, async () => rowSent)
  t.strictSame((await app.inject('/fluent')).json(), wrapped({ a: 1 }))
  t.strictSame((await app.inject('/newer')).json(), wrapped({ a: 1 }))
})

await t.test('a response schema that is no JSON Schema is refused when the route is added', async t => {
  class Zod {
    parse = true
  }
  const app = await envelopeApp(t)
  t.throws(() => app.get('/zod', { schema: { response: { 200: new Zod() } } }, async () => rowSent), {
    message:
      'GET /zod, response 200: not a plain JSON Schema, so the envelope cannot wrap it. Convert it, or set ' +
      'config.envelope to false on the route'
  })
  t.throws(() => app.get('/text', { schema: { response: { 200: 'row' } } }, async () => rowSent), {
    message: /^GET \/text, response 200: /
  })
  app.get('/empty', { schema: { response: { 200: { content: { 'application/json': {} } } } } }, async () => rowSent)
  await t.rejects(
    async () => {
      await app.ready()
    },
    { code: 'FST_ERR_SCH_CONTENT_MISSING_SCHEMA' },
    'Fastify says what else is wrong'
  )
})
