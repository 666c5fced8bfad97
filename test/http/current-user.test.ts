import { AsyncResource } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import multipart from '@fastify/multipart'
import fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import { currentActor, hasContext, runAs } from 'fastify-prisma-commons/actor'
import type { Actor } from 'fastify-prisma-commons/actor'
import currentUser from 'fastify-prisma-commons/current-user'
import type { CurrentUserOptions } from 'fastify-prisma-commons/current-user'
import { CommonsError } from 'fastify-prisma-commons/errors'

declare module 'fastify' {
  interface FastifyRequest {
    user: unknown
  }
}

const users: Readonly<Record<string, Actor>> = { alice: { id: 'alice' }, bob: { id: 'bob' } }

/** The user of an `Authorization: Bearer alice` header. */
function bearer (request: FastifyRequest): Actor | null {
  const token = request.headers.authorization?.replace('Bearer ', '')
  if (token === undefined) return null
  const user = users[token]
  if (user === undefined) throw new CommonsError('unauthorized')
  return user
}

const as = (name: string) => ({ authorization: `Bearer ${name}` })
const id = (actor: Actor | null) => (actor === null ? null : actor.id)

async function listen (app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

interface Call {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request over a socket of the agent and gives the parsed answer. */
async function call (
  port: number,
  agent: Agent,
  { path, method = 'GET', headers = {}, body = '' }: Call
): Promise<unknown> {
  const request = httpRequest({ port, host: '127.0.0.1', agent, path, method, headers })
  request.end(body)
  const [response] = (await once(request, 'response')) as [Readable]
  return JSON.parse(Buffer.concat((await response.toArray()) as Buffer[]).toString())
}

/** Notes at every step of a request who acts, by the context and by the request. */
function traced (app: FastifyInstance): (send: () => Promise<unknown>) => Promise<string[]> {
  const ended = new EventEmitter()
  let steps: string[] = []
  const note = (step: string, request: FastifyRequest): void => {
    const [context, property] = [id(currentActor()), id(request.currentUser)].map(String)
    steps.push(`${step} ${context === property ? context : `${context} but request ${property}`}`)
  }
  app.addHook('onRequest', async request => {
    note('onRequest', request)
  })
  app.addHook('preParsing', async request => {
    note('preParsing', request)
  })
  app.addHook('preValidation', async request => {
    note('preValidation', request)
  })
  app.addHook('preHandler', async request => {
    note('preHandler', request)
  })
  app.addHook('preSerialization', async (request, _reply, payload) => {
    note('preSerialization', request)
    return payload
  })
  app.addHook('onError', async request => {
    note('onError', request)
  })
  app.addHook('onSend', async (request, _reply, payload) => {
    await turn()
    note('onSend', request)
    return payload
  })
  app.addHook('onResponse', async request => {
    note('onResponse', request)
    ended.emit('end')
  })
  app.setErrorHandler(async (error: { readonly statusCode?: number }, request, reply) => {
    await turn()
    note('errorHandler', request)
    return reply.code(error.statusCode ?? 500).send({ user: id(currentActor()) })
  })
  app.setNotFoundHandler(async request => {
    note('notFoundHandler', request)
    return 'nothing here'
  })
  app.decorateRequest('note', {
    getter (this: FastifyRequest) {
      return (step: string) => note(step, this)
    }
  })
  return async send => {
    steps = []
    const end = once(ended, 'end')
    await send()
    await end
    return steps
  }
}

type Noting = FastifyRequest & { readonly note: (step: string) => void }

await t.test('the user is there in every step, whatever the body is and wherever the request fails', async t => {
  const app = fastify()
  t.after(() => app.close())
  await app.register(currentUser, { hook: 'onRequest', resolve: async request => turn(bearer(request)) })
  await app.register(multipart)
  const trace = traced(app)
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
    ;(request as Noting).note('parser')
    return body
  })
  app.addContentTypeParser('application/octet-stream', async (request: FastifyRequest, payload: Readable) => {
    let bytes = 0
    for await (const chunk of payload) {
      bytes += (chunk as Buffer).length
      ;(request as Noting).note('chunk')
    }
    return bytes
  })
  app.post('/json', { schema: { body: { type: 'object', required: ['a'] } } }, async request => {
    await turn()
    ;(request as Noting).note('handler')
    return {}
  })
  app.post('/any', async request => {
    ;(request as Noting).note('handler')
    return {}
  })
  app.post('/throws', async request => {
    await turn()
    ;(request as Noting).note('handler')
    throw new Error('thrown')
  })
  app.post('/stream', async (request, reply) => {
    const chunks = async function * (): AsyncGenerator<string> {
      await turn()
      ;(request as Noting).note('reading')
      yield 'text'
    }
    return reply.send(Readable.from(chunks()))
  })
  app.post('/parts', async request => {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        for await (const chunk of part.file) {
          ;(request as Noting).note(`${part.fieldname} chunk ${(chunk as Buffer).length}`)
        }
      }
    }
    return {}
  })
  const port = await listen(app)

  const send = async (path: string, type: string | null, body: string | FormData): Promise<string[]> =>
    trace(async () => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body,
        headers: { ...as('alice'), ...(type === null ? {} : { 'content-type': type }) }
      })
      await response.text()
    })
  const form = new FormData()
  form.append('upload', new Blob(['x'.repeat(100)]), 'x.bin')

  const opened = ['onRequest', 'preParsing']
  const handled = [...opened, 'preValidation', 'preHandler']
  const sent = ['preSerialization', 'onSend', 'onResponse']
  const failed = ['onError', 'errorHandler', ...sent]
  const byAlice = (...steps: string[]): string[] => steps.map(step => `${step} alice`)

  t.strictSame(await send('/json', 'application/json', '{"a":1}'), byAlice(...handled, 'handler', ...sent))
  t.strictSame(await send('/json', 'application/json', '{"a":'), byAlice(...opened, ...failed), 'malformed JSON')
  t.strictSame(
    await send('/json', 'application/json', '{}'),
    byAlice(...opened, 'preValidation', ...failed),
    'validation error'
  )
  t.strictSame(await send('/any', 'text/unknown', 'x'), byAlice(...opened, ...failed), 'no parser')
  t.strictSame(
    await send('/any', 'text/csv', 'a,b'),
    byAlice(...opened, 'parser', 'preValidation', 'preHandler', 'handler', ...sent)
  )
  t.strictSame(
    await send('/any', 'application/octet-stream', 'bytes'),
    byAlice(...opened, 'chunk', 'preValidation', 'preHandler', 'handler', ...sent)
  )
  t.strictSame(await send('/throws', 'application/json', '{}'), byAlice(...handled, 'handler', ...failed))
  t.strictSame(await send('/stream', 'application/json', '{}'), byAlice(...handled, 'onSend', 'reading', 'onResponse'))
  t.strictSame(
    await send('/nowhere', 'application/json', '{}'),
    byAlice(...handled, 'notFoundHandler', 'onSend', 'onResponse')
  )
  t.strictSame(await send('/parts', null, form), byAlice(...handled, 'upload chunk 100', ...sent))
})

