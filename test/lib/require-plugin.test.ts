import fastify from 'fastify'
import t from 'tap'
import currentUser from 'fastify-prisma-commons/current-user'
import { requirePlugin } from '../../lib/require-plugin.js'

const name = 'fastify-prisma-commons/current-user'
const message =
  `The audit of Article needs the plugin "${name}", which is not registered here: await ` +
  `app.register(import('${name}'))`

await t.test('a missing plugin fails the start when it is required in onReady', async t => {
  const app = fastify()
  t.after(() => app.close())
  app.addHook('onReady', async () => {
    requirePlugin(app, name, 'The audit of Article')
  })
  await t.rejects(
    async () => {
      await app.ready()
    },
    { message }
  )
})

await t.test('a plugin that is registered later satisfies onReady', async t => {
  const app = fastify()
  t.after(() => app.close())
  app.addHook('onReady', async () => {
    requirePlugin(app, name, 'The audit of Article')
  })
  await app.register(currentUser)
  await app.ready()
})

await t.test('a handler that requires it gives the same error', async t => {
  const app = fastify()
  t.after(() => app.close())
  app.get('/', async () => {
    requirePlugin(app, name, 'The audit of Article')
  })
  const response = await app.inject('/')
  t.strictSame(response.json(), { statusCode: 500, error: 'Internal Server Error', message })
})
