import Fastify from 'fastify'
import t from 'tap'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { apiRequestLogger, logger } from 'fastify-prisma-commons/logger'
import type { LoggerPluginOptions, RequestLoggerOptions } from 'fastify-prisma-commons/logger'
import { captureLog } from '../helpers/log-lines.js'
import type { LogLine } from '../helpers/log-lines.js'
import type { Lifetime } from '../helpers/database.js'

async function server (t: Lifetime, options: LoggerPluginOptions, route: RequestLoggerOptions = {}) {
  const log = captureLog()
  const app = Fastify({ logger: log.logger })
  t.after(() => app.close())
  await app.register(currentUser, { resolve: request => (request.headers['x-user'] ? { id: 'ann' } : null) })
  await app.register(logger, options)
  app.post('/login', { ...apiRequestLogger(route) }, async request => {
    request.logger.userAction('login', 'Session')
    return {}
  })
  await app.ready()
  const lines = (): LogLine[] => log.lines.filter(({ category }) => category !== undefined)
  return { app, lines, text: log.text }
}

const payload = [{ name: 'ann', password: 's3cret', more: { tokens: ['s3cret'] } }]
const headers = { 'x-user': 'ann', authorization: 'Bearer s3cret', cookie: 's3cret', 'x-trace': '1' }
const request = { method: 'POST', url: '/login?token=query', payload, headers } as const

await t.test('lines of a request have its id, its user and no secret', async t => {
  const { app, lines, text } = await server(t, { development: true }, { body: true, headers: true })
  await app.inject(request)
  t.match(lines(), [
    { category: 'users', reqId: 'req-1', user: 'ann', action: 'login', resource: 'Session' },
    {
      category: 'api',
      reqId: 'req-1',
      resource: 'POST /login',
      durationMs: Number,
      details: { status: 200, body: [{ name: 'ann' }], headers: { 'x-trace': '1', authorization: '[Redacted]' } }
    }
  ])
  t.notMatch(text(), 's3cret')
})

await t.test('bodies and headers are logged only when they are asked for, and by allow-lists', async t => {
  const bare = await server(t, { development: true })
  await bare.app.inject(request)
  t.strictSame(bare.lines()[1]?.['details'], { status: 200 })
  const { app, lines } = await server(t, { development: true }, { body: true, allow: ['name'], headers: ['X-Trace'] })
  await app.inject(request)
  t.strictSame(lines()[1]?.['details'], { status: 200, body: [{ name: 'ann' }], headers: { 'x-trace': '1' } })
})

await t.test('outside development only the categories that are safe are written', async t => {
  const { app, lines } = await server(t, { development: false })
  await app.inject(request)
  t.strictSame(lines(), [])
  app.logger.error(new Error('broken'), 'start')
  t.match(lines(), [{ category: 'errors', user: 'anonymous', action: 'start' }])
})

await t.test('categories may be chosen, and secret names and the length of texts be set', async t => {
  const { app, lines } = await server(t, {
    development: false,
    categories: ['users'],
    secretNames: ['iban'],
    maxLength: 4
  })
  app.logger.userAction('a', 'b', { iban: 's3cret', text: 'abcdef' })
  t.match(lines(), [{ details: { iban: '[Redacted]', text: 'abcd…' } }])
})

await t.test('an unknown category stops the start', async t => {
  await t.rejects(async () => await Fastify().register(logger, { categories: ['sql'] } as object), {
    message: /^logger: option "categories" must be a list of categories: users, api, /
  })
})
