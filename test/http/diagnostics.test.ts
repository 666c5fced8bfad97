import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t from 'tap'
import { channelNames, diagnostics } from 'fastify-prisma-commons/diagnostics'
import type { DiagnosticsOptions } from 'fastify-prisma-commons/diagnostics'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { defineResource, suite } from 'fastify-prisma-commons/suite'
import { createDatabase } from '../helpers/database.js'
import type { Lifetime } from '../helpers/database.js'
import { captureLog } from '../helpers/log-lines.js'
import type { LogLine } from '../helpers/log-lines.js'
import { observedClient } from '../helpers/observed-client.js'

const database = await createDatabase(t)
const client = await observedClient(t, database)
await database.query("INSERT INTO tags (slug, name) SELECT 'tag-' || n, 'Tag ' || n FROM generate_series(1, 20) AS n")

async function listEach (count: number): Promise<unknown[]> {
  const found: unknown[] = []
  for (let id = 1; id <= count; id++) found.push(await client.tag.findFirst({ where: { id } }))
  return found
}

/** A server with routes that send queries in ways that differ. */
async function server (t: Lifetime, options: DiagnosticsOptions, fastify: FastifyServerOptions = {}) {
  const log = captureLog()
  const app = Fastify({ logger: log.logger, ...fastify })
  t.after(() => app.close())
  await app.register(diagnostics, options)
  await app.register(prismaPlugin, { client, disconnect: false, requireCurrentUser: false })
  app.get('/each/:count', async request => await listEach(Number((request.params as { count: string }).count)))
  app.get('/joined', async () => await client.tag.findMany({ where: { id: { lte: 6 } } }))
  app.get('/none', async () => ({}))
  app.get('/unique/:id', async request => {
    const id = Number((request.params as { id: string }).id)
    await Promise.all(Array.from({ length: id % 3 }, async () => await client.tag.count()))
    await client.tag.findUnique({ where: { id: (id % 20) + 1 } })
    return { id, queries: request.diagnostics.queries }
  })
  app.get(
    '/sleep',
    async () => await client.$queryRaw`SELECT pg_sleep(0.02)::text AS slept, ${'secret-value'} AS text`
  )
  app.get('/wait', async () => await pause(20))
  app.post('/', async () => ({}))
  await app.ready()
  return { app, log }
}

const completed = (lines: readonly LogLine[]): LogLine => lines.find(({ msg }) => msg === 'request completed')!
const warnings = (lines: readonly LogLine[]): LogLine[] => lines.filter(({ level }) => level === 40)

async function get (app: FastifyInstance, url: string) {
  const { headers, statusCode } = await app.inject(url)
  return { headers, statusCode }
}

await t.test('the line of a request tells its queries, and N+1 queries with the place in the code', async t => {
  const { app, log } = await server(t, { development: true })
  const { headers } = await get(app, '/each/6')
  t.match(headers['server-timing'], /^db;dur=\d+\.\d\d;desc="6 queries", total;dur=\d+\.\d\d$/)
  const { db } = completed(log.lines) as LogLine & { readonly db: object }
  const repeated = [
    { count: 6, ms: Number, model: 'Tag', operation: 'findFirst', at: /^listEach \(.*diagnostics\.test/ }
  ]
  t.match(db, { queries: 6, ms: Number, slowestMs: Number, transactions: 0, failed: 0, repeated })
  t.match(warnings(log.lines), [
    {
      msg: /^N\+1 queries: Tag\.findFirst sent the same statement 6 times, at listEach \(/,
      route: 'GET /each/:count',
      repeated
    }
  ])
})

await t.test('the same rows by one query bring no warning', async t => {
  const { app, log } = await server(t, { development: true })
  const { headers } = await get(app, '/joined')
  t.match(headers['server-timing'], /desc="1 query"/)
  t.match(completed(log.lines), { db: { queries: 1, repeated: undefined } })
  t.strictSame(warnings(log.lines), [])
})

await t.test('outside development nobody looks for N+1 queries, and no header is sent', async t => {
  const { app, log } = await server(t, { development: false })
  const { headers } = await get(app, '/each/6')
  t.equal(headers['server-timing'], undefined)
  t.strictSame(Object.keys(completed(log.lines)['db'] as object), [
    'queries',
    'ms',
    'slowestMs',
    'transactions',
    'failed'
  ])
  t.strictSame(warnings(log.lines), [])
})

await t.test('slow requests, slow queries and many queries are warned of beyond their thresholds', async t => {
  const { app, log } = await server(t, {
    slowRequestMs: 10,
    slowQueryMs: 10,
    manyQueries: 7,
    repeatedQueries: false
  })
  await get(app, '/wait')
  await get(app, '/sleep')
  await get(app, '/each/8')
  const messages = warnings(log.lines).map(({ msg, route }) => [route, msg.replace(/: [\d.]+ ms/, ': # ms')])
  for (const expected of [
    ['GET /wait', 'Slow request: # ms, the threshold is 10 ms'],
    ['GET /sleep', 'Slow queries: 1 of 1 took more than 10 ms'],
    ['GET /each/:count', 'Many queries: 8 in one request, the threshold is 7']
  ]) {
    t.ok(
      messages.some(message => message.join() === expected.join()),
      expected.join(' ')
    )
  }
  t.notMatch(log.text(), 'secret-value')
})

await t.test('each threshold can be switched off', async t => {
  const { app, log } = await server(t, {
    slowRequestMs: false,
    slowQueryMs: false,
    manyQueries: false,
    repeatedQueries: false
  })
  await get(app, '/sleep')
  await get(app, '/each/12')
  t.strictSame(warnings(log.lines), [])
})

await t.test('the values of slow queries are logged when they are asked for', async t => {
  const { app, log } = await server(t, { slowQueryMs: 10, parameters: true })
  await get(app, '/sleep')
  const [{ slowQueries } = { slowQueries: [] }] = warnings(log.lines)
  t.match(slowQueries, [{ ms: Number, rows: 1, model: null, sql: /pg_sleep/, parameters: ['secret-value'] }])
})

await t.test('the headers X-Debug and X-Op are sent when they are asked for', async t => {
  const { app } = await server(t, { debugHeaders: true, serverTiming: false })
  const { headers } = await get(app, '/each/3')
  t.match(headers, {
    'x-debug-duration': /^0\.\d{4}s$/,
    'x-debug-queries': '3',
    'x-op-total-sec': /^0\.\d{4}$/,
    'x-op-db-sec': /^0\.\d{4}$/,
    'x-op-coerce-sec': /^0\.\d{4}$/,
    'x-op-respserialize-sec': /^0\.\d{4}$/
  })
  t.equal(headers['server-timing'], undefined)
  const list = await app.inject({ method: 'POST', url: '/', payload: [{}, {}] })
  t.match(list.headers, { 'x-op-items': '2', 'x-op-body-bytes': '7' })
  const object = await app.inject({ method: 'POST', url: '/', payload: { data: [{}] } })
  t.match(object.headers, { 'x-op-items': '1' })
  const other = await app.inject({ method: 'POST', url: '/', payload: { data: 1 } })
  t.equal(other.headers['x-op-items'], undefined)
})

await t.test('no query counts for another of 200 requests that run at once', async t => {
  const { app } = await server(t, {}, { logger: false })
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, id) => (await app.inject(`/unique/${id}`)).json() as object)
  )
  t.strictSame(
    answers,
    Array.from({ length: 200 }, (_, id) => ({ id, queries: (id % 3) + 1 }))
  )
})

