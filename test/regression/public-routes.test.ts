import { Writable } from 'node:stream'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify from 'fastify'
import { requirePlugin } from 'fastify-prisma-commons'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { envelope } from 'fastify-prisma-commons/envelope'
import { CommonsError } from 'fastify-prisma-commons/errors'
import t from 'tap'

await t.test(
  'routes with config.currentUser false, and excluded prefixes, stay public beside a resolve that refuses ' +
    'anonymous requests',
  async t => {
    for (const hook of ['onRequest', 'preValidation', 'preHandler'] as const) {
      const app = Fastify()
      t.after(() => app.close())
      await app.register(envelope)
      await app.register(swagger)
      const resolve = (request: {
        readonly headers: { readonly authorization?: string | undefined }
      }): { id: number } => {
        if (request.headers.authorization === undefined) throw new CommonsError('unauthorized')
        return { id: 1 }
      }
      await app.register(currentUser, { hook, resolve, exclude: ['/docs'] })
      await app.register(swaggerUi, { routePrefix: '/docs' })
      app.get('/health', { config: { currentUser: false } }, async request => ({ user: request.currentUser }))
      app.get('/docs-of-mine', async request => ({ user: request.currentUser }))
      app.get('/me', async request => ({ user: request.currentUser }))

      const statusOf = async (url: string): Promise<number> => (await app.inject({ url })).statusCode
      t.strictSame(
        await Promise.all(
          ['/health', '/docs/json', '/docs/static/swagger-initializer.js', '/docs-of-mine', '/me'].map(statusOf)
        ),
        [200, 200, 200, 401, 401],
        hook
      )
      t.strictSame(
        (await app.inject({ url: '/health', headers: { authorization: 'any' } })).json<{ data: unknown }>().data,
        { user: null },
        'resolve is not called'
      )
      t.strictSame(
        (await app.inject({ url: '/me', headers: { authorization: 'any' } })).json<{ data: unknown }>().data,
        { user: { id: 1 } }
      )
    }
  }
)

await t.test(
  'the warning of the envelope about earlier routes leaves out those of swagger-ui, wherever it stands',
  async t => {
    for (const routePrefix of ['/docs', '/internal/api']) {
      const warnings: string[] = []
      const stream = new Writable({
        write (chunk, _encoding, done) {
          warnings.push((JSON.parse(String(chunk)) as { msg: string }).msg)
          done()
        }
      })
      const app = Fastify({ logger: { level: 'warn', stream } })
      t.after(() => app.close())
      await app.register(swagger)
      await app.register(swaggerUi, { routePrefix })
      app.get('/early', async () => 1)
      await app.register(envelope)
      await app.ready()
      t.strictSame(
        warnings,
        ['envelope: these routes were added before the plugin and are not wrapped: GET, HEAD /early'],
        routePrefix
      )
    }
  }
)

await t.test('requirePlugin is exported, and says what to register', async t => {
  const app = Fastify()
  t.after(() => app.close())
  t.throws(
    () => {
      requirePlugin(app, 'fastify-prisma-commons/current-user', 'The audit log')
    },
    {
      message:
        'The audit log needs the plugin "fastify-prisma-commons/current-user", which is not registered here: await ' +
        "app.register(import('fastify-prisma-commons/current-user'))"
    }
  )
  await app.register(currentUser)
  requirePlugin(app, 'fastify-prisma-commons/current-user', 'The audit log')
})
