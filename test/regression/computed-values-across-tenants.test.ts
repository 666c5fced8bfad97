import { count, defineResource, idToData, manyReadOnlyData, sum } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { seedTenants, tenantServer } from '../helpers/tenant-app.js'

const database = await bulkDatabase(t)
await seedTenants(database)
// Both tenants have a product of one shared brand: what is computed of its products must be those of the tenant alone.
const options = {
  model: 'Product',
  scope: { tenantId: (request: { readonly tenant: number | null }) => request.tenant },
  fields: ['id', 'sku', 'brandCost', 'brandProducts'],
  computed: { brandCost: sum('brand.products.cost'), brandProducts: count('brand.products') }
}
const app = await tenantServer(t, database, {
  '/inherited': defineResource(options),
  '/declared': defineResource({
    ...options,
    relations: { brand: idToData({ relations: { products: manyReadOnlyData({ fields: ['sku'] }) } }) }
  }),
  '/shared': defineResource({
    ...options,
    relations: { brand: idToData({ relations: { products: manyReadOnlyData({ fields: ['sku'], scope: false }) } }) }
  })
})

const get = async (url: string): Promise<string> => (await app.inject({ url, headers: { 'x-tenant': '2' } })).body
const rows = async (url: string): Promise<readonly Record<string, unknown>[]> => {
  const body = JSON.parse(await get(url)) as {
    readonly data: { readonly results: readonly Record<string, unknown>[] }
  }
  return body.data.results
}

await t.test('computed values are of the rows within the scope, in rows, filters and files', async t => {
  for (const [prefix, cost, products] of [
    ['/inherited', 7, 1],
    ['/declared', 7, 1],
    ['/shared', 784, 2]
  ] as const) {
    t.match(await rows(prefix), [{ sku: 'open-sku', brandCost: cost, brandProducts: products }], prefix)
    t.equal((await rows(`${prefix}?brandCost=7`)).length, cost === 7 ? 1 : 0, prefix)
    t.equal((await rows(`${prefix}?brandCost=784`)).length, cost === 784 ? 1 : 0, prefix)
    t.equal((await rows(`${prefix}?brandProducts[gt]=1`)).length, products - 1, prefix)
    t.equal(
      await get(`${prefix}/export?file_type=csv&includes=sku,brandCost&brandProducts=${products}`),
      `Sku,Brand Cost\r\nopen-sku,${cost}\r\n`,
      prefix
    )
    t.match(JSON.parse(await get(`${prefix}/6001`)), { data: { brandCost: cost } }, prefix)
  }
})
