import t from 'tap'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { operationsServer, statusIn } from '../helpers/operations-app.js'

const database = await bulkDatabase(t)
const { query } = database
const prefer = { prefer: 'respond-async' }
const tags = ['a', 'b', 'c'].map(slug => ({ slug, name: slug }))

await t.test('items that the database no longer holds whole fail the operation', async t => {
  const resources = { '/tags': { model: 'Tag', async: {} } } as const
  const web = sender(await operationsServer(t, database, resources, { worker: false }))
  const { id } = statusIn(await web('POST', '/tags', tags, prefer))
  await query('UPDATE commons_operation_inputs SET items = \'[{"slug":\'')
  const worker = sender(await operationsServer(t, database, resources))
  t.match(await worker('GET', `/operations/${id}?wait=20`), {
    body: { data: { state: 'failed', error: { code: 'internal_error', message: 'Internal server error' } } }
  })
})

await t.test('ids and parameters of any kind are refused without an error of the server', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }))
  const alice = { 'x-user': 'alice' }
  const ids = [
    "'; DROP TABLE tags --",
    '%00',
    '..%2f',
    '__proto__',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'x'.repeat(500)
  ]
  for (const id of ids) {
    for (const url of [`/operations/${id}`, `/operations/${id}/results`, `/operations/${id}/events`]) {
      const { status } = await send('GET', url, undefined, alice)
      t.ok(status === 404 || status === 400 || status === 414, `${status} ${url.slice(0, 60)}`)
    }
  }
  const cursors = ['', '999999999999999 ffffffff-ffff-ffff-ffff-ffffffffffff', '1 a', '-1 x'].map(text =>
    Buffer.from(text).toString('base64url')
  )
  const urls = [
    ...cursors.map(cursor => `cursor=${cursor}`),
    'cursor=a&cursor=b',
    'state=queued&state=x',
    'page_size=0',
    'page_size=1e2',
    '__proto__=1',
    'kind=%00'
  ]
  for (const parameters of urls) {
    const { status } = await send('GET', `/operations?${parameters}`, undefined, alice)
    t.ok(status < 500, `${status} ${parameters}`)
  }
})