await t.test('the user is there while a form is read into the body', async t => {
  const app = fastify()
  t.after(() => app.close())
  await app.register(currentUser, { hook: 'onRequest', resolve: bearer })
  const seen: unknown[] = []
  await app.register(multipart, {
    attachFieldsToBody: true,
    onFile: async part => {
      await part.toBuffer()
      seen.push(part.fieldname, id(currentActor()))
    }
  })
  app.post('/', async () => seen)
  const form = new FormData()
  form.append('upload', new Blob(['x'.repeat(300_000)]), 'x.bin')
  const response = await fetch(`http://127.0.0.1:${await listen(app)}/`, {
    method: 'POST',
    body: form,
    headers: as('alice')
  })
  t.strictSame(await response.json(), ['upload', 'alice'])
})

await t.test('who fails to authenticate is anonymous in the error handler', async t => {
  const app = fastify()
  t.after(() => app.close())
  await app.register(currentUser, { hook: 'onRequest', resolve: bearer })
  const trace = traced(app)
  app.get('/', async () => 'never')
  t.strictSame(
    await trace(async () => {
      const response = await app.inject({ url: '/', headers: as('mallory') })
      t.equal(response.statusCode, 401)
    }),
    ['onError', 'errorHandler', 'preSerialization', 'onSend', 'onResponse'].map(step => `${step} null`)
  )
})

await t.test('a user that authentication puts on the request in any hook counts from then on', async t => {
  const app = fastify()
  t.after(() => app.close())
  app.decorateRequest('user', null)
  await app.register(currentUser)
  const trace = traced(app)
  const login = async (request: FastifyRequest): Promise<void> => {
    await turn()
    request.user = bearer(request)
  }
  app.get('/early', { onRequest: login }, async () => 'text')
  app.get('/late', { preHandler: login }, async request => {
    ;(request as Noting).note('handler')
    throw new Error('thrown')
  })
  const get = (url: string, headers = {}) => trace(() => app.inject({ url, headers }))

  const early = [
    'onRequest null',
    'preParsing alice',
    'preValidation alice',
    'preHandler alice',
    'onSend alice',
    'onResponse alice'
  ]
  t.strictSame(await get('/early', as('alice')), early)
  t.strictSame(await get('/late', as('bob')), [
    'onRequest null',
    'preParsing null',
    'preValidation null',
    'preHandler null',
    'handler bob',
    'onError bob',
    'errorHandler bob',
    'preSerialization bob',
    'onSend bob',
    'onResponse bob'
  ])
  t.strictSame(
    await get('/early'),
    early.map(step => step.replace('alice', 'null'))
  )
})

