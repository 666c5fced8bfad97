import t from 'tap'
import Fastify from 'fastify'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { once } from 'node:events'
import { envelope } from 'fastify-prisma-commons/envelope'
import type { EnvelopeOptions } from 'fastify-prisma-commons/envelope'
import { clock, envelopeApp, keepingLogger, timestamp, wrapped } from '../helpers/envelope-app.js'
import type { LogLine } from '../helpers/envelope-app.js'
import { describeReply } from '../../lib/envelope/describe.js'

await t.test('every JSON value is wrapped, null too', async t => {
  const app = await envelopeApp(t)
  const values = {
    object: { a: 1 },
    list: [1, { b: 2 }],
    empty: [],
    number: 0,
    float: 1.5,
    yes: true,
    no: false,
    nothing: null
  }
  for (const [name, value] of Object.entries(values)) {
    app.get(`/returned/${name}`, async () => value)
    app.get(`/sent/${name}`, (_request, reply) => {
      reply.send(value)
    })
  }
  for (const [name, value] of Object.entries(values)) {
    for (const way of ['returned', 'sent']) {
      const answer = await app.inject(`/${way}/${name}`)
      t.strictSame(
        [answer.statusCode, answer.headers['content-type'], answer.json()],
        [200, 'application/json; charset=utf-8', wrapped(value)],
        `${name}, ${way}`
      )
    }
  }
})

await t.test('what is no plain JSON answer is sent as it is', async t => {
  const app = await envelopeApp(t)
  const envelopeOfItsOwn = { success: true, timestamp: 'then', message: 'mine', data: 1 }
  app.get('/string', async () => 'text')
  app.get('/json-text', (_request, reply) => reply.type('application/json').send('[1]'))
  app.get('/buffer', async () => Buffer.from('bytes'))
  app.get('/typed-array', async () => new Uint8Array([104, 105]))
  app.get('/stream', async () => Readable.from(['a', 'b']))
  app.get('/web-stream', (_request, reply) => reply.send(Readable.toWeb(Readable.from([Buffer.from('w')]))))
  app.get(
    '/response',
    async () => new Response('{"r":1}', { status: 202, headers: { 'content-type': 'application/json' } })
  )
  app.get('/undefined', (_request, reply) => {
    reply.send()
  })
  const serialized: unknown[] = []
  app.get(
    '/no-content',
    {
      onSend: async (_request, _reply, payload) => {
        serialized.push(payload)
      }
    },
    (_request, reply) => {
      reply.code(204).send(null)
    }
  )
  app.get('/multiple-choices', (_request, reply) => {
    reply.code(300).send(['a'])
  })
  app.get('/refused', (_request, reply) => {
    reply.code(409).send({ mine: true })
  })
  app.get('/own', async () => envelopeOfItsOwn)
  app.get('/xml', (_request, reply) => {
    reply
      .type('application/xml')
      .serializer(body => `<a>${JSON.stringify(body)}</a>`)
      .send({ a: 1 })
  })
  app.get('/look-alike', async () => ({ success: true, timestamp: 'then', message: 'no data' }))

  const bodies: Record<string, [number, string]> = {}
  for (const name of [
    'string',
    'json-text',
    'buffer',
    'typed-array',
    'stream',
    'web-stream',
    'response',
    'undefined',
    'no-content',
    'multiple-choices',
    'refused',
    'own',
    'xml'
  ]) {
    const { statusCode, body } = await app.inject(`/${name}`)
    bodies[name] = [statusCode, body]
  }
  t.strictSame(bodies, {
    string: [200, 'text'],
    'json-text': [200, '[1]'],
    buffer: [200, 'bytes'],
    'typed-array': [200, 'hi'],
    stream: [200, 'ab'],
    'web-stream': [200, 'w'],
    response: [202, '{"r":1}'],
    undefined: [200, ''],
    'no-content': [204, ''],
    'multiple-choices': [300, '["a"]'],
    refused: [409, '{"mine":true}'],
    own: [200, JSON.stringify(envelopeOfItsOwn)],
    xml: [200, '<a>{"a":1}</a>']
  })
  t.strictSame(serialized, ['null'])
  t.strictSame((await app.inject('/look-alike')).json().data, { success: true, timestamp: 'then', message: 'no data' })
})

