import type { FastifyInstance } from 'fastify'
import {
  defineResource,
  flexible,
  idToData,
  manyDataToData,
  manyFlexible,
  manyIdToData,
  manyReadOnlyData,
  presets,
  sum,
  type ResourceDefinition,
  type ResourceOptions
} from 'fastify-prisma-commons/resource'
import type { BulkDatabase } from './bulk-app.js'
import type { Lifetime } from './database.js'
import { fileServer } from './export-app.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose rows a request of these tests is about; null: nobody is asking. */
    tenant: number | null
  }
}

const scope: ResourceOptions['scope'] = { tenantId: request => request.tenant }

/** One resource for each way in which a tenant may reach further rows. */
export const tenantResources: Readonly<Record<string, ResourceDefinition>> = {
  '/vendors': defineResource({
    model: 'Vendor',
    actions: presets.bulkImportable,
    scope,
    list: { filters: ['*', 'notes.text', 'products.cost'] },
    bulk: { uniqueFields: ['tenantId', 'code'] },
    relations: { notes: manyIdToData(), products: manyReadOnlyData() },
    import: { uniqueFields: ['code'], fields: ['code', 'name', 'email'] }
  }),
  '/products': defineResource({
    model: 'Product',
    actions: presets.bulkImportable,
    scope,
    computed: { brandCost: sum('brand.products.cost') },
    list: { filters: ['*', 'vendor.email', 'brand.products.cost'] },
    relations: {
      vendor: flexible({ lookup: 'code', updateIfExists: true }),
      brand: idToData({ relations: { products: manyReadOnlyData({ fields: ['sku', 'cost'] }) } })
    },
    import: {
      models: {
        vendor: {
          model: 'Vendor',
          fields: { code: 'vendor_code', name: 'vendor_name', email: 'vendor_email' },
          uniqueFields: ['code']
        },
        product: {
          model: 'Product',
          fields: { sku: 'sku', cost: 'cost', vendorId: { reference: 'vendor' } },
          uniqueFields: ['sku']
        }
      }
    }
  }),
  '/purchases': defineResource({
    model: 'Purchase',
    actions: presets.bulkImportable,
    scope,
    relations: {
      vendor: flexible({ lookup: 'email', updateIfExists: true }),
      lines: manyDataToData({ relations: { product: idToData() } }),
      marks: manyFlexible({ lookup: 'name' })
    },
    import: { fields: ['number'], foreignKeys: { vendor: { lookup: 'email' } } }
  }),
  '/by-default': defineResource({
    model: 'Product',
    actions: presets.bulkImportable,
    scope,
    import: {
      models: {
        vendor: { model: 'Vendor', uniqueFields: ['code'] },
        product: { model: 'Product', fields: { sku: 'sku', vendorId: { reference: 'vendor' } } }
      }
    }
  }),
  '/undeclared': defineResource({
    model: 'Purchase',
    actions: presets.bulkImportable,
    scope,
    import: { fields: ['number', 'vendorId'] }
  }),
  '/read-only': defineResource({
    model: 'Purchase',
    scope,
    readOnly: ['vendorId'],
    relations: { vendor: idToData() }
  }),
  '/invoices': defineResource({
    model: 'Invoice',
    scope: { ownerId: request => request.tenant },
    // Its lines have no field of the scope: they belong to whom their invoice belongs to.
    relations: { lineItems: manyIdToData({ mode: 'append' }) }
  }),
  '/brands': defineResource({
    model: 'Brand',
    idempotency: true,
    relations: { products: manyReadOnlyData({ scope: { tenantId: request => request.tenant } }) }
  }),
  '/own-scope': defineResource({
    model: 'Purchase',
    scope,
    relations: {
      // Shared with everyone, but only active ones may be named.
      vendor: idToData({ scope: false, where: { isActive: true } }),
      marks: manyIdToData({ scope: { tenantId: request => request.tenant } })
    }
  })
}

/** A server of the resources, whose requests name their tenant in the header `x-tenant`. */
export async function tenantServer (
  t: Lifetime,
  database: BulkDatabase,
  resources = tenantResources
): Promise<FastifyInstance> {
  return await fileServer(t, database, resources, {
    prepare (app) {
      app.decorateRequest('tenant', null)
      app.addHook('onRequest', async request => {
        const tenant = Number(request.headers['x-tenant'])
        request.tenant = Number.isNaN(tenant) ? null : tenant
      })
    }
  })
}