await t.test('a subscriber of the channel of requests gets every request', async t => {
  const { app } = await server(t, { log: false })
  const events: unknown[] = []
  const listen = (event: unknown): void => {
    events.push(event)
  }
  subscribe(channelNames.request, listen)
  t.after(() => unsubscribe(channelNames.request, listen))
  await get(app, '/each/2')
  await get(app, '/nowhere')
  t.match(events, [
    { method: 'GET', route: '/each/:count', status: 200, ms: Number, db: { queries: 2 } },
    { method: 'GET', route: undefined, status: 404, db: { queries: 0 } }
  ])
})

await t.test('the line of a request has no figures when they are switched off', async t => {
  const { app, log } = await server(t, { log: false })
  await get(app, '/none')
  t.equal(completed(log.lines)['db'], undefined)
})

await t.test('a request that an earlier hook refuses is not counted', async t => {
  const log = captureLog()
  const app = Fastify({ logger: log.logger })
  t.after(() => app.close())
  app.addHook('onRequest', async (request, reply) => {
    t.equal(request.diagnostics.queries, 0)
    return await reply.code(401).send()
  })
  await app.register(diagnostics, { debugHeaders: true })
  app.get('/', async () => 1)
  t.equal((await get(app, '/')).statusCode, 401)
  t.equal(completed(log.lines)['db'], undefined)
})

await t.test('work outside a request is counted by collect', async t => {
  const { app } = await server(t, {}, { logger: false })
  const { result, queries } = await app.diagnostics.collect(async () => await client.tag.count())
  t.strictSame([result, queries.queries], [20, 1])
})

await t.test('a client whose loader is elsewhere is told of at the start', async t => {
  const log = captureLog()
  const app = Fastify({ logger: log.logger })
  t.after(() => app.close())
  await app.register(diagnostics)
  const other = { $connect: async () => {}, $disconnect: async () => {}, $queryRawUnsafe: async () => [] }
  await app.register(prismaPlugin, { client: other, connect: false, requireCurrentUser: false })
  await app.ready()
  t.match(warnings(log.lines), [{ msg: /^diagnostics: this version of Prisma hides its loader/ }])
})

await t.test('the suite registers the plugin by an option', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(suite, {
    prisma: client,
    connection: { disconnect: false },
    diagnostics: true,
    resources: { '/tags': defineResource({ model: 'Tag' }) }
  })
  t.match((await get(app, '/tags')).headers['server-timing'], /^db;/)
})

await t.test('unknown options and values stop the start', async t => {
  await t.rejects(
    async () => await Fastify().register(diagnostics, { slowQueryMs: -1, logs: true } as DiagnosticsOptions),
    {
      message:
        'diagnostics: unknown option "logs". Did you mean "log"?\n' +
        'diagnostics: option "slowQueryMs" must be a number of at least 0, or false, not -1'
    }
  )
})
