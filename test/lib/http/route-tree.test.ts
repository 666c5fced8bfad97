import t from 'tap'
import Fastify from 'fastify'
import type { RouteHandlerMethod } from 'fastify'
import { routesOfTree } from '../../../lib/http/route-tree.js'

const handler: RouteHandlerMethod = async () => null

await t.test('the routes of a Fastify app are read back from its printed tree', async t => {
  const app = Fastify()
  t.after(() => app.close())
  app.get('/', handler)
  app.get('/contracts', handler)
  app.post('/contracts', handler)
  app.get('/contracts/:id', handler)
  app.get('/contracts/:id(^\\d+$)/parts', handler)
  app.route({ method: ['PUT', 'PATCH'], url: '/contrast', handler })
  app.get('/files/*', handler)
  app.get('/versioned', { constraints: { version: '1.2.0' } }, handler)

  t.strictSame(routesOfTree(app.printRoutes()).sort(), [
    'GET, HEAD /',
    'GET, HEAD /contracts/:id',
    'GET, HEAD /contracts/:id(^\\d+$)/parts',
    'GET, HEAD /files/*',
    'GET, HEAD /versioned',
    'GET, HEAD, POST /contracts',
    'PUT, PATCH /contrast'
  ])
})

await t.test('a tree whose root has no path of its own, and one without routes', async t => {
  const app = Fastify()
  t.after(() => app.close())
  t.strictSame(routesOfTree(app.printRoutes()), [])
  app.options('*', handler)
  app.get('/a', handler)
  t.strictSame(routesOfTree(app.printRoutes()).sort(), ['GET, HEAD /a', 'OPTIONS *'])
})
