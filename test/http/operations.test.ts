import t from 'tap'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { operationsServer, statusIn } from '../helpers/operations-app.js'

const database = await bulkDatabase(t)
const { query } = database
const prefer = { prefer: 'respond-async' }
const tags = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, i) => ({ slug: `t${from + i}`, name: `Tag ${from + i}` }))

async function countOf (table: string): Promise<unknown> {
  const [row] = await query(`SELECT count(*)::integer AS count FROM ${table}`)
  return row!['count']
}

t.beforeEach(async () => {
  await query('DELETE FROM commons_operations')
  await query('DELETE FROM tags')
})

await t.test('a bulk write with respond-async is accepted, and its status tells what it did', async t => {
  const app = await operationsServer(t, database, { '/tags': { model: 'Tag', async: { chunkItems: 10 } } })
  const send = sender(app)
  const accepted = await send('POST', '/tags', tags(0, 25), prefer)
  const { id } = statusIn(accepted)
  t.match(accepted, {
    status: 202,
    headers: { location: `/operations/${id}`, 'retry-after': '1', 'preference-applied': 'respond-async' },
    body: {
      success: true,
      message: 'The operation was accepted',
      data: { kind: 'bulkCreate', state: 'queued', atomic: true, total: 25, processed: 0, unprocessed: 25 }
    }
  })
  const ended = await send('GET', `/operations/${id}?wait=20`)
  t.match(ended, {
    status: 200,
    body: { data: { state: 'succeeded', processed: 25, unprocessed: 0, created: 25, failed: 0, percentage: 100 } }
  })
  t.equal(ended.headers['retry-after'], undefined)
  t.equal(await countOf('tags'), 25)
  const again = await send('GET', `/operations/${id}`, undefined, { 'if-none-match': String(ended.headers['etag']) })
  t.equal(again.status, 304)
})

await t.test('items that cannot be written are failures by index; the others are written', async t => {
  const app = await operationsServer(t, database, { '/tags': { model: 'Tag', async: { chunkItems: 10 } } })
  const send = sender(app)
  const items: object[] = tags(0, 30)
  items[3] = { slug: 'broken', name: 5 }
  items[21] = { slug: 't5', name: 'taken' }
  const { id } = statusIn(await send('POST', '/tags?partial_success=true', items, prefer))
  t.match(await send('GET', `/operations/${id}?wait=20`), {
    body: { data: { state: 'partial', atomic: false, created: 28, failed: 2, unprocessed: 0 } }
  })
  t.match(await send('GET', `/operations/${id}/results`), {
    body: {
      data: {
        results: [
          { index: 3, status: 400, errors: [{ pointer: '/3/name', index: 3 }] },
          { index: 21, errors: [{ index: 21 }] }
        ],
        next_after: null
      }
    }
  })
  t.match(await send('GET', `/operations/${id}/results?page_size=1`), {
    body: { data: { results: [{ index: 3 }], next_after: 3 } }
  })
  t.equal(await countOf('tags'), 28)
})

await t.test('a list without partial success is written as a whole, or not at all', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: { chunkItems: 2 } } }))
  const items = [...tags(0, 5), { slug: 't7', name: 'Seven' }, { slug: 'x' }]
  const { id } = statusIn(await send('POST', '/tags', items, prefer))
  t.match(await send('GET', `/operations/${id}?wait=20`), {
    body: { data: { state: 'failed', atomic: true, created: 0, error: { code: 'required' } } }
  })
  t.match(await send('GET', `/operations/${id}/results`), { body: { data: { results: [{ index: 6 }] } } })
  t.equal(await countOf('tags'), 0)
})

