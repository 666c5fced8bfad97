import t from 'tap'
import { defineResource } from 'fastify-prisma-commons/resource'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, form } from '../helpers/import-app.js'
import { seedTenants, tenantResources, tenantServer } from '../helpers/tenant-app.js'

const database = await bulkDatabase(t)
await seedTenants(database)
const app = await tenantServer(t, database, {
  ...tenantResources,
  '/unkeyed': defineResource({
    model: 'Product',
    actions: ['import'],
    scope: { tenantId: request => request.tenant },
    import: { fields: ['sku', 'cost'] }
  })
})
const headers = { 'x-tenant': '2' }
const vendor = { code: 'V-1', name: 'Another', email: 'another@x.test' }
const message = 'Vendor with this code already exists'

await t.test('a taken value is told by the fields that clients write', async t => {
  const one = await app.inject({ method: 'POST', url: '/vendors', headers, payload: vendor })
  t.equal(one.statusCode, 409)
  t.match(one.json(), {
    code: 'unique_violation',
    message,
    details: [{ pointer: '/code', message, params: { fields: ['code'] } }]
  })
  const many = await app.inject({ method: 'POST', url: '/vendors', headers, payload: [vendor] })
  t.match(many.json(), { details: [{ index: 0, pointer: '/0/code', message, params: { fields: ['code'] } }] })
  const partial = await app.inject({
    method: 'POST',
    url: '/vendors?partial_success=true',
    headers,
    payload: [vendor]
  })
  t.match(partial.json(), {
    data: { results: [{ status: 409, errors: [{ message, params: { fields: ['code'] } }] }] }
  })
  for (const { body } of [one, many, partial]) t.notMatch(body, /tenant/i)
})

await t.test('the rows of a file are told so too', async t => {
  const upload = form({ append_data: 'true' }, csv('sku,cost', 'open-sku,1'))
  const url = '/unkeyed/import-from-file'
  const sent = await app.inject({ method: 'POST', url, ...upload, headers: { ...headers, ...upload.headers } })
  t.match(sent.json(), {
    data: { failed_rows: [{ errors: [{ column: 'sku', message: 'Product with this sku already exists' }] }] }
  })
  t.notMatch(sent.body, /tenant/i)
})

await t.test('an upload in a content coding is 415', async t => {
  const upload = form({ append_data: 'true' }, csv('code,name,email', 'V-9,Nine,nine@x.test'))
  const coded = { ...headers, ...upload.headers, 'content-encoding': 'gzip' }
  const sent = await app.inject({ method: 'POST', url: '/vendors/import-from-file', ...upload, headers: coded })
  t.strictSame([sent.statusCode, sent.json<{ code: string }>().code], [415, 'unsupported_media_type'])
})
