import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
await query(
  'INSERT INTO "Shelf" (name, "updatedAt", "deletedAt", "deletionId", "isActive") VALUES (\'hidden\', now(), ' +
    "now(), 'd', false)"
)
const send = sender(
  await serve(
    t,
    database,
    {
      '/shelves': { model: 'Shelf', canSeeDeleted: ({ headers }) => headers['x-role'] === 'admin' }
    },
    { crud: true }
  )
)

await t.test('a dry restore shows the row to those who may see deleted rows alone', async t => {
  const { status, body, headers } = await send('POST', '/shelves/1/restore?dry_run=true')
  t.strictSame(
    [status, body.data, headers['etag']],
    [
      200,
      {
        message: 'Successfully restored 1 instance',
        count: 1,
        restored: 1,
        unchanged: 0,
        serialization_skipped: true
      },
      undefined
    ]
  )
  const admin = await send('POST', '/shelves/1/restore?dry_run=true', undefined, { 'x-role': 'admin' })
  t.match(admin.body.data, { name: 'hidden' })
  t.strictSame(await query('SELECT "deletedAt" IS NULL AS live FROM "Shelf"'), [{ live: false }])
})

await t.test('a restore for good shows the row, which everybody sees by then', async t => {
  t.match((await send('POST', '/shelves/1/restore')).body.data, { name: 'hidden' })
})