await t.test('any JSON media type is wrapped, also by a serializer of the handler', async t => {
  const app = await envelopeApp(t)
  app.get('/vendor', (_request, reply) => {
    reply.type('application/vnd.shop+json').send([1])
  })
  app.get('/serializer', (_request, reply) => {
    reply.serializer(body => JSON.stringify({ mine: body })).send([1])
  })
  t.strictSame((await app.inject('/vendor')).json(), wrapped([1]))
  t.strictSame((await app.inject('/serializer')).json(), { mine: wrapped([1]) })
})

await t.test(
  'reply.success gives message, meta, status and headers, and wraps strings and no data at all',
  async t => {
    const app = await envelopeApp(t)
    app.post('/rows', (_request, reply) =>
      reply.success([1], {
        status: 201,
        message: 'Rows created successfully',
        meta: { created: 1 },
        headers: { location: '/rows/1' }
      })
    )
    app.get('/string', async (_request, reply) => reply.success('text', { message: 'A string', meta: { a: 1 } }))
    app.get('/string-only', async (_request, reply) => reply.success('text'))
    app.get('/meta-only', async (_request, reply) => reply.success([], { meta: { a: 1 } }))
    app.get('/nothing', (_request, reply) => reply.success())
    app.get('/bare', { config: { envelope: false } }, (_request, reply) => reply.success('text'))

    const created = await app.inject({ method: 'POST', url: '/rows' })
    t.strictSame(
      [created.statusCode, created.headers.location, created.json()],
      [201, '/rows/1', { ...wrapped([1], 'Rows created successfully'), meta: { created: 1 } }]
    )
    const text = await app.inject('/string')
    t.strictSame(
      [text.headers['content-type'], text.json()],
      ['application/json; charset=utf-8', { ...wrapped('text', 'A string'), meta: { a: 1 } }]
    )
    t.strictSame((await app.inject('/string-only')).json(), wrapped('text'))
    t.strictSame((await app.inject('/meta-only')).json(), { ...wrapped([]), meta: { a: 1 } })
    t.strictSame((await app.inject('/nothing')).json(), wrapped(null))
    t.equal((await app.inject('/bare')).body, 'text')
  }
)

await t.test('a handler describes its answer without the plugin, step by step', async t => {
  const app = await envelopeApp(t)
  app.get('/partial', async (_request, reply) => {
    describeReply(reply, { message: 'First', meta: { created: 1, updated: 0 } })
    describeReply(reply, { message: '1 of 2 applied', success: false })
    describeReply(reply, { meta: { updated: 2 } })
    reply.code(207)
    return { results: [] }
  })
  const answer = await app.inject('/partial')
  t.strictSame(
    [answer.statusCode, answer.json()],
    [
      207,
      { success: false, timestamp, message: '1 of 2 applied', data: { results: [] }, meta: { created: 1, updated: 2 } }
    ]
  )
})

await t.test('messages come by method, by function, or by default', async t => {
  async function messagesOf (options: EnvelopeOptions): Promise<string[]> {
    const app = await envelopeApp(t, options)
    app.get('/', async () => null)
    app.post('/', async () => null)
    app.delete('/', (_request, reply) => reply.success(null, { message: 'Gone' }))
    const messages: string[] = []
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      messages.push((await app.inject({ method, url: '/' })).json().message)
    }
    return messages
  }
  t.strictSame(await messagesOf({}), ['Request successful', 'Request successful', 'Gone'])
  t.strictSame(await messagesOf({ defaultMessage: 'Done', messages: { POST: 'Stored', DELETE: 'no' } }), [
    'Done',
    'Stored',
    'Gone'
  ])
  t.strictSame(await messagesOf({ messages: request => (request.method === 'GET' ? 'Read' : undefined) }), [
    'Read',
    'Request successful',
    'Gone'
  ])
})

