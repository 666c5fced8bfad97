import t from 'tap'
import type { Test } from 'tap'
import Fastify, { errorCodes } from 'fastify'
import { envelope, frameworkErrors } from 'fastify-prisma-commons/envelope'
import { BulkError, CommonsError, errorDetail } from 'fastify-prisma-commons/errors'
import { clock, envelopeApp, failed, keepingLogger, outcome, thrower, timestamp } from '../helpers/envelope-app.js'
import type { LogLine } from '../helpers/envelope-app.js'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The body of a 5xx without its id, which is checked here. */
function internal (t: Test, body: unknown): unknown {
  const { error_id: errorId, ...rest } = body as { error_id: string }
  t.match(errorId, uuid)
  return rest
}

await t.test('errors of the suite go out as they are', async t => {
  const app = await envelopeApp(t)
  const throwing = thrower(app)
  t.strictSame(await throwing(new CommonsError('unauthorized')), [
    401,
    failed({ code: 'unauthorized', message: 'Authentication is required' })
  ])
  t.strictSame(
    await throwing(
      new CommonsError('version_conflict', {
        params: { current: 3, expected: 2, changed: ['amount'], big: 2n ** 60n }
      })
    ),
    [
      409,
      failed({
        code: 'version_conflict',
        message: 'The row has changed: its version is 3, not 2',
        details: [
          {
            code: 'version_conflict',
            pointer: '',
            message: 'The row has changed: its version is 3, not 2',
            params: { current: 3, expected: 2, changed: ['amount'], big: '1152921504606846976' }
          }
        ]
      })
    ]
  )
  t.strictSame(
    await throwing(
      new CommonsError('validation_failed', {
        details: [
          errorDetail('required', { field: 'title' }),
          errorDetail('invalid_type', { field: 'title' }, { expected: 'a string' }),
          errorDetail('empty_batch'),
          errorDetail('unknown_field', { field: '__proto__' }, { field: '__proto__' })
        ]
      })
    ),
    [
      400,
      failed({
        code: 'validation_failed',
        message: 'The request is not valid',
        errors: JSON.parse(
          '{"title":["This field is required","Expected a string"],"non_field_errors":["The list of items is ' +
            'empty"],"__proto__":["Unknown field \\"__proto__\\"."]}'
        ),
        details: [
          { code: 'required', pointer: '/title', message: 'This field is required' },
          { code: 'invalid_type', pointer: '/title', message: 'Expected a string', params: { expected: 'a string' } },
          { code: 'empty_batch', pointer: '', message: 'The list of items is empty' },
          {
            code: 'unknown_field',
            pointer: '/__proto__',
            message: 'Unknown field "__proto__".',
            params: { field: '__proto__' }
          }
        ]
      })
    ]
  )
})

await t.test('errors of a bulk request stand by index and field', async t => {
  const app = await envelopeApp(t)
  const throwing = thrower(app)
  t.strictSame(
    await throwing(
      new BulkError([
        errorDetail('required', { index: 1, field: 'address.city' }),
        errorDetail('invalid_type', { index: 1, field: 'address.city' }, { expected: 'a string' }),
        errorDetail('object_not_found', { index: 20 }, { model: 'Contract', key: 'id', value: 9 })
      ])
    ),
    [
      400,
      failed({
        code: 'validation_failed',
        message: '2 items are not valid; nothing was written',
        errors: {
          1: { 'address.city': ['This field is required', 'Expected a string'] },
          20: { non_field_errors: ['No Contract with id 9'] }
        },
        details: [
          { code: 'required', pointer: '/1/address/city', message: 'This field is required', index: 1 },
          {
            code: 'invalid_type',
            pointer: '/1/address/city',
            message: 'Expected a string',
            index: 1,
            params: { expected: 'a string' }
          },
          {
            code: 'object_not_found',
            pointer: '/20',
            message: 'No Contract with id 9',
            index: 20,
            params: { model: 'Contract', key: 'id', value: 9 }
          }
        ]
      })
    ]
  )
})

