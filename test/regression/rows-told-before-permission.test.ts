import t from 'tap'
import { idToData } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender, serve, type Answer } from '../helpers/bulk-app.js'
import { idsOf, seedTenants } from '../helpers/tenant-app.js'

const database = await bulkDatabase(t)
await seedTenants(database)
const relations = { vendor: idToData() }
const app = await serve(
  t,
  database,
  {
    '/scoped': {
      model: 'Purchase',
      scope: {
        tenantId: request => (request.headers['x-tenant'] === undefined ? null : Number(request.headers['x-tenant']))
      },
      relations
    },
    '/forbidden': { model: 'Purchase', authorize: () => false, relations }
  },
  { crud: true }
)
const send = sender(app)

const [known, nobody] = [idsOf.first, 5999]

/** Requests that name a row, or a row that another refers to, by an id. */
const requests: readonly (readonly [
  title: string,
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: (id: number) => string,
  body?: (id: number) => unknown
])[] = [
  ['a bulk update', 'PATCH', () => '', id => [{ id, note: 'x' }]],
  ['a bulk replacement', 'PUT', () => '', id => [{ id, number: 'x', tenantId: 1 }]],
  ['an update', 'PATCH', id => `/${id}`, () => ({ note: 'x' })],
  ['a replacement', 'PUT', id => `/${id}`, () => ({ number: 'x', tenantId: 1 })],
  ['a deletion', 'DELETE', id => `/${id}`],
  ['a bulk deletion', 'DELETE', () => '', id => [id]],
  ['a creation that refers to a row', 'POST', () => '', id => ({ number: 'x', tenantId: 1, vendor: id })],
  ['an update that refers to a row', 'PATCH', () => `/${known}`, id => ({ vendor: id })],
  ['a bulk update that refers to a row', 'PATCH', () => '', id => [{ id: known, vendorId: id }]],
  [
    'a partial update that refers to a row',
    'PATCH',
    () => '?partial_success=true',
    id => [{ id: known, vendorId: id }]
  ],
  ['an update with another fault', 'PATCH', () => '', id => [{ id, zzz: 1 }]]
]

function told ({ status, body }: Answer): unknown {
  return [status, body['code'], body['message']]
}

for (const [title, method, path, body] of requests) {
  await t.test(`${title} tells nobody which rows there are before permission is settled`, async t => {
    for (const [prefix, status] of [
      ['/scoped', 401],
      ['/forbidden', 403]
    ] as const) {
      const [there, absent] = [
        await send(method, prefix + path(known), body?.(known)),
        await send(method, prefix + path(nobody), body?.(nobody))
      ]
      t.strictSame(told(there), told(absent), prefix)
      // A field that no model has is told first: it depends on nothing that is stored.
      t.equal(there.status, prefix === '/forbidden' && title.endsWith('fault') ? 400 : status, prefix)
    }
  })
}
