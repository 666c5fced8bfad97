import { defineAction } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database

/** One stored shelf, one soft-deleted one, and how both are named. */
async function shelves (): Promise<readonly number[]> {
  await query('DELETE FROM "Shelf"')
  const rows = await query(
    `INSERT INTO "Shelf" (name, "deletedAt", "updatedAt") VALUES ('kept', NULL, now()), ('deleted', now(), now())
     RETURNING id`
  )
  return rows.map(({ id }) => id as number)
}

const names = async (): Promise<readonly unknown[]> =>
  (await query('SELECT name FROM "Shelf" ORDER BY id')).map(({ name }) => name)

for (const { deleted, expected } of [
  { deleted: 'exclude', expected: ['set', 'deleted'] },
  { deleted: 'include', expected: ['set', 'set'] },
  { deleted: 'only', expected: ['kept', 'set'] }
] as const) {
  await t.test(`an action with deleted "${deleted}" writes the rows that the option allows`, async t => {
    const rename = defineAction({ name: 'bulkRename', participle: 'renamed', deleted, set: () => ({ name: 'set' }) })
    const send = sender(await serve(t, database, { '/shelves': { model: 'Shelf', actions: [rename] } }))
    const ids = await shelves()
    const updated = expected.filter(name => name === 'set').length
    t.match(await send('POST', '/shelves/bulk-rename', ids), {
      status: 200,
      body: { data: { count: updated, missing_count: 2 - updated }, meta: { updated, unchanged: 0 } }
    })
    t.strictSame(await names(), expected)
    t.match(await send('POST', '/shelves/bulk-rename', ids), { body: { meta: { updated: 0, unchanged: updated } } })
  })
}

for (const field of ['unknown', 'id', '__proto__']) {
  await t.test(`an action that sets the field "${field}" fails without telling the fields of the model`, async t => {
    const data = JSON.parse(`{ "${field}": 7, "name": "set" }`) as Record<string, unknown>
    const rename = defineAction({ name: 'bulkRename', participle: 'renamed', set: () => data })
    const send = sender(await serve(t, database, { '/shelves': { model: 'Shelf', actions: [rename] } }))
    const ids = await shelves()
    for (const search of ['', '?partial_success=true']) {
      t.match(await send('POST', `/shelves/bulk-rename${search}`, ids), {
        status: 500,
        body: { code: 'internal_error', message: 'Internal server error', details: [] }
      })
    }
    t.strictSame(await names(), ['kept', 'deleted'])
  })
}