await t.test('anything else is a 500 that tells nothing but the id under which the log has it', async t => {
  const lines: LogLine[] = []
  const app = await envelopeApp(t, {}, { logger: keepingLogger(lines) })
  const throwing = thrower(app)
  app.get('/sent', (_request, reply) => {
    reply.code(201).header('content-encoding', 'gzip').send(new Error('secret'))
  })
  const secrets = [
    new Error('secret'),
    new TypeError('secret'),
    'secret',
    42,
    { message: 'secret' },
    ['secret'],
    null,
    Symbol('secret'),
    Object.assign(new Error('secret'), { code: 'P2002', meta: { secret: 1 } }),
    Object.assign(new Error('secret'), { statusCode: 200 }),
    Object.assign(new Error('secret'), { statusCode: '404' }),
    Object.assign(new Error('secret'), { statusCode: 500, code: 'SECRET', validation: 'secret' }),
    Object.assign(new SyntaxError('secret'), {})
  ]
  for (const secret of secrets) {
    const [status, body] = await throwing(secret)
    t.equal(status, 500)
    t.strictSame(internal(t, body), failed({ code: 'internal_error', message: 'Internal server error' }))
    const line = lines.at(-1)!
    t.strictSame(
      [line.level, line.msg, line.error_id],
      [50, 'Internal server error', (body as { error_id: string }).error_id]
    )
  }
  t.match(lines[0]!.err, { message: 'secret' })
  const sent = await app.inject('/sent')
  t.strictSame(
    [sent.statusCode, sent.headers['content-encoding'], internal(t, sent.json())],
    [500, undefined, failed({ code: 'internal_error', message: 'Internal server error' })]
  )

  t.strictSame((await throwing(undefined))[0], 500)
  await throwing(new CommonsError('forbidden'))
  t.match(
    lines.at(-1),
    { level: 30, msg: 'Not allowed', code: 'forbidden', err: { message: 'Not allowed' } },
    'what the client did is no error of ours'
  )
})

await t.test('4xx of other libraries keep status, code, message and headers', async t => {
  const app = await envelopeApp(t)
  const throwing = thrower(app)
  const unauthorized = Object.assign(new Error('Log in'), {
    statusCode: 401,
    headers: {
      'WWW-Authenticate': 'Bearer',
      'content-type': 'text/html',
      'Content-Encoding': 'gzip',
      'x-tries': 3,
      'x-list': ['a']
    }
  })
  app.get('/unauthorized', async (_request, reply) => {
    reply.header('x-tries', '2')
    throw unauthorized
  })
  app.get('/status-first', (_request, reply) => {
    reply.code(403).send(new Error('Members only'))
  })
  app.get(
    '/unwritable',
    { schema: { response: { 404: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } } } } },
    (_request, reply) => {
      reply.code(404).send({})
    }
  )
  t.strictSame(await throwing(Object.assign(new Error('Too old'), { statusCode: 410, code: 'TOO_OLD' })), [
    410,
    failed({ code: 'TOO_OLD', message: 'Too old' })
  ])
  t.strictSame(await throwing(Object.assign(new Error('Too old'), { status: 410 })), [
    410,
    failed({ code: 'gone', message: 'Too old' })
  ])
  t.strictSame(await throwing({ statusCode: 418 }), [418, failed({ code: 'im_a_teapot', message: "I'm a Teapot" })])
  t.strictSame(await throwing({ statusCode: 499, message: '' }), [
    499,
    failed({ code: 'client_error', message: 'Client Error' })
  ])
  t.strictSame(await throwing({ statusCode: 409, code: 'constructor', message: 'Odd' }), [
    409,
    failed({ code: 'constructor', message: 'Odd' })
  ])
  t.strictSame(await throwing(new errorCodes.FST_ERR_NOT_FOUND()), [
    404,
    failed({ code: 'not_found', message: 'Not found' })
  ])
  t.strictSame(await outcome(app, '/status-first'), [403, failed({ code: 'forbidden', message: 'Members only' })])

  const [status, body] = await outcome(app, '/unwritable')
  t.equal(status, 500, 'an answer that its schema refuses is our failure, whatever its status was to be')
  t.strictSame(internal(t, body), failed({ code: 'internal_error', message: 'Internal server error' }))

  const { headers } = await app.inject('/unauthorized')
  t.strictSame(
    [
      headers['www-authenticate'],
      headers['content-type'],
      headers['content-encoding'],
      headers['x-tries'],
      headers['x-list'],
      headers.vary
    ],
    ['Bearer', 'application/json; charset=utf-8', undefined, '3', undefined, 'Accept']
  )
})

