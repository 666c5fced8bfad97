import t from 'tap'
import type { Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import { createStore } from '../../prisma/binding/store.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma, query } = await createDatabase(t)
const store = createStore(prisma as never, new Registry(metadata as Metadata))
const shelf = store.registry.model('Shelf')

async function names (): Promise<readonly unknown[]> {
  return (await query('SELECT name FROM "Shelf" ORDER BY id')).map(row => row['name'])
}

await t.test('isolated with rollback undoes the work and returns its result', async t => {
  const report = await store.isolated(
    async inner => await inner.create(shelf, [{ name: 'undone' }], { rows: null }),
    { rollback: true }
  )
  t.equal(report.created, 1)
  t.strictSame(await names(), [])
})

await t.test('isolated with a rollback function undoes the work for the results that it names', async t => {
  const write = async (name: string): Promise<string> =>
    await store.isolated(
      async inner => {
        await inner.create(shelf, [{ name }], { rows: null })
        return name
      },
      { rollback: result => result === 'undone' }
    )
  t.equal(await write('undone'), 'undone')
  t.equal(await write('kept'), 'kept')
  t.strictSame(await names(), ['kept'])
})

await t.test('isolated with rollback inside a transaction undoes its own work alone', async t => {
  await store.transaction(async outer => {
    await outer.create(shelf, [{ name: 'outer' }], { rows: null })
    await outer.isolated(async inner => await inner.create(shelf, [{ name: 'inner' }], { rows: null }), {
      rollback: true
    })
  })
  t.strictSame(await names(), ['kept', 'outer'])
})

await t.test('isolated with rollback throws the error of its work', async t => {
  await t.rejects(
    store.isolated(async () => await Promise.reject(new RangeError('no')), { rollback: true }),
    new RangeError('no')
  )
})