await t.test('upserts, updates, deletions and actions by name run in the background', async t => {
  const send = sender(
    await operationsServer(t, database, { '/tags': { model: 'Tag', bulk: { actionRoutes: true }, async: {} } })
  )
  const wait = { prefer: 'respond-async, wait=20' }
  const items = tags(0, 6)
  t.match(await send('POST', '/tags?unique_fields=slug', items, wait), {
    status: 200,
    headers: { 'preference-applied': 'respond-async, wait=20' },
    body: { data: { kind: 'bulkUpsert', created: 6 } }
  })
  t.match(await send('PATCH', '/tags?unique_fields=slug', [...items.slice(0, 5), { slug: 't5', name: 'New' }], wait), {
    body: { data: { updated: 1, unchanged: 5 } }
  })
  const rows = await query('SELECT id, name FROM tags ORDER BY id')
  const changes = rows.map(({ id, name }) => ({ id, name: `${String(name)}!` }))
  t.match(await send('PATCH', '/tags/bulk-update', changes, wait), { body: { data: { updated: 6 } } })
  const ids = rows.map(({ id }) => id)
  t.match(await send('DELETE', '/tags', [...ids, 999_999], wait), {
    body: { data: { kind: 'bulkDelete', state: 'partial', deleted: 6, failed: 1 } }
  })
  t.equal(await countOf('tags'), 0)
})

await t.test('more items than the limit go to the background alone', async t => {
  const send = sender(
    await operationsServer(t, database, {
      '/tags': { model: 'Tag', bulk: { maxItems: 10 }, async: { above: 5, maxItems: 40 } },
      '/others': { model: 'Tag', bulk: { maxItems: 10 }, async: { maxItems: 40 } }
    })
  )
  t.equal((await send('POST', '/tags', tags(0, 5))).status, 201)
  const accepted = await send('POST', '/tags', tags(5, 30))
  t.match(accepted, { status: 202, body: { data: { atomic: false } } })
  t.equal(accepted.headers['preference-applied'], undefined)
  t.match(await send('GET', `/operations/${statusIn(accepted).id}?wait=20`), { body: { data: { created: 25 } } })
  t.match(await send('POST', '/others', tags(30, 41)), {
    status: 413,
    body: { message: '11 items are more than 10. Send up to 40 with "Prefer: respond-async"' }
  })
  t.match(await send('POST', '/others', tags(30, 71), prefer), {
    status: 413,
    body: { code: 'batch_size_exceeded', details: [] }
  })
})

await t.test('operations of others do not exist, but for those whom authorize lets in', async t => {
  const app = await operationsServer(
    t,
    database,
    { '/tags': { model: 'Tag', async: {} } },
    { authorize: request => request.currentUser?.id === 'admin' }
  )
  const send = sender(app)
  const as = (user: string): Record<string, string> => ({ 'x-user': user })
  const { id } = statusIn(await send('POST', '/tags', tags(0, 3), { ...prefer, ...as('alice') }))
  t.equal((await send('GET', `/operations/${id}?wait=20`, undefined, as('alice'))).status, 200)
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/results'],
    ['GET', '/events'],
    ['DELETE', '']
  ] as const) {
    const url = `/operations/${id}${path}`
    t.equal((await send(method, url, undefined, as('bob'))).status, 404, `${method} ${path}`)
    t.equal((await send(method, url)).status, 404, `${method} ${path}, anonymous`)
  }
  t.equal((await send('GET', `/operations/${id}`, undefined, as('admin'))).status, 200)
  t.match(await send('GET', '/operations', undefined, as('alice')), {
    body: { data: { results: [{ id, kind: 'bulkCreate' }], next_cursor: null } }
  })
  t.match(await send('GET', '/operations', undefined, as('bob')), { body: { data: { results: [] } } })
  t.equal((await send('GET', '/operations')).status, 401)
  t.equal((await send('GET', '/operations/not-an-id', undefined, as('alice'))).status, 404)
})