await t.test('Retry-After comes with 503, and with 429 when a time is known', async t => {
  const app = await envelopeApp(t)
  const throwing = thrower(app)
  app.get('/preset', async (_request, reply) => {
    reply.header('retry-after', '60')
    throw new CommonsError('database_unavailable')
  })
  const cases: ReadonlyArray<readonly [thrown: unknown, status: number, retryAfter: string | undefined]> = [
    [new CommonsError('database_unavailable'), 503, '1'],
    [new CommonsError('database_timeout', { params: { retryAfter: 2.5 } }), 503, '3'],
    [new CommonsError('database_timeout', { params: { retryAfter: 'soon' } }), 503, '1'],
    [new CommonsError('forbidden', { status: 429, params: { retryAfter: 7 } }), 429, '7'],
    [new CommonsError('forbidden', { status: 429 }), 429, undefined],
    [new CommonsError('forbidden'), 403, undefined],
    [Object.assign(new Error('busy'), { statusCode: 503 }), 503, '1'],
    [Object.assign(new Error('busy'), { statusCode: 429, headers: { 'Retry-After': 9 } }), 429, '9']
  ]
  for (const [i, [thrown]] of cases.entries()) {
    app.get(`/case/${i}`, async () => {
      throw thrown
    })
  }
  for (const [i, [, status, retryAfter]] of cases.entries()) {
    const answer = await app.inject(`/case/${i}`)
    t.strictSame([answer.statusCode, answer.headers['retry-after']], [status, retryAfter])
  }
  t.equal((await app.inject('/preset')).headers['retry-after'], '60')

  const [, away] = await throwing(new CommonsError('database_unavailable', { params: { host: 'secret' } }))
  t.strictSame(internal(t, away), failed({ code: 'database_unavailable', message: 'The database is not available' }))
  const [, gateway] = await throwing(Object.assign(new Error('secret'), { statusCode: 502, code: 'SECRET' }))
  t.strictSame(internal(t, gateway), failed({ code: 'bad_gateway', message: 'Bad Gateway' }))
  t.strictSame((await throwing({ statusCode: 599 }))[0], 599)
})

await t.test('unknown routes and methods', async t => {
  const app = await envelopeApp(t)
  app.get('/contracts', async () => null)
  app.get('/passed-on', (_request, reply) => {
    reply.callNotFound()
  })
  const missing = (method: string, url: string): unknown[] => [
    404,
    failed({ code: 'route_not_found', message: `Route ${method} ${url} not found` })
  ]
  t.strictSame(await outcome(app, '/nope?token=secret'), missing('GET', '/nope'))
  t.strictSame(await outcome(app, { method: 'DELETE', url: '/contracts' }), missing('DELETE', '/contracts'))
  t.strictSame(
    await outcome(app, {
      method: 'POST',
      url: '/nope',
      payload: '<a/>',
      headers: { 'content-type': 'application/xml' }
    }),
    missing('POST', '/nope')
  )
  t.strictSame(await outcome(app, '/passed-on'), missing('GET', '/passed-on'))
  const head = await app.inject({ method: 'HEAD', url: '/nope' })
  t.strictSame([head.statusCode, head.body], [404, ''])
})

await t.test("malformed URLs, by the constructor's frameworkErrors", async t => {
  const malformed = {
    success: false,
    message: 'The URL is not valid',
    code: 'malformed_url',
    errors: {},
    details: [],
    data: null
  }
  const app = await envelopeApp(t, {}, { frameworkErrors, routerOptions: { maxParamLength: 10 } })
  app.get('/:id', async () => null)
  t.strictSame(await outcome(app, '/%zz'), [400, { ...malformed, timestamp }])
  t.match(await outcome(app, `/${'x'.repeat(11)}`), [
    414,
    { success: false, timestamp, code: 'FST_ERR_MAX_PARAM_LENGTH' }
  ])

  const bare = Fastify({ frameworkErrors })
  t.after(() => bare.close())
  const { timestamp: now, ...rest } = (await bare.inject('/%zz')).json()
  t.strictSame(rest, malformed, 'without the plugin too')
  t.match(now, /^\d{4}-/)
})

