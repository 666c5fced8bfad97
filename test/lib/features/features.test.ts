import t from 'tap'
import type { Feature } from '../../../lib/features/feature.js'
import { features } from '../../../lib/features/features.js'
import { isOwned } from '../../../lib/features/is-owned.js'
import type { Metadata } from '../../../lib/model/meta.js'
import { Registry } from '../../../lib/model/registry.js'
import { createStore } from '../../../prisma/binding/store.js'
import { metadata } from '../../../prisma/generated/metadata.js'
import { createDatabase } from '../../helpers/database.js'

const { prisma, query } = await createDatabase(t)
const store = createStore(prisma as never, new Registry(metadata as Metadata))
const vendor = store.registry.model('Vendor')
const name = { fields: [vendor.ownField('name')], form: 'json' } as const

/** Rows of one tenant, which a program would take from the running request. */
const tenant: Feature = {
  ownedFields: own => (own === vendor.meta.features ? ['tenantId'] : []),
  keptByUpsert: own => (own === vendor.meta.features ? ['tenantId'] : []),
  insertStamps: own => (own === vendor.meta.features ? [['tenantId', 7]] : []),
  readFilter: own => (own === vendor.meta.features ? { tenantId: 7 } : null)
}

await t.test('a feature in the table stamps new rows and filters reads', async t => {
  await query('INSERT INTO "Vendor" ("tenantId", code, name) VALUES (8, \'a\', \'of another\')')
  const all = features as Feature[]
  all.push(tenant)
  t.teardown(() => all.pop())

  await store.create(vendor, [{ code: 'a', name: 'ours' }], { rows: null })

  t.strictSame(await query('SELECT "tenantId", name FROM "Vendor" ORDER BY id'), [
    { tenantId: 8, name: 'of another' },
    { tenantId: 7, name: 'ours' }
  ])
  t.strictSame(await store.page(vendor, { take: 10, skip: 0, rows: name }), { count: 1, rows: [{ name: 'ours' }] })
  t.strictSame(await store.find(vendor, [{ id: 1 }, { id: 2 }], { rows: name }), [null, { name: 'ours' }])
  t.equal(isOwned(vendor.meta.features, vendor.ownField('tenantId')), true)
})

await t.test('reads are not filtered without the feature', async t => {
  const { count } = await store.page(vendor, { take: 10, skip: 0, rows: name })
  t.equal(count, 2)
  t.equal(isOwned(vendor.meta.features, vendor.ownField('tenantId')), false)
})