await t.test('rules see the user of the request, and are asked before each chunk', async t => {
  const asked: unknown[] = []
  const send = sender(
    await operationsServer(
      t,
      database,
      {
        '/tags': {
          model: 'Tag',
          async: { chunkItems: 2 },
          authorize: (request, action, items) => {
            asked.push([request.currentUser?.id, request.headers['x-tenant'], action, items.length])
            return items.every(({ data }) => data?.['slug'] !== 't3')
          }
        }
      },
      { headers: ['X-Tenant'] }
    )
  )
  const headers = { ...prefer, 'x-user': 'alice', 'x-tenant': 'a' }
  const { id } = statusIn(await send('POST', '/tags?partial_success=true', tags(0, 5), headers))
  t.match(await send('GET', `/operations/${id}?wait=20`, undefined, { 'x-user': 'alice' }), {
    body: { data: { state: 'failed', created: 2, unprocessed: 3, error: { code: 'forbidden' } } }
  })
  t.strictSame(asked, [
    ['alice', 'a', 'bulkCreate', 0],
    ['alice', 'a', 'bulkCreate', 2],
    ['alice', 'a', 'bulkCreate', 2]
  ])
  t.equal(await countOf('tags'), 2)
})

await t.test('a request that is not allowed starts no operation', async t => {
  const send = sender(
    await operationsServer(t, database, { '/tags': { model: 'Tag', async: {}, authorize: () => false } })
  )
  t.equal((await send('POST', '/tags', tags(0, 3), prefer)).status, 403)
  t.equal(await countOf('commons_operations'), 0)
})

await t.test('the same Idempotency-Key gives the same operation', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {}, idempotency: true } }))
  const headers = { ...prefer, 'idempotency-key': 'once' }
  const first = statusIn(await send('POST', '/tags', tags(0, 3), headers))
  const second = await send('POST', '/tags', tags(0, 3), headers)
  t.match(second, { status: 202, headers: { 'idempotent-replayed': 'true' } })
  t.equal(statusIn(second).id, first.id)
  await send('GET', `/operations/${first.id}?wait=20`)
  t.equal(await countOf('tags'), 3)
})

await t.test('a queued operation is cancelled at once', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }, { worker: false }))
  const { id } = statusIn(await send('POST', '/tags', tags(0, 3), prefer))
  t.match(await send('DELETE', `/operations/${id}`), {
    status: 200,
    body: { data: { state: 'cancelled', unprocessed: 3 } }
  })
  t.match(await send('DELETE', `/operations/${id}`), {
    status: 200,
    body: { message: 'The operation had ended before' }
  })
})

await t.test('parameters that are not valid are 400', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }, { worker: false }))
  const { id } = statusIn(await send('POST', '/tags', tags(0, 3), prefer))
  for (const url of [
    `/operations/${id}?wait=soon`,
    `/operations/${id}/results?after=x`,
    `/operations/${id}/results?status=created`,
    `/operations/${id}/results?page_size=501`
  ]) {
    t.match(await send('GET', url), { status: 400, body: { code: 'invalid_parameter' } }, url)
  }
  for (const parameters of ['state=done', 'cursor=x', 'page=2']) {
    t.equal((await send('GET', `/operations?${parameters}`, undefined, { 'x-user': 'alice' })).status, 400, parameters)
  }
})

await t.test('the list of operations has pages', async t => {
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }, { worker: false }))
  const user = { 'x-user': 'alice' }
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.unshift(statusIn(await send('POST', '/tags', tags(0, 3), { ...prefer, ...user })).id)
  type Page = { readonly results: readonly { readonly id: string }[]; readonly next_cursor: string | null }
  const listed: string[] = []
  for (let url: string | null = '/operations?page_size=2&state=queued&kind=bulkCreate'; url !== null;) {
    const page = (await send('GET', url, undefined, user)).body.data as Page
    listed.push(...page.results.map(({ id }) => id))
    url = page.next_cursor === null ? null : `/operations?page_size=2&cursor=${page.next_cursor}`
  }
  t.strictSame(listed.sort(), ids.sort())
})