await t.test('errors of every hook', async t => {
  const hooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const
  for (const hook of hooks) {
    const app = await envelopeApp(t)
    let thrown = 0
    const fail = async (): Promise<never> => {
      thrown++
      throw new Error('secret')
    }
    // onSend runs for the error's own answer as well, so only its first run fails.
    app.get(
      '/',
      {
        [hook]:
          hook === 'onSend'
            ? async () => {
              if (thrown === 0) await fail()
            }
            : fail
      },
      async () => ({ a: 1 })
    )
    const [status, body] = await outcome(app, '/')
    t.strictSame(
      [thrown, status, internal(t, body)],
      [1, 500, failed({ code: 'internal_error', message: 'Internal server error' })],
      hook
    )
  }
  const app = await envelopeApp(t)
  app.addHook('onRequest', async () => {
    throw new CommonsError('unauthorized')
  })
  app.get('/', async () => null)
  const denied = [401, failed({ code: 'unauthorized', message: 'Authentication is required' })]
  t.strictSame(await outcome(app, '/'), denied)
  t.strictSame(await outcome(app, '/nope'), denied)
})

await t.test('problem details for those who ask', async t => {
  const app = await envelopeApp(t)
  const bad = new CommonsError('validation_failed', {
    details: [errorDetail('required', { index: 3, field: 'amount' })]
  })
  const based = await envelopeApp(t, { problemBase: 'https://errors.test/' })
  for (const one of [app, based]) {
    one.get('/bad', async () => {
      throw bad
    })
    one.get('/broken', async () => {
      throw new Error('secret')
    })
    one.get('/fine', async () => 1)
    one.get('/data', (_request, reply) => reply.error('forbidden', { data: { a: 1 } }))
  }
  const ask = { headers: { accept: 'application/problem+json' } }
  const errors = [{ code: 'required', pointer: '/3/amount', message: 'This field is required', index: 3 }]
  const answer = await app.inject({ url: '/bad', ...ask })
  t.strictSame(
    [answer.statusCode, answer.headers['content-type'], answer.headers.vary, answer.json()],
    [
      400,
      'application/problem+json; charset=utf-8',
      'Accept',
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'The request is not valid',
        code: 'validation_failed',
        errors
      }
    ]
  )
  t.strictSame(await outcome(based, { url: '/bad', ...ask }), [
    400,
    {
      type: 'https://errors.test/validation_failed',
      title: 'Validation failed',
      status: 400,
      detail: 'The request is not valid',
      code: 'validation_failed',
      errors
    }
  ])
  t.strictSame(await outcome(app, { url: '/nope', ...ask }), [
    404,
    {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Route GET /nope not found',
      code: 'route_not_found',
      errors: []
    }
  ])
  t.match((await outcome(app, { url: '/data', ...ask }))[1], { data: { a: 1 } })
  t.match((await outcome(app, { url: '/fine', ...ask }))[1], { success: true }, 'success has no other format')

  const [, failure] = await outcome(app, { url: '/broken', ...ask })
  const { instance } = failure as { instance: string }
  const { error_id: errorId } = failure as { error_id: string }
  t.equal(instance, `urn:uuid:${errorId}`)
  t.strictSame(failure, {
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
    detail: 'Internal server error',
    code: 'internal_error',
    errors: [],
    error_id: errorId,
    instance
  })
})

await t.test('Vary is added to', async t => {
  const app = await envelopeApp(t)
  const varies: Record<string, string | string[]> = {
    other: 'Origin',
    same: 'Origin, accept',
    any: '*',
    list: ['Origin', 'Cookie']
  }
  for (const [name, value] of Object.entries(varies)) {
    app.get(`/${name}`, async (_request, reply) => {
      reply.header('vary', value)
      throw new CommonsError('forbidden')
    })
  }
  const seen: Record<string, unknown> = {}
  for (const name of Object.keys(varies)) seen[name] = (await app.inject(`/${name}`)).headers.vary
  t.strictSame(seen, { other: 'Origin, Accept', same: 'Origin, accept', any: '*', list: 'Origin, Cookie, Accept' })
})

