import Fastify from 'fastify'
import t from 'tap'
import { crud } from 'fastify-prisma-commons/crud'
import { defineResource, presets, resource, type ResourceOptions } from 'fastify-prisma-commons/resource'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { suite } from 'fastify-prisma-commons/suite'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { client } = database

/** Method and path of every route that a resource gets; HEAD goes with GET. */
async function routesOf (options: Partial<ResourceOptions>): Promise<string[]> {
  const app = Fastify()
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') routes.push(`${String(method)} ${url}`)
  })
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await app.register(resource, { prefix: '/x', resource: defineResource({ model: 'Article', ...options }) })
  await app.ready()
  await app.close()
  return [...new Set(routes.map(route => route.replace(/\/$/, '')))].sort()
}

const single = [
  'DELETE /x/:id',
  'GET /x',
  'GET /x/:id',
  'PATCH /x/:id',
  'POST /x',
  'POST /x/:id/restore',
  'PUT /x/:id'
]
const files = ['GET /x/export', 'POST /x/export']
const importing = ['GET /x/import-failures/:name', 'GET /x/import-template', 'POST /x/import-from-file']
const marking = ['DELETE /x/bulk-soft-delete', 'POST /x/bulk-restore']

await t.test('a preset has exactly its routes', async t => {
  const expected: { readonly [name in keyof typeof presets]: readonly string[] } = {
    base: [...single, ...files],
    bulk: [...single, ...files, 'DELETE /x', 'PATCH /x', 'PUT /x', ...marking],
    importable: [...single, ...files, ...importing],
    bulkImportable: [...single, ...files, 'DELETE /x', 'PATCH /x', 'PUT /x', ...marking, ...importing],
    readOnly: ['GET /x', 'GET /x/:id', ...files],
    createList: ['GET /x', 'POST /x', ...files],
    bulkCreate: ['POST /x'],
    bulkUpdate: ['PATCH /x', 'PUT /x'],
    bulkDelete: ['DELETE /x', ...marking],
    bulkOnly: ['DELETE /x', 'PATCH /x', 'POST /x', 'PUT /x', ...marking]
  }
  for (const [name, routes] of Object.entries(expected)) {
    t.strictSame(
      (await routesOf({ actions: presets[name as keyof typeof presets] })).filter(route => !route.includes('/query')),
      [...routes].sort(),
      name
    )
  }
  t.strictSame(
    (await routesOf({ model: 'Tag', actions: presets.bulk })).filter(
      route => route.includes('restore') || route.includes('soft')
    ),
    [],
    'no soft deletion, no routes for it'
  )
  t.strictSame(
    (await routesOf({ actions: presets.bulkOnly, bulk: { actionRoutes: true } })).filter(route =>
      route.includes('bulk-')
    ),
    [
      'DELETE /x/bulk-delete',
      'DELETE /x/bulk-soft-delete',
      'PATCH /x/bulk-update',
      'POST /x/bulk-create',
      'POST /x/bulk-restore',
      'PUT /x/bulk-replace',
      'PUT /x/bulk-update'
    ]
  )
  t.strictSame(
    (await routesOf({ actions: presets.readOnly, bulk: { actionRoutes: true } })).filter(route =>
      route.includes('bulk-')
    ),
    ['GET /x/bulk-get', 'POST /x/bulk-get']
  )
})

await t.test('crud alone creates single rows where a resource has no bulk actions', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await app.register(crud, { prefix: '/x', resource: defineResource({ model: 'Tag', actions: presets.base }) })
  const send = sender(app)
  const made = await send('POST', '/x', { slug: 'alone', name: 'Alone' })
  t.match([made.status, made.body], [201, { slug: 'alone' }])
  t.match((await send('POST', '/x', [{ slug: 'b', name: 'B' }])).body['message'], 'Expected an object as the body')
  t.equal((await send('DELETE', `/x/${String((made.body as unknown as { id: number }).id)}`)).status, 200)
})

await t.test('a route does no more than the actions of its resource', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(suite, {
    prisma: client,
    connection: { disconnect: false },
    resources: {
      '/many': defineResource({ model: 'Tag', actions: presets.bulkCreate }),
      '/one': defineResource({ model: 'Tag', actions: presets.createList }),
      '/upsert': defineResource({ model: 'Tag', actions: ['bulkUpsert'] })
    }
  })
  const send = sender(app)
  const tag = (slug: string): object => ({ slug, name: slug })
  const object = await send('POST', '/many', tag('a'))
  t.strictSame([object.status, object.body['message']], [400, 'Expected a list of objects as the body'])
  t.equal((await send('POST', '/many', [tag('a')])).status, 201)
  const upsert = await send('POST', '/many?unique_fields=slug', [tag('a')])
  t.strictSame([upsert.status, upsert.body['code']], [400, 'unknown_parameter'])
  t.match((await send('POST', '/one', [tag('b')])).body['message'], 'Expected an object as the body')
  t.equal((await send('POST', '/one', tag('b'))).status, 201)
  t.match((await send('POST', '/upsert', tag('c'))).body['message'], 'Expected unique_fields in the query')
  t.match(
    (await send('PATCH', '/upsert', [{ id: 1, name: 'x' }])).body['message'],
    'Expected unique_fields in the query'
  )
  t.equal((await send('PATCH', '/upsert?unique_fields=slug', tag('c'))).status, 201)
  t.equal((await send('DELETE', '/many', [1])).status, 404)
  t.match((await send('GET', '/one')).body, { success: true, data: { count: 3 } }, 'the suite has the envelope')
})

await t.test('rules and actions that do not exist fail the registration', async t => {
  const failure = async (options: Partial<ResourceOptions>): Promise<string> =>
    await routesOf(options).then(
      () => '',
      (error: Error) => error.message
    )
  t.equal(
    await failure({ actions: ['bulkCraete' as 'bulkCreate'] }),
    'resource Article: option "actions" names the unknown action "bulkCraete". Did you mean "bulkCreate"?'
  )
  t.equal(
    await failure({ scope: { authorid: () => 1 } }),
    'resource Article: option "scope" names the unknown field "authorid". Did you mean "authorId"?'
  )
  t.equal(
    await failure({ before: { creat: () => {} } as object }),
    'resource Article: option "before" names the unknown action "creat". Did you mean "create"?'
  )
  t.equal(
    await failure({ scope: { authorId: 1 as never } }),
    'resource Article: option "scope" must be an object of functions, not an object'
  )
  await t.rejects(async () => await Fastify().register(suite, { prisma: client, resource: {} } as never), {
    message: /suite: unknown option "resource". Did you mean "resources"\?/
  })
})
