import t from 'tap'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { operationsServer, statusIn } from '../helpers/operations-app.js'

const database = await bulkDatabase(t)
const { query } = database
const wait = { prefer: 'respond-async, wait=20' }
const tags = ['a', 'b', 'c', 'd', 'e', 'f'].map(slug => ({ slug, name: slug }))

t.beforeEach(async () => {
  await query('DELETE FROM commons_operations')
  await query('DELETE FROM tags')
  await query("INSERT INTO tags (slug, name) VALUES ('b', 'taken'), ('e', 'taken')")
})

await t.test('a retry writes the failed items, once however often it is asked for', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: { chunkItems: 4 } } }))
  const user = { 'x-user': 'alice' }
  const first = statusIn(await send('POST', '/tags?partial_success=true', tags, { ...wait, ...user }))
  t.match(first, { state: 'partial', created: 4, failed: 2 })
  await query("DELETE FROM tags WHERE name = 'taken'")
  const url = `/operations/${first.id}/retry`
  t.equal((await send('POST', url, undefined, { 'x-user': 'bob' })).status, 404)
  const answers = await Promise.all([1, 2, 3].map(async () => await send('POST', url, undefined, user)))
  const { id } = statusIn(answers[0]!)
  for (const answer of answers) {
    t.match(answer, { status: 202, headers: { location: `/operations/${id}` }, body: { data: { id, total: 2 } } })
  }
  t.not(id, first.id)
  t.match(await send('GET', `/operations/${id}?wait=20`, undefined, user), {
    body: { data: { kind: 'bulkCreate', state: 'succeeded', created: 2 } }
  })
  const rows = await query('SELECT slug FROM tags ORDER BY slug')
  t.strictSame(
    rows.map(({ slug }) => slug),
    ['a', 'b', 'c', 'd', 'e', 'f']
  )
})

await t.test('a retry of an atomic operation writes all items', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }))
  const first = statusIn(await send('POST', '/tags', tags, wait))
  t.match(first, { state: 'failed', atomic: true, created: 0 })
  await query("DELETE FROM tags WHERE name = 'taken'")
  const { id } = statusIn(await send('POST', `/operations/${first.id}/retry`))
  t.match(await send('GET', `/operations/${id}?wait=20`), {
    body: { data: { state: 'succeeded', atomic: true, created: 6 } }
  })
})

await t.test('operations that have not ended, or have no failed items, are not retried', async t => {
  const options = { '/tags': { model: 'Tag', async: {} } } as const
  const web = sender(await operationsServer(t, database, options, { worker: false }))
  const { id } = statusIn(await web('POST', '/tags', tags.slice(2, 4), { prefer: 'respond-async' }))
  t.match(await web('POST', `/operations/${id}/retry`), {
    status: 400,
    body: { message: 'The operation has not ended: wait for it, or cancel it' }
  })
  await web('DELETE', `/operations/${id}`)
  t.match(await web('POST', `/operations/${id}/retry`), {
    status: 400,
    body: { message: 'The operation has no failed items' }
  })
})
