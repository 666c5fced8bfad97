import t from 'tap'
import { defineResource, manyIdToData } from 'fastify-prisma-commons/resource'
import type { Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import { resolveResource } from '../../lib/resource/definition/resource.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, form } from '../helpers/import-app.js'
import { crossings, idsOf, rowsOfFirst, secret, seedTenants, tenantServer } from '../helpers/tenant-app.js'

const database = await bulkDatabase(t)
await seedTenants(database)
const app = await tenantServer(t, database)
const before = await rowsOfFirst(database)

/** A request of the second tenant that names, by `id`, a row of the first. */
interface Attempt {
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: (id: number) => string
  readonly body?: (id: number) => unknown
  readonly file?: (id: number) => string
  /** Statuses that are right. Default: 400, 404. */
  readonly expected?: readonly number[]
  /** Whether nobody could tell from the answer that there is such a row. Default: true. */
  readonly isTold?: false
}

const at = (url: string) => (): string => url
const named =
  (prefix: string) =>
    (id: number): string =>
    `${prefix}/${id}`
/** Rows of the second tenant that no attempt may change for good. */
const own = idsOf.second
/** A row of the first tenant, and an id that nobody has. */
const [stranger, nobody] = [idsOf.first, 5999]

const attempts: readonly Attempt[] = [
  // Rows themselves.
  ...['/vendors', '/products', '/purchases'].flatMap((prefix): Attempt[] => [
    { title: `GET ${prefix}/:id`, method: 'GET', url: named(prefix) },
    { title: `GET ${prefix}?ids=`, method: 'GET', url: id => `${prefix}?ids=${id}`, expected: [200] },
    { title: `DELETE ${prefix}/:id`, method: 'DELETE', url: named(prefix) },
    { title: `DELETE ${prefix}`, method: 'DELETE', url: at(prefix), body: id => [id], expected: [200] },
    { title: `PATCH ${prefix}/:id`, method: 'PATCH', url: named(prefix), body: () => ({}) },
    { title: `PATCH ${prefix}`, method: 'PATCH', url: at(prefix), body: id => [{ id }] },
    { title: `PATCH ${prefix} with another fault`, method: 'PATCH', url: at(prefix), body: id => [{ id, zzz: 1 }] },
    {
      title: `export of ${prefix}`,
      method: 'POST',
      url: at(`${prefix}/export`),
      body: id => ({ file_type: 'csv', ids: [id] }),
      expected: [200]
    },
    { title: `GET ${prefix} by tenantId`, method: 'GET', url: at(`${prefix}?tenantId=1`), expected: [200] }
  ]),
  {
    title: 'PATCH moves a row by the field of the scope',
    method: 'PATCH',
    url: at(`/purchases/${own}`),
    body: () => ({ tenantId: 1 }),
    expected: [200]
  },
  {
    title: 'PUT moves a row by the field of the scope',
    method: 'PUT',
    url: at(`/undeclared/${own}`),
    body: () => ({ number: 'open-number', tenantId: 1, vendorId: own }),
    expected: [200]
  },
  {
    title: 'POST plants a row',
    method: 'POST',
    url: at('/purchases'),
    body: () => ({ number: 'P-planted', tenantId: 1 }),
    expected: [201]
  },
  {
    title: 'upsert of a row by its unique fields',
    method: 'POST',
    url: at('/vendors?unique_fields=code'),
    body: () => [{ code: 'V-1', name: 'open vendor', tenantId: 1 }],
    expected: [200]
  },
  {
    title: 'upsert that names the field of the scope',
    method: 'POST',
    url: at('/vendors?unique_fields=tenantId,code'),
    body: () => [{ code: 'V-1', name: 'open vendor', tenantId: 1 }],
    expected: [200, 400]
  },

  // A to-one relation, in every form and under every name.
  ...['/products', '/purchases', '/undeclared', '/read-only'].flatMap((prefix): Attempt[] => {
    const key = prefix === '/products' ? 'sku' : 'number'
    const expected = prefix === '/read-only' ? [200, 201] : [400]
    return ['vendor', 'vendorId'].flatMap((name): Attempt[] => [
      {
        title: `POST ${prefix} by ${name}`,
        method: 'POST',
        url: at(prefix),
        body: id => ({ [key]: `x-${name}-${id}`, [name]: id }),
        expected
      },
      {
        title: `dry POST ${prefix} by ${name}`,
        method: 'POST',
        url: at(`${prefix}?dry_run=true`),
        body: id => ({ [key]: 'dry', [name]: id }),
        expected
      },
      {
        title: `POST ${prefix} of a list by ${name}`,
        method: 'POST',
        url: at(prefix),
        body: id => [{ [key]: `y-${name}-${id}`, [name]: id }],
        expected
      },
      {
        title: `PATCH ${prefix}/:id by ${name}`,
        method: 'PATCH',
        url: at(`${prefix}/${own}`),
        body: id => ({ [name]: id }),
        expected
      },
      {
        title: `PATCH ${prefix} by ${name}`,
        method: 'PATCH',
        url: at(prefix),
        body: id => [{ id: own, [name]: id }],
        expected
      },
      {
        title: `partial PATCH ${prefix} by ${name}`,
        method: 'PATCH',
        url: at(`${prefix}?partial_success=true`),
        body: id => [{ id: own, [name]: id }],
        expected: [207]
      },
      {
        title: `upsert of ${prefix} by ${name}`,
        method: 'POST',
        url: at(`${prefix}?unique_fields=${key}&update_fields=${name}`),
        body: id => [{ [key]: `open-${key}`, [name]: id }],
        expected: [...expected, 400]
      }
    ])
  }),
  {
    title: 'nested data with an id',
    method: 'PATCH',
    url: at(`/products/${own}`),
    body: id => ({ vendor: { id, name: 'taken' } })
  },
  {
    title: 'nested data with a code that both tenants have',
    method: 'PATCH',
    url: at(`/products/${own}`),
    body: () => ({ vendor: { code: 'V-1', name: 'open vendor' } }),
    expected: [200]
  },
  {
    title: 'a code that both tenants have',
    method: 'PATCH',
    url: at(`/products/${own}`),
    body: () => ({ vendor: 'V-1' }),
    expected: [200]
  },
  {
    title: 'nested data planted for another tenant',
    method: 'POST',
    url: at('/products'),
    body: () => ({ sku: 'n-1', vendor: { code: 'NEW', name: 'n', tenantId: 1 } }),
    expected: [201]
  },
  {
    title: 'an email of another tenant',
    method: 'POST',
    url: at('/purchases'),
    body: id => ({ number: 'n-2', vendor: id === stranger ? `vendor@${secret}.example` : 'nobody@example' })
  },
  {
    title: 'nested data with an email of another tenant',
    method: 'POST',
    url: at('/purchases'),
    body: () => ({ number: 'n-3', vendor: { email: `vendor@${secret}.example`, code: 'Z', name: 'z' } }),
    expected: [409],
    isTold: false
  },

  // Lists.
  { title: 'a link', method: 'POST', url: at('/purchases'), body: id => ({ number: 'l-1', marks: [id] }) },
  {
    title: 'a link of a row that is there',
    method: 'PATCH',
    url: at(`/purchases/${own}`),
    body: id => ({ marks: [own, id] })
  },
  {
    title: 'a link with a scope of its own',
    method: 'PATCH',
    url: at(`/own-scope/${own}`),
    body: id => ({ marks: [own, id] })
  },
  {
    title: 'a link by name',
    method: 'PATCH',
    url: at(`/purchases/${own}`),
    body: id => ({ marks: [id === stranger ? `${secret} mark` : 'nobody'] })
  },
  { title: 'children by their ids', method: 'PATCH', url: at(`/vendors/${own}`), body: id => ({ notes: [own, id] }) },
  { title: 'children as objects', method: 'PATCH', url: at(`/vendors/${own}`), body: id => ({ notes: [{ id }] }) },
  {
    title: 'children planted for another tenant',
    method: 'POST',
    url: at('/purchases'),
    body: () => ({ number: 'c-1', lines: [{ quantity: 1, tenantId: 1 }] }),
    expected: [201]
  },
  {
    title: 'children with a key of their own',
    method: 'PATCH',
    url: at(`/purchases/${own}`),
    body: id => ({ lines: [{ id, quantity: 9 }] })
  },
  {
    title: 'a relation of children',
    method: 'POST',
    url: at('/purchases'),
    body: id => ({ number: 'c-2', lines: [{ quantity: 1, product: id }] })
  },
  {
    title: 'a key of children',
    method: 'POST',
    url: at('/purchases'),
    body: id => ({ number: 'c-3', lines: [{ quantity: 1, productId: id }] })
  },

  {
    title: 'children of another parent, without a field of the scope',
    method: 'PATCH',
    url: at(`/invoices/${own}`),
    body: id => ({ lineItems: [id] })
  },

  // Oracles: what related rows hold may not be told from what is found.
  {
    title: 'a filter by a relation of a shared row',
    method: 'GET',
    url: id => `/products?brand.products.cost=${id === stranger ? 777 : 778}`,
    expected: [200]
  },
  {
    title: 'an export filtered by a relation of a shared row',
    method: 'GET',
    url: id => `/products/export?file_type=csv&brand.products.cost=${id === stranger ? 777 : 778}`,
    expected: [200]
  },

  // Imports.
  {
    title: 'an import that looks up an email',
    method: 'POST',
    url: at('/purchases/import-from-file'),
    file: id => csv('number,vendor', `i-${id},${id === stranger ? `vendor@${secret}.example` : 'nobody@example'}`),
    expected: [422]
  },
  {
    title: 'an import of a key',
    method: 'POST',
    url: at('/undeclared/import-from-file'),
    file: id => csv('number,vendorId', `k-${id},${id}`),
    expected: [422]
  },
  {
    title: 'an import with the field of the scope',
    method: 'POST',
    url: at('/products/import-from-file'),
    file: () => csv('sku,cost,vendor_code,vendor_name,vendor_email,tenantId', 's-1,1,W-1,w,,1'),
    expected: [201, 422]
  },
  {
    title: 'an import of a further model by a code that both have',
    method: 'POST',
    url: at('/products/import-from-file'),
    file: () => csv('sku,cost,vendor_code,vendor_name,vendor_email', 's-2,1,V-1,open vendor,vendor@open.example'),
    expected: [201]
  },
  {
    title: 'an import of a further model with all of its fields',
    method: 'POST',
    url: at('/by-default/import-from-file'),
    file: () => csv('code,name,sku,tenantId', 'D-1,d,d-1,1'),
    expected: [201]
  },
  {
    title: 'an import of a further model by an email of another tenant',
    method: 'POST',
    url: at('/products/import-from-file'),
    file: () => csv('sku,cost,vendor_code,vendor_name,vendor_email', `s-3,1,W-2,w,vendor@${secret}.example`),
    expected: [422],
    isTold: false
  }
]

async function send (
  { method, url, body, file }: Attempt,
  id: number
): Promise<{ readonly status: number; readonly text: string }> {
  const upload = file === undefined ? null : form({ append_data: 'true' }, file(id))
  const payload = upload?.payload ?? (body === undefined ? undefined : JSON.stringify(body(id)))
  const answer = await app.inject({
    method,
    url: url(id),
    headers: {
      'x-tenant': '2',
      ...(upload?.headers ?? (payload === undefined ? {} : { 'content-type': 'application/json' }))
    },
    ...(payload === undefined ? {} : { payload })
  })
  return { status: answer.statusCode, text: answer.body }
}

function asksForRow ({ url, body, file }: Attempt): boolean {
  const [first, second] = [stranger, nobody].map(id => JSON.stringify([url(id), body?.(id), file?.(id)]))
  return first !== second
}

/**
 * An answer without what differs between two requests: the ids asked for, generated ids, values that name rows, times.
 */
function comparable (text: string): unknown {
  const names = [
    [`vendor@${secret}.example`, 'nobody@example'],
    [`${secret} mark`, 'nobody']
  ] as const
  return names
    .reduce((text, [known, unknown]) => text.replaceAll(known, unknown), text)
    .replaceAll(/"timestamp":"[^"]*"/g, '')
    .replaceAll(/"failed_rows_url":"[^"]*"/g, '')
    .replaceAll(new RegExp(`${stranger}|${nobody}`, 'g'), 'ASKED')
    .replaceAll(/\b9\d\d\d\b/g, 'GENERATED')
}

for (const attempt of attempts) {
  await t.test(`${attempt.title}: a tenant neither reaches nor sees rows of another`, async t => {
    const { status, text } = await send(attempt, stranger)
    t.equal((attempt.expected ?? [400, 404]).includes(status), true, `${status}: ${text.slice(0, 300)}`)
    t.equal(
      text.replaceAll(`vendor@${secret}.example`, '').replaceAll(`${secret} mark"`, '').includes(secret),
      false,
      text
    )
    t.strictSame(await rowsOfFirst(database), before, 'rows of the first tenant')
    t.strictSame(await crossings(database), [], 'keys between tenants')
    if (attempt.isTold === false || !asksForRow(attempt)) return
    const other = await send(attempt, nobody)
    t.equal(other.status, status, 'the status for an id that nobody has')
    t.equal(comparable(text), comparable(other.text), 'the answer for an id that nobody has')
  })
}

await t.test('an answer under an Idempotency-Key belongs to the scope of its relations too', async t => {
  const patch = async (tenant: string): Promise<string> =>
    (
      await app.inject({
        method: 'PATCH',
        url: '/brands/1',
        headers: { 'x-tenant': tenant, 'idempotency-key': 'same' },
        payload: { name: 'shared' }
      })
    ).body
  t.match(await patch('1'), secret)
  const second = await patch('2')
  t.equal(second.includes(secret), false)
  t.match(second, 'open-sku')
})

await t.test('the scope holds for models in which its field is unique alone', async t => {
  const model = (name: string): object => ({
    ...metadata.models[name as 'Vendor'],
    uniques: [
      ...metadata.models[name as 'Vendor'].uniques,
      { name: 'tenantId', fields: ['tenantId'], primary: false, index: 'x', where: null }
    ]
  })
  const registry = new Registry({
    ...metadata,
    models: { ...metadata.models, Vendor: model('Vendor'), Purchase: model('Purchase') }
  } as unknown as Metadata)
  const { related, relations } = resolveResource(
    defineResource({ model: 'Purchase', scope: { tenantId: () => 1 }, relations: { marks: manyIdToData() } }),
    registry
  )
  t.strictSame(
    [relations.get('vendor')!.scope.inherited, related.get('marks')!.scope.inherited],
    [['tenantId'], ['tenantId']]
  )
  const own = resolveResource(
    defineResource({ model: 'User', scope: { id: () => 1 } }),
    new Registry(metadata as Metadata)
  )
  t.strictSame(own.model.meta.relations.length > 0, true, 'an id is no field of whose rows they are')
})

await t.test('a unique set beyond the scope is refused for a further model of an import', async t => {
  const resource = defineResource({
    model: 'Product',
    scope: { tenantId: request => request.tenant },
    import: {
      models: { vendor: { model: 'Vendor', uniqueFields: ['email'] }, product: { model: 'Product', fields: ['sku'] } }
    }
  })
  await t.rejects(
    tenantServer(t, database, { '/x': resource }),
    /"uniqueFields" is \[email\], which is not a unique constraint of Vendor together with the scope \(tenantId\)/
  )
})

await t.test('a related row outside of the scope that was linked before is not shown', async t => {
  await database.query('UPDATE "Purchase" SET "vendorId" = $1 WHERE id = $2', [stranger, own])
  await database.query('INSERT INTO "_MarkToPurchase" VALUES ($1, $2)', [stranger, own])
  await database.query('UPDATE "PurchaseLine" SET "productId" = $1 WHERE id = $2', [stranger, own])
  const answer = await app.inject({ url: `/purchases/${own}`, headers: { 'x-tenant': '2' } })
  const { vendor, marks, lines } = answer.json().data as {
    vendor: unknown
    marks: { id: number }[]
    lines: { product: unknown }[]
  }
  t.strictSame([vendor, marks.map(({ id }) => id), lines.map(({ product }) => product)], [null, [own], [null]])
  const file = await app.inject({ url: '/purchases/export?file_type=csv', headers: { 'x-tenant': '2' } })
  t.equal(file.statusCode, 200)
  t.equal(file.body.includes(secret), false)
  const replaced = await app.inject({
    method: 'PATCH',
    url: `/purchases/${own}`,
    headers: { 'x-tenant': '2' },
    payload: { marks: [] }
  })
  t.equal(replaced.statusCode, 200)
  t.strictSame(
    await database.query('SELECT "A" FROM "_MarkToPurchase" WHERE "B" = $1', [own]),
    [{ A: stranger }],
    'a link that is not seen is not taken away'
  )
})

await t.test('orders over relations of shared rows count the rows of the tenant alone', async t => {
  await database.query('INSERT INTO "Brand" (id, name) VALUES (2, \'another\')')
  await database.query('INSERT INTO "Product" ("tenantId", sku, cost, "brandId") VALUES (2, \'cheap\', 50, 2)')
  const answer = await app.inject({
    url: '/products?ordering=brandCost&sku[in]=cheap,open-sku',
    headers: { 'x-tenant': '2' }
  })
  const { results } = answer.json().data as { results: { sku: string; brand: { products: unknown[] } }[] }
  t.strictSame(
    results.map(({ sku }) => sku),
    ['open-sku', 'cheap'],
    'the shared brand is worth 7 here, and 784 to those who see everything'
  )
  t.strictSame(results[0]!.brand.products, [{ sku: 'open-sku', cost: 7 }])
})

await t.test('rows of a relation that is open to everyone are named as far as its option "where" allows', async t => {
  const name = async (vendor: number): Promise<number> =>
    (
      await app.inject({
        method: 'PATCH',
        url: `/own-scope/${own}`,
        headers: { 'x-tenant': '2' },
        payload: { vendor }
      })
    ).statusCode
  t.equal(await name(stranger), 200)
  await database.query('UPDATE "Vendor" SET "isActive" = false WHERE id = $1', [stranger])
  t.equal(await name(stranger), 400)
})
