import t from 'tap'
import type { FieldMeta, Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createStore, storeDefaults } from '../../prisma/binding/store.js'
import { createDatabase } from '../helpers/database.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma, pool, query } = await createDatabase(t)
const watch = watchStatements(pool)
const store = createStore(prisma as never, new Registry(metadata as Metadata), { ...storeDefaults, chunkRows: 2 })
const binder = store.registry.model('Binder')
const membership = store.registry.model('Membership')
const fields = (...names: readonly string[]): { fields: readonly FieldMeta[]; form: 'json' } => ({
  fields: names.map(name => binder.ownField(name)),
  form: 'json'
})

// Every third binder is marked as deleted.
await query('INSERT INTO "Shelf" (name, "updatedAt") VALUES (\'s\', now())')
await query(
  'INSERT INTO "Binder" (name, "shelfId", "deletedAt") SELECT \'b\' || i, 1, CASE WHEN i % 3 = 0 THEN now() END ' +
    'FROM generate_series(1, 7) i'
)

await t.test('find gives rows in the order of the request, and null where there is none', async t => {
  const rows = fields('name')
  const found = async (
    ids: readonly unknown[],
    deleted?: 'exclude' | 'include' | 'only'
  ): Promise<readonly unknown[]> => {
    const result = await store.find(
      binder,
      ids.map(id => ({ id })),
      { rows, ...(deleted === undefined ? {} : { deleted }) }
    )
    return result.map(row => (row === null ? null : row['name']))
  }
  t.strictSame(await found([7, 3, 1, 99, 1]), ['b7', null, 'b1', null, 'b1'])
  t.strictSame(await found([7, 3, 1], 'exclude'), ['b7', null, 'b1'])
  t.strictSame(await found([7, 3, 1], 'include'), ['b7', 'b3', 'b1'])
  t.strictSame(await found([7, 3, 1], 'only'), [null, 'b3', null])
  t.strictSame(await found(['x', 2 ** 40, 2]), [null, null, 'b2'], 'what no key can be has no row')
  t.strictSame(await found([]), [])
  t.equal((await watch(() => found([1, 2, 3, 4, 5]))).length, 3, 'one statement a chunk')
  await t.rejects(store.find(binder, [{ id: 1 }, {}], { rows }), { name: 'BulkError', code: 'missing_unique_field' })
})

await t.test('find takes any unique constraint, with the rows that it holds for', async t => {
  const rows = fields('id')
  const by = (name: string): object => ({ shelfId_name: { shelfId: 1, name } })
  t.strictSame(await store.find(binder, [by('b2'), by('b3')] as never, { rows, deleted: 'include' }), [
    { id: 2 },
    null
  ])
  await query('INSERT INTO "org memberships" (org, "userId") VALUES (\'a\', 1), (\'a\', 2)')
  const found = await store.find(
    membership,
    [{ orgUser: { org: 'a', userId: 2 } }, { orgUser: { org: 'b', userId: 2 } }],
    { rows: { fields: [membership.ownField('userId')], form: 'json' } }
  )
  t.strictSame(found, [{ userId: 2 }, null])
})

await t.test('page gives some rows in the order of the key, and counts them all', async t => {
  const page = async (
    skip: number,
    take: number,
    deleted?: 'exclude' | 'include' | 'only'
  ): Promise<readonly unknown[]> => {
    const { count, rows } = await store.page(binder, {
      skip,
      take,
      rows: fields('id'),
      ...(deleted === undefined ? {} : { deleted })
    })
    return [count, rows.map(row => row['id'])]
  }
  t.strictSame(await page(0, 3), [5, [1, 2, 4]])
  t.strictSame(await page(3, 3), [5, [5, 7]])
  t.strictSame(await page(9, 3), [5, []])
  t.strictSame(await page(1, 9, 'only'), [2, [6]])
  t.strictSame(await page(0, 4, 'include'), [7, [1, 2, 3, 4]])
  t.equal((await watch(() => page(0, 3))).length, 1)
  await query('UPDATE "Binder" SET name = name WHERE id = 1')
  t.strictSame(await page(0, 1), [5, [1]], 'also where rows have moved')
  await query('TRUNCATE "Binder" CASCADE')
  t.strictSame(await page(0, 3), [0, []])
})