await t.test("timestamps follow the clock, which is the system's when none is given", async t => {
  const times = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-06-01T12:00:00.007Z']
  const app = await envelopeApp(t, { clock: () => new Date(times.shift()!) })
  app.get('/', async () => null)
  const seen = [await app.inject('/'), await app.inject('/'), await app.inject('/')].map(
    answer => answer.json().timestamp
  )
  t.strictSame(seen, ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-06-01T12:00:00.007Z'])

  const plain = Fastify()
  t.after(() => plain.close())
  await plain.register(envelope)
  plain.get('/', async () => null)
  const before = Date.now()
  const { timestamp } = (await plain.inject('/')).json()
  t.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.ok(Date.parse(timestamp) >= before && Date.parse(timestamp) <= Date.now())
})

await t.test('a route, a prefix and hidden routes stay out', async t => {
  const app = await envelopeApp(t, { exclude: ['/metrics', '/files/'] })
  app.get('/off', { config: { envelope: false } }, async () => [1])
  app.get('/metrics', async () => [1])
  app.get('/metrics/db', async () => [1])
  app.get('/metrics-of-sales', async () => [1])
  app.get('/files/a', async () => [1])
  app.get('/files', async () => [1])
  app.get('/hidden', { schema: { hide: true } as object }, async () => [1])
  app.get('/hidden-on', { schema: { hide: true } as object, config: { envelope: true } }, async () => [1])
  const bare: string[] = []
  for (const url of [
    '/off',
    '/metrics',
    '/metrics/db',
    '/metrics-of-sales',
    '/files/a',
    '/files',
    '/hidden',
    '/hidden-on'
  ]) {
    if (Array.isArray((await app.inject(url)).json())) bare.push(url)
  }
  t.strictSame(bare, ['/off', '/metrics', '/metrics/db', '/files/a', '/hidden'])
})

await t.test("only routes of the plugin's scope are wrapped", async t => {
  const lines: LogLine[] = []
  const app = Fastify({ logger: keepingLogger(lines) })
  t.after(() => app.close())
  app.get('/earlier', async () => [0])
  await app.register(
    async function api (api) {
      await api.register(envelope, { clock })
      api.get('/rows', async () => [1])
      await api.register(async function nested (nested) {
        nested.get('/nested', async () => [2])
      })
    },
    { prefix: '/api' }
  )
  app.get('/outside', async () => [3])
  t.strictSame((await app.inject('/api/rows')).json(), wrapped([1]))
  t.strictSame((await app.inject('/api/nested')).json(), wrapped([2]))
  t.strictSame((await app.inject('/outside')).json(), [3])
  t.strictSame((await app.inject('/earlier')).json(), [0])
  t.strictSame(lines, [], 'and no warning for the others')
})

await t.test('hooks of the route and of the scope see the bare answer before it is wrapped', async t => {
  const app = await envelopeApp(t)
  app.addHook('preSerialization', async (_request, _reply, payload) => [...(payload as string[]), 'scope'])
  const one = async (_request: unknown, _reply: unknown, payload: unknown): Promise<unknown> => [
    ...(payload as string[]),
    'one'
  ]
  const two = async (_request: unknown, _reply: unknown, payload: unknown): Promise<unknown> => [
    ...(payload as string[]),
    'two'
  ]
  const hooks = [one, two]
  app.get('/list', { preSerialization: hooks }, async () => ['handler'])
  app.get('/single', { preSerialization: one }, async () => ['handler'])
  t.strictSame((await app.inject('/list')).json(), wrapped(['handler', 'scope', 'one', 'two']))
  t.strictSame((await app.inject('/single')).json(), wrapped(['handler', 'scope', 'one']))
  t.strictSame(hooks, [one, two], 'the list of the route is not touched')
})

await t.test('a route that comes by twice, as other plugins re-register them, is wrapped once', async t => {
  const app = await envelopeApp(t)
  app.addHook('onRoute', function copy (route) {
    if (route.url === '/rows' && route.method === 'GET') app.route({ ...route, url: '/copy' })
  })
  app.get('/rows', { schema: { response: { 200: { type: 'array', items: { type: 'integer' } } } } }, async () => [1])
  t.strictSame((await app.inject('/rows')).json(), wrapped([1]))
  t.strictSame((await app.inject('/copy')).json(), wrapped([1]))
})

await t.test('HEAD tells the length of the wrapped GET', async t => {
  const app = await envelopeApp(t)
  app.get('/rows', { schema: { response: { 200: { type: 'array', items: { type: 'integer' } } } } }, async () => [
    1, 2, 3
  ])
  app.route({ method: ['GET', 'POST'], url: '/multi', handler: async request => request.method })
  app.route({ method: ['PUT', 'PATCH'], url: '/multi', handler: async request => [request.method] })
  const [get, head] = [await app.inject('/rows'), await app.inject({ method: 'HEAD', url: '/rows' })]
  t.strictSame([head.statusCode, head.body, head.headers['content-length']], [200, '', String(get.rawPayload.length)])
  t.strictSame(get.json(), wrapped([1, 2, 3]))
  t.strictSame((await app.inject({ method: 'PATCH', url: '/multi' })).json(), wrapped(['PATCH']))
})

await t.test('routes that came before the plugin stay bare, schema and all, and the log names them', async t => {
  const lines: LogLine[] = []
  const app = Fastify({ logger: keepingLogger(lines) })
  t.after(() => app.close())
  const rows = { schema: { response: { 200: { type: 'object', properties: { a: { type: 'integer' } } } } } }
  app.get('/early', rows, async () => ({ a: 1 }))
  app.get('/metrics', async () => [])
  app.register(envelope, { clock, exclude: ['/metrics'] })
  app.post('/also-early', async () => [2])
  app.after(() => {
    app.get('/in-time', rows, async () => ({ a: 1 }))
  })
  await app.ready()

  t.strictSame((await app.inject('/early')).json(), { a: 1 })
  t.strictSame((await app.inject({ method: 'POST', url: '/also-early' })).json(), [2])
  t.strictSame((await app.inject('/in-time')).json(), wrapped({ a: 1 }))
  t.strictSame(
    lines.map(({ level, msg, routes }) => ({ level, msg, routes })),
    [
      {
        level: 40,
        msg:
          'envelope: these routes were added before the plugin and are not wrapped: GET, HEAD /early; POST ' +
          '/also-early',
        routes: ['GET, HEAD /early', 'POST /also-early']
      }
    ]
  )
})

await t.test(
  'a stream that fails halfway ends the connection; before the first byte it is an error like any other',
  async t => {
    const app = await envelopeApp(t)
    app.get('/halfway', async (_request, reply) => {
      reply.type('text/csv')
      return Readable.from(
        (async function * () {
          yield 'a,b\r\n'
          throw new Error('the query broke')
        })()
      )
    })
    app.get('/at-once', async (_request, reply) => {
      reply.type('text/csv').header('content-disposition', 'attachment; filename="a.csv"')
      return Readable.from(
        (async function * (): AsyncGenerator<string> {
          throw new Error('the query broke')
        })()
      )
    })
    await app.listen({ port: 0, host: '127.0.0.1' })

    async function exchange (path: string): Promise<string> {
      const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
      socket.on('error', () => {
        /* a reset is one way to end a connection */
      })
      let received = ''
      socket.setEncoding('utf8').on('data', (text: string) => {
        received += text
      })
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      await once(socket, 'close')
      return received
    }
    const halfway = await exchange('/halfway')
    t.match(halfway, /^HTTP\/1\.1 200 OK/)
    t.ok(halfway.endsWith('a,b\r\n\r\n'), 'the last chunk, which would end the body in good order, is missing')
    const atOnce = await exchange('/at-once')
    t.match(atOnce, /^HTTP\/1\.1 500 /)
    t.notMatch(atOnce, /content-disposition/i)
    t.match(JSON.parse(atOnce.slice(atOnce.indexOf('\r\n\r\n'))), {
      success: false,
      code: 'internal_error',
      data: null
    })
  }
)

await t.test('options are checked when the plugin is registered', async t => {
  async function refusal (options: object): Promise<string> {
    const app = Fastify()
    t.after(() => app.close())
    const error: unknown = await app.register(envelope, options).then(
      () => undefined,
      (error: unknown) => error
    )
    return error instanceof Error ? error.message : 'accepted'
  }
  t.equal(
    await refusal({ mapErrors: () => undefined }),
    'envelope: unknown option "mapErrors". Did you mean "mapError"?'
  )
  t.match(await refusal({ exclude: '/docs' }), 'envelope: option "exclude" must be a list of URL prefixes')
  t.match(
    await refusal({ messages: 'Done' }),
    'envelope: option "messages" must be a function or an object of messages'
  )
  t.match(await refusal({ messages: null }), 'envelope: option "messages" must be')
})