/** Every text of the first tenant has this word in it. */
export const secret = 'secret'

/** The id that every row of a tenant has; generated ids begin at 9000. */
export const idsOf = { first: 5001, second: 6001 } as const

/** The rows of two tenants, in one shape. */
export async function seedTenants ({ query }: Pick<BulkDatabase, 'query'>): Promise<void> {
  await query('INSERT INTO "Brand" (id, name) VALUES (1, \'shared\')')
  for (const [tenant, first, word] of [
    [1, idsOf.first, secret],
    [2, idsOf.second, 'open']
  ] as const) {
    const rows: Readonly<Record<string, readonly (readonly [columns: string, values: string])[]>> = {
      Vendor: [['code, name, email', `'V-1', '${word} vendor', 'vendor@${word}.example'`]],
      VendorNote: [['"vendorId", text', `${first}, '${word} note'`]],
      Product: [['sku, cost, "vendorId", "brandId"', `'${word}-sku', ${tenant === 1 ? 777 : 7}, ${first}, 1`]],
      Purchase: [['number, note, "vendorId"', `'${word}-number', '${word} purchase', ${first}`]],
      PurchaseLine: [['"purchaseId", "productId", quantity', `${first}, ${first}, ${tenant === 1 ? 555 : 5}`]],
      Mark: [['name', `'${word} mark'`]]
    }
    for (const [model, [row]] of Object.entries(rows)) {
      await query(`INSERT INTO "${model}" (id, "tenantId", ${row![0]}) VALUES (${first}, ${tenant}, ${row![1]})`)
    }
    await query(`INSERT INTO "_MarkToPurchase" VALUES (${first}, ${first})`)
  }
  await query("INSERT INTO users (id, name) VALUES (1, 'one'), (2, 'two')")
  for (const [owner, id] of [
    [1, idsOf.first],
    [2, idsOf.second]
  ]) {
    await query("INSERT INTO invoices (id, number, issued_on, owner_id) VALUES ($1, 'I', now(), $2)", [id, owner])
    await query(
      'INSERT INTO line_items (id, invoice_id, description, quantity, unit_price) VALUES ($1, $1, $2, 1, 1)',
      [id, owner === 1 ? `${secret} line` : 'open line']
    )
  }
  for (const model of ['Brand', 'Vendor', 'VendorNote', 'Product', 'Purchase', 'PurchaseLine', 'Mark']) {
    await query(`SELECT setval('"${model}_id_seq"', 9000)`)
  }
}

const tables = ['Vendor', 'VendorNote', 'Product', 'Purchase', 'PurchaseLine', 'Mark'] as const

/** All rows of the first tenant, and the links between them. */
export async function rowsOfFirst ({ query }: Pick<BulkDatabase, 'query'>): Promise<unknown> {
  const rows = await Promise.all(
    tables.map(table => query(`SELECT * FROM "${table}" WHERE "tenantId" = 1 ORDER BY id`))
  )
  const links = await query(
    'SELECT l.* FROM "_MarkToPurchase" l JOIN "Mark" m ON m.id = l."A" WHERE m."tenantId" = 1 ORDER BY 1, 2'
  )
  const lines = await query('SELECT l.* FROM line_items l WHERE l.id = $1 OR l.invoice_id = $1 ORDER BY id', [
    idsOf.first
  ])
  return [...rows, links, lines]
}

/** The keys that lead from a row of one tenant to a row of another. */
export async function crossings ({ query }: Pick<BulkDatabase, 'query'>): Promise<readonly unknown[]> {
  const keys = [
    ['VendorNote', 'vendorId', 'Vendor'],
    ['Product', 'vendorId', 'Vendor'],
    ['Purchase', 'vendorId', 'Vendor'],
    ['PurchaseLine', 'purchaseId', 'Purchase'],
    ['PurchaseLine', 'productId', 'Product']
  ]
  const found = await Promise.all(
    keys.map(([table, key, target]) =>
      query(
        `SELECT '${table!}.${key!}' AS key, c.id FROM "${table!}" c JOIN "${target!}" p ON p.id = c."${key!}" ` +
          'WHERE p."tenantId" <> c."tenantId"'
      )
    )
  )
  const links = await query(
    'SELECT \'Mark\' AS key, m.id FROM "_MarkToPurchase" l JOIN "Mark" m ON m.id = l."A" JOIN "Purchase" p ON p.id ' +
      '= l."B" WHERE m."tenantId" <> p."tenantId"'
  )
  return [...found.flat(), ...links]
}