await t.test('neither a serializer of the handler nor its type gets hold of an error', async t => {
  const app = await envelopeApp(t)
  app.get('/', async (_request, reply) => {
    reply.type('application/xml').serializer(() => '<a/>')
    throw new CommonsError('forbidden')
  })
  const answer = await app.inject('/')
  t.strictSame(
    [answer.headers['content-type'], answer.json()],
    ['application/json; charset=utf-8', failed({ code: 'forbidden', message: 'Not allowed' })]
  )
})

await t.test('reply.error by code, by message and for what was caught', async t => {
  const app = await envelopeApp(t)
  app.get('/code', (_request, reply) =>
    reply.error('object_not_found', { params: { model: 'Contract', key: 'id', value: 7 } })
  )
  app.get('/code-status', async (_request, reply) =>
    reply.error('forbidden', { status: 404, message: 'Nothing here', code: 'hidden', headers: { 'x-a': 'b' } })
  )
  app.get('/message', (_request, reply) => reply.error('Closed'))
  app.get('/message-status', (_request, reply) => reply.error('Closed', { status: 409 }))
  app.get('/message-away', (_request, reply) => reply.error('Closed for today', { status: 503 }))
  app.get('/errors', (_request, reply) =>
    reply.error('validation_failed', { errors: { title: 'Taken', tags: ['Too many', 'Too long'] } })
  )
  app.get('/details', (_request, reply) =>
    reply.error('Some failed', {
      status: 422,
      data: { total: 1 },
      details: [errorDetail('required', { index: 0, field: 'a' })]
    })
  )
  app.get('/caught', (_request, reply) => reply.error(new CommonsError('forbidden')))
  app.get('/caught-secret', (_request, reply) => reply.error(new Error('secret')))

  const missing = 'No Contract with id 7'
  t.strictSame(await outcome(app, '/code'), [
    404,
    failed({
      code: 'object_not_found',
      message: missing,
      details: [
        { code: 'object_not_found', pointer: '', message: missing, params: { model: 'Contract', key: 'id', value: 7 } }
      ]
    })
  ])
  const hidden = await app.inject('/code-status')
  t.strictSame(
    [hidden.statusCode, hidden.headers['x-a'], hidden.json()],
    [404, 'b', failed({ code: 'hidden', message: 'Nothing here' })]
  )
  t.strictSame(await outcome(app, '/message'), [400, failed({ code: 'bad_request', message: 'Closed' })])
  t.strictSame(await outcome(app, '/message-status'), [409, failed({ code: 'conflict', message: 'Closed' })])
  const away = await app.inject('/message-away')
  t.strictSame(
    [away.statusCode, away.headers['retry-after'], internal(t, away.json())],
    [503, '1', failed({ code: 'service_unavailable', message: 'Closed for today' })]
  )
  t.strictSame(await outcome(app, '/errors'), [
    400,
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: { title: ['Taken'], tags: ['Too many', 'Too long'] },
      details: [
        { code: 'invalid_value', pointer: '/title', message: 'Taken', params: { problem: 'Taken' } },
        { code: 'invalid_value', pointer: '/tags', message: 'Too many', params: { problem: 'Too many' } },
        { code: 'invalid_value', pointer: '/tags', message: 'Too long', params: { problem: 'Too long' } }
      ]
    })
  ])
  t.strictSame(await outcome(app, '/details'), [
    422,
    failed({
      code: 'unprocessable_entity',
      message: 'Some failed',
      data: { total: 1 },
      errors: { 0: { a: ['This field is required'] } },
      details: [{ code: 'required', pointer: '/0/a', message: 'This field is required', index: 0 }]
    })
  ])
  t.strictSame(await outcome(app, '/caught'), [403, failed({ code: 'forbidden', message: 'Not allowed' })])
  t.strictSame(
    internal(t, (await outcome(app, '/caught-secret'))[1]),
    failed({ code: 'internal_error', message: 'Internal server error' })
  )
})

