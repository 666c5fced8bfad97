import { promisify } from 'node:util'
import caching from '@fastify/caching'
import t from 'tap'
import Fastify from 'fastify'
import {
  cacheDebug,
  logCategories,
  logDbQuery,
  logExceptions,
  logFunctionCall,
  nullOnException,
  performanceMonitor,
  redacted,
  scrub,
  StructuredLogger,
  type ReadableCache
} from 'fastify-prisma-commons/logger'
import { captureLog } from '../../helpers/log-lines.js'

function create (options: ConstructorParameters<typeof StructuredLogger>[1] = {}, user?: () => unknown) {
  const log = captureLog()
  const { log: base } = Fastify({ logger: log.logger })
  return { ...log, logger: new StructuredLogger(base, options, user) }
}

const secrets = {
  password: 's3cret',
  userPassword: 's3cret',
  'X-Api-Key': 's3cret',
  nested: [{ deep: { access_token: 's3cret', headers: { Authorization: 's3cret', cookie: ['s3cret'] } } }],
  token: { value: 's3cret' },
  session: 's3cret'
}

await t.test('each method writes a line of its category with user, action, resource and details', async t => {
  const { logger, lines } = create({}, () => 7)
  logger.userAction('publish', 'Article/7', { from: 'draft' })
  logger.apiRequest('GET /articles', 200, 12, { size: 3 })
  logger.performance('report', 20, 10)
  logger.performance('report', 5)
  logger.error(new TypeError('broken'), 'send')
  logger.database('select', 3, { rows: 1 })
  logger.modelChange('update', 'Article/7')
  logger.cache('hit', 'popular')
  logger.request('GET /articles')
  t.match(lines, [
    { level: 30, category: 'users', user: 7, action: 'publish', resource: 'Article/7', details: { from: 'draft' } },
    { level: 30, category: 'api', resource: 'GET /articles', durationMs: 12, details: { status: 200, size: 3 } },
    { level: 40, category: 'performance', action: 'report', durationMs: 20, msg: 'report is slow: 20.0 ms' },
    { level: 30, category: 'performance', msg: 'report took 5.0 ms' },
    { level: 50, category: 'errors', error: { type: 'TypeError', message: 'broken', stack: String }, action: 'send' },
    { level: 20, category: 'database', action: 'select', details: { rows: 1 } },
    { level: 30, category: 'models', action: 'update' },
    { level: 20, category: 'cache', msg: 'Cache hit: popular' },
    { level: 20, category: 'requests', resource: 'GET /articles' }
  ])
  t.strictSame(new Set(lines.map(({ category }) => category)), new Set(logCategories))
})

await t.test('nobody is anonymous, and categories that are left out write nothing', async t => {
  const { logger, lines } = create({ categories: ['errors'] })
  logger.userAction('publish', 'Article/7')
  logger.error('broken', 'send')
  t.match(lines, [{ user: 'anonymous', error: 'broken' }])
  t.strictSame([logger.writes('users'), logger.writes('errors'), lines.length], [false, true, 1])
})

await t.test('a secret appears in no category and no wrapper', async t => {
  const { logger, lines, text } = create()
  for (const category of logCategories) {
    logger.write(category, { message: 'x', details: secrets, error: Object.assign(new Error('x'), secrets) })
  }
  logger.userAction('a', 'b', secrets)
  logger.apiRequest('a', 200, 1, secrets)
  logger.performance('a', 1, 0, secrets)
  logger.error(secrets, 'a', secrets)
  logger.database('a', 1, secrets)
  logger.modelChange('a', 'b', [secrets])
  logger.request('a', secrets)
  const fail = (): never => {
    throw Object.assign(new Error('x'), secrets)
  }
  const give = (input: typeof secrets): typeof secrets => input
  logFunctionCall(logger, give, { args: true, result: true })(secrets)
  await logFunctionCall(logger, async () => secrets, { name: 'later', result: true })()
  t.throws(logExceptions(logger, fail))
  nullOnException(logger, fail)()
  logDbQuery(logger, 'select', give)(secrets)
  performanceMonitor(logger, give, 0)(secrets)
  await cacheDebug(logger, { get: (_key, callback) => callback(null, secrets) })('key')
  t.ok(lines.length > 20)
  t.notMatch(text(), 's3cret')
  t.match(text(), redacted)
})