await t.test('what is assigned to request.currentUser wins, also in a hook before the plugin', async t => {
  for (const options of [{}, { resolve: () => users.bob! }] satisfies CurrentUserOptions[]) {
    const app = fastify()
    t.after(() => app.close())
    app.addHook('onRequest', async request => {
      if (request.headers.authorization !== undefined) request.currentUser = bearer(request)
      if (request.headers['x-logout'] !== undefined) request.currentUser = null
    })
    await app.register(currentUser, options)
    app.get('/', async request => [id(currentActor()), id(request.currentUser)])
    const get = async (headers: Record<string, string>) => (await app.inject({ url: '/', headers })).json() as unknown
    const fallback = 'resolve' in options ? 'bob' : null
    t.strictSame(await get(as('alice')), ['alice', 'alice'])
    t.strictSame(await get({ ...as('alice'), 'x-logout': 'yes' }), [null, null])
    t.strictSame(await get({}), [fallback, fallback])
  }
})

await t.test('resolve runs in the hook it is told to, and may give a lazy promise or nothing', async t => {
  for (const [hook, seen] of [
    [undefined, ['onRequest null', 'preParsing null', 'preValidation alice', 'preHandler alice']],
    ['onRequest', ['onRequest alice', 'preParsing alice', 'preValidation alice', 'preHandler alice']],
    ['preHandler', ['onRequest null', 'preParsing null', 'preValidation null', 'preHandler alice']]
  ] as const) {
    const app = fastify()
    t.after(() => app.close())
    await app.register(currentUser, {
      ...(hook === undefined ? {} : { hook }),
      resolve: request => ({ then: (resolve, reject) => turn(bearer(request) ?? undefined).then(resolve, reject) })
    })
    const trace = traced(app)
    app.get('/', async () => 'text')
    t.strictSame((await trace(() => app.inject({ url: '/', headers: as('alice') }))).slice(0, 4), seen)
    t.equal((await trace(() => app.inject('/'))).at(-1), 'onResponse null')
  }
})

await t.test('no user leaks into another request of a keep-alive socket', async t => {
  const app = fastify()
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  t.after(async () => {
    agent.destroy()
    await app.close()
  })
  await app.register(currentUser, { hook: 'onRequest', resolve: bearer })
  let sockets = 0
  app.server.on('connection', () => {
    sockets++
  })
  const answer = async (request: FastifyRequest) => {
    await turn()
    const before = id(currentActor())
    await new Promise(resolve => {
      setTimeout(resolve, Number(request.headers['x-order']) % 3)
    })
    return { path: request.url, users: [before, id(currentActor()), id(request.currentUser)] }
  }
  app.setErrorHandler(async (_error, request) => answer(request))
  app.setNotFoundHandler(async request => answer(request))
  app.get('/ok', answer)
  app.post('/json', answer)
  app.get('/throws', async request => {
    await turn()
    throw new Error(request.id)
  })
  const port = await listen(app)

  const kinds: readonly Call[] = [
    { path: '/ok' },
    { path: '/throws' },
    { path: '/json', method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    { path: '/json', method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"broken' },
    { path: '/nowhere' }
  ]
  const sent = Array.from({ length: 200 }, (_, i) => ({
    kind: kinds[i % kinds.length]!,
    user: ['alice', null, 'bob', null][i % 4]! as string | null,
    order: i
  }))
  const answers = await Promise.all(
    sent.map(({ kind, user, order }) =>
      call(port, agent, {
        ...kind,
        headers: { ...kind.headers, ...(user === null ? {} : as(user)), 'x-order': String(order) }
      })
    )
  )
  t.strictSame(
    answers,
    sent.map(({ kind, user }) => ({ path: kind.path, users: [user, user, user] }))
  )
  t.ok(sockets <= 4 + 40, 'sockets are shared; Fastify closes one only after a broken body')
})

await t.test(
  'listeners run outside the context; the request knows its user there too, and AsyncResource.bind keeps it',
  async t => {
    const app = fastify()
    t.after(() => app.close())
    await app.register(currentUser, { hook: 'onRequest', resolve: bearer })
    await app.register(multipart)
    app.post('/', async request => {
      const part = await request.file()
      const file = part!.file
      let listener: unknown = 'no chunk'
      let bound: unknown = 'no chunk'
      file.on('data', () => {
        listener = id(request.currentUser)
      })
      file.on(
        'data',
        AsyncResource.bind(() => {
          bound = id(currentActor())
        })
      )
      await once(file, 'end')
      return { listener, bound }
    })
    const form = new FormData()
    form.append('upload', new Blob(['x'.repeat(300_000)]), 'x.bin')
    const port = await listen(app)
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: form, headers: as('alice') })
    t.strictSame(await response.json(), { listener: 'alice', bound: 'alice' })
  }
)