await t.test('mapError turns foreign errors into ours, and is not asked about ours', async t => {
  const lines: LogLine[] = []
  const asked: unknown[] = []
  const app = await envelopeApp(
    t,
    {
      mapError: (error, request) => {
        asked.push(error)
        if (error === 'odd') throw new Error('mapError is broken')
        return error instanceof RangeError
          ? new CommonsError('foreign_key_restricted', { params: { model: request.method } })
          : undefined
      }
    },
    { logger: keepingLogger(lines) }
  )
  const throwing = thrower(app)
  const range = new RangeError('secret')
  const message = 'Other rows still refer to this GET'
  t.strictSame(await throwing(range), [
    409,
    failed({
      code: 'foreign_key_restricted',
      message,
      details: [{ code: 'foreign_key_restricted', pointer: '', message, params: { model: 'GET' } }]
    })
  ])
  t.match(lines.at(-1), { level: 30, msg: message, err: { message: 'secret' } }, 'the log has the original')
  t.equal((await throwing(new TypeError('secret')))[0], 500)
  t.equal((await throwing(new CommonsError('forbidden')))[0], 403)
  t.equal(asked.length, 2)
  t.equal((await throwing('odd'))[0], 500)
  t.match(
    lines.slice(-2).map(line => line.msg),
    ['envelope: mapError threw', 'Internal server error']
  )
})

await t.test(
  'handlers of the application: an inner one wins and may pass on, an outer one goes with errorHandler: false',
  async t => {
    const app = await envelopeApp(t)
    await app.register(
      async function inner (inner) {
        inner.setErrorHandler((error, _request, reply) => {
          if (error instanceof RangeError) return reply.code(400).send({ mine: true })
          throw error
        })
        inner.setNotFoundHandler((_request, reply) => {
          reply.code(404).send({ mine: true })
        })
        inner.get('/mine', async () => {
          throw new RangeError()
        })
        inner.get('/passed-on', async () => {
          throw new CommonsError('forbidden')
        })
      },
      { prefix: '/inner' }
    )
    t.strictSame(await outcome(app, '/inner/mine'), [400, { mine: true }])
    t.strictSame(await outcome(app, '/inner/passed-on'), [403, failed({ code: 'forbidden', message: 'Not allowed' })])
    t.strictSame(await outcome(app, '/inner/nope'), [404, { mine: true }])

    const own = Fastify({ allowErrorHandlerOverride: false })
    t.after(() => own.close())
    own.setErrorHandler((error, _request, reply) => reply.error(error, { headers: { 'x-mine': 'yes' } }))
    own.setNotFoundHandler((_request, reply) => reply.error('not_found'))
    await own.register(envelope, { clock, errorHandler: false, notFoundHandler: false })
    own.get('/throw', async () => {
      throw new CommonsError('forbidden')
    })
    const answer = await own.inject('/throw')
    t.strictSame(
      [answer.headers['x-mine'], answer.json()],
      ['yes', failed({ code: 'forbidden', message: 'Not allowed' })]
    )
    t.strictSame(await outcome(own, '/nope'), [404, failed({ code: 'not_found', message: 'Not found' })])
  }
)

await t.test('a second handler in one scope is refused with the option that gives way', async t => {
  const twoErrorHandlers = Fastify({ allowErrorHandlerOverride: false })
  t.after(() => twoErrorHandlers.close())
  twoErrorHandlers.setErrorHandler(() => {})
  await t.rejects(
    async () => {
      await twoErrorHandlers.register(envelope)
    },
    {
      message:
        'envelope: this scope has a handler of its own already. Pass errorHandler: false, and let yours end with ' +
        'reply.error()',
      cause: { code: 'FST_ERR_ERROR_HANDLER_ALREADY_SET' }
    }
  )

  const twoNotFoundHandlers = Fastify()
  t.after(() => twoNotFoundHandlers.close())
  twoNotFoundHandlers.setNotFoundHandler(() => {})
  await t.rejects(
    async () => {
      await twoNotFoundHandlers.register(envelope)
    },
    { message: /Pass notFoundHandler: false/ }
  )
})