await t.test('function calls tell duration, arguments and results, sync and async', async t => {
  const { logger, lines } = create()
  const add = (a: number, b: number): number => a + b
  t.equal(logFunctionCall(logger, add)(1, 2), 3)
  t.equal(await logFunctionCall(logger, async (a: number) => a, { name: 'later', args: true, result: true })(4), 4)
  await t.rejects(logFunctionCall(logger, async () => await Promise.reject(new Error('no')), { name: 'bad' })())
  t.match(lines, [
    { action: 'add', durationMs: Number, details: {}, msg: /^add returned after \d+\.\d{4} ms$/ },
    { action: 'later', details: { args: [4], result: 4 } },
    { action: 'bad', msg: /^bad failed after/ }
  ])
})

await t.test('a wrapped method keeps its this', async t => {
  const { logger } = create()
  const counter = {
    step: 2,
    next (this: { step: number }, from: number): number {
      return from + this.step
    }
  }
  t.equal(logFunctionCall(logger, counter.next).call(counter, 1), 3)
  t.equal(nullOnException(logger, counter.next).call(counter, 1), 3)
})

await t.test('exceptions are logged once and thrown again, or become null', async t => {
  const { logger, lines } = create()
  const broken = new Error('broken')
  const fail = (): never => {
    throw broken
  }
  const reject = async (): Promise<number> => await Promise.reject(broken)
  t.throws(logExceptions(logger, fail), broken)
  await t.rejects(logExceptions(logger, reject)(), broken)
  t.equal(nullOnException(logger, fail)(), null)
  t.equal(await nullOnException(logger, reject)(), null)
  t.equal(await nullOnException(logger, async () => 5)(), 5)
  t.strictSame(
    lines.map(({ category, action }) => [category, action]),
    [
      ['errors', 'fail'],
      ['errors', 'reject'],
      ['errors', 'fail'],
      ['errors', 'reject']
    ]
  )
})

type SetCallback = (key: string, value: unknown, ttl: number, callback: (error: unknown) => void) => void

await t.test('database work, slow functions and cache reads are told', async t => {
  const { logger, lines } = create()
  const load = async (): Promise<number> => 1
  await logDbQuery(logger, 'select', load)()
  await performanceMonitor(logger, load, -1)()
  await performanceMonitor(logger, load)()
  const app = Fastify()
  t.after(() => app.close())
  await app.register(caching)
  await app.ready()
  await promisify(app.cache.set.bind(app.cache) as SetCallback)('a', 1, 60_000)
  const read = cacheDebug(logger, app.cache as ReadableCache)
  t.match([await read('a'), await read('b')], [{ item: 1 }, null])
  await t.rejects(cacheDebug(logger, { get: (_key, callback) => callback(new Error('away'), null) })('c'), /away/)
  t.match(lines, [
    { category: 'database', action: 'select', details: { function: 'load', failed: false } },
    { category: 'performance', level: 40, action: 'load' },
    { category: 'performance', level: 30 },
    { category: 'cache', action: 'hit', resource: 'a', durationMs: Number },
    { category: 'cache', action: 'miss', resource: 'b' },
    { category: 'cache', action: 'miss', resource: 'c' }
  ])
})

await t.test('values that are no JSON, long and deep ones are cut', async t => {
  const deep: Record<string, unknown> = {}
  deep['self'] = deep
  const result = scrub(
    {
      text: 'x'.repeat(20),
      list: Array.from({ length: 500 }, () => 1),
      big: 1n,
      when: new Date(0),
      never: new Date(NaN),
      work: () => 1,
      map: new Map(),
      bytes: Buffer.from('a'),
      own: 'y',
      deep
    },
    { maxLength: 10, secretNames: ['own'] }
  ) as Record<string, unknown>
  t.match(result, {
    text: 'xxxxxxxxxx…',
    big: '1',
    when: '1970-01-01T00:00:00.000Z',
    never: null,
    work: '[function]',
    map: '[Map]',
    bytes: '[Buffer]',
    own: redacted
  })
  t.equal((result['list'] as unknown[]).length, 100)
  t.match(JSON.stringify(result['deep']), /"self":"\{…\}"/)
  const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 1))
  t.ok(JSON.stringify(scrub(wide)).length < 20_000, 'values of a line are limited')
  t.strictSame(scrub([{ a: 1, b: 2 }, [{ a: 1 }]], { allow: ['a'] }), [{ a: 1 }, {}])
  t.equal(scrub('text', { allow: [] }), 'text')
})