await t.test('onRequestAbort learns the user from the request', async t => {
  const app = fastify()
  t.after(() => app.close())
  await app.register(currentUser, { hook: 'onRequest', resolve: bearer })
  const events = new EventEmitter()
  app.addHook('onRequestAbort', async request => {
    events.emit('abort', id(request.currentUser))
  })
  app.get('/', async () => {
    events.emit('started')
    await once(events, 'abort')
    return 'too late'
  })
  const socket = connect(await listen(app), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n\r\n')
  await once(events, 'started')
  const aborted = once(events, 'abort')
  socket.destroy()
  t.strictSame(await aborted, ['alice'])
})

await t.test('app.currentUser reads the context and runs work as somebody else', async t => {
  const app = fastify()
  t.after(() => app.close())
  await app.register(currentUser, { hook: 'onRequest', resolve: bearer })
  app.get('/', async request => ({
    before: app.currentUser.get(),
    inside: await app.currentUser.runAs(users.bob!, async () => turn(app.currentUser.require())),
    after: app.currentUser.require(),
    request: request.currentUser
  }))
  t.strictSame((await app.inject({ url: '/', headers: as('alice') })).json(), {
    before: users.alice,
    inside: users.bob,
    after: users.alice,
    request: users.alice
  })
  t.match((await app.inject('/')).json(), { statusCode: 401, code: 'unauthorized' })
  t.equal(app.currentUser.get(), null)
  t.throws(() => app.currentUser.require(), { code: 'internal_error' })
  t.equal(
    runAs(users.alice!, () => app.currentUser.get()),
    users.alice
  )
})

await t.test('work that outlives its request keeps the user, but not the request', async t => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const app = fastify()
  t.after(() => app.close())
  app.decorateRequest('user', null)
  await app.register(currentUser)
  const outliving: AsyncResource[] = []
  const requests: Array<WeakRef<FastifyRequest>> = []
  app.get(
    '/',
    {
      preHandler: async request => {
        request.user = bearer(request)
      }
    },
    async request => {
      outliving.push(new AsyncResource('pooled connection'))
      requests.push(new WeakRef(request))
      return 'text'
    }
  )
  for (const name of ['alice', 'bob']) await app.inject({ url: '/', headers: as(name) })
  await turn()
  collect()
  t.equal(requests[0]!.deref(), undefined, 'the first request is gone')
  t.strictSame(
    outliving.map(resource => resource.runInAsyncScope(() => [id(currentActor()), hasContext()])),
    [
      ['alice', true],
      ['bob', true]
    ]
  )
})

await t.test('a user without an id is an error of the server, not an anonymous user', async t => {
  const app = fastify()
  t.after(() => app.close())
  app.decorateRequest('user', null)
  await app.register(currentUser)
  app.get(
    '/',
    {
      onRequest: async request => {
        request.user = { sub: 'alice' }
      }
    },
    async () => id(currentActor())
  )
  t.strictSame((await app.inject('/')).json(), {
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'request.user: an actor is null or an object whose "id" is a string, number or bigint'
  })
  t.equal((await app.inject('/')).statusCode, 500, 'the server lives on')
})

await t.test('options are checked at registration', async t => {
  const register = (options: object) => async () => {
    const app = fastify()
    t.after(() => app.close())
    await app.register(currentUser, options)
  }
  await t.rejects(
    register({ resolver: bearer }),
    new TypeError('currentUser: unknown option "resolver". Did you mean "resolve"?')
  )
  await t.rejects(
    register({ resolve: 'user', hook: 'onSend' }),
    new TypeError(
      'currentUser: option "resolve" must be a function, not "user"\n' +
        'currentUser: option "hook" must be one of "onRequest", "preValidation", "preHandler", not "onSend"'
    )
  )
})
