import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database

const app = await serve(
  t,
  database,
  { '/shelves': { model: 'Shelf', fields: ['id', 'name', 'revisionNotes', 'version'], writeOnly: ['name'] } },
  { crud: true }
)
const send = sender(app)
const [row] = await query('INSERT INTO "Shelf" (name, "updatedAt") VALUES (\'stored\', now()) RETURNING id')
const id = row!['id'] as number

/** What a conflict answers to a guess of the name. */
async function answers (name: string): Promise<readonly unknown[]> {
  const change = { name, revisionNotes: 'new', version: 7 }
  return [
    await send('PATCH', '/shelves', [{ id, ...change }]),
    await send('PATCH', '/shelves?partial_success=true', [{ id, ...change }]),
    await send('PATCH', `/shelves/${id}`, change),
    await send('PATCH', `/shelves/${id}`, { name, revisionNotes: 'new' }, { 'if-match': '"7"' })
  ].map(({ status, body }) => ({ status, body }))
}

await t.test('a version conflict is the same for a right and a wrong guess of a write-only field', async t => {
  const right = await answers('stored')
  t.strictSame(await answers('guess'), right)
  t.match(right, [{ status: 409 }, { status: 207 }, { status: 409 }, { status: 412 }])
  t.equal(JSON.stringify(right).split('"fields":["revisionNotes"]').length - 1, 4, 'other fields are still named')
})
