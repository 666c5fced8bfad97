import type { ResourceOptions } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { operationsServer, statusIn } from '../helpers/operations-app.js'
import { until } from '../helpers/until.js'

const database = await bulkDatabase(t)
const { query } = database
const prefer = { prefer: 'respond-async' }
const wait = { prefer: 'respond-async, wait=20' }
const tags = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, i) => ({ slug: `t${from + i}`, name: `Tag ${from + i}` }))
const contracts = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ contractNumber: `N-${i}`, year: 2026, amount: '1.00' }))

async function rowsOf (table: string): Promise<readonly Record<string, unknown>[]> {
  return await query(`SELECT * FROM ${table} ORDER BY id`)
}

t.beforeEach(async () => {
  await query('DELETE FROM commons_operations')
  await query('DELETE FROM commons_idempotency')
  for (const table of ['tags', 'contracts', 'articles', 'employees', '"Vendor"']) await query(`DELETE FROM ${table}`)
})

await t.test('a chunk reaches the rows of the tenant who started it alone', async t => {
  const scope: ResourceOptions['scope'] = { tenantId: request => Number(request.headers['x-tenant']) }
  const vendors: ResourceOptions = { model: 'Vendor', async: { chunkItems: 2 }, scope }
  const send = sender(await operationsServer(t, database, { '/vendors': vendors }, { headers: ['x-tenant'] }))
  const items = ['a', 'b', 'c'].map(code => ({ code, name: code }))
  for (const tenant of ['1', '2']) {
    const sent = await send('POST', '/vendors', items, { ...wait, 'x-tenant': tenant })
    t.match(sent, { status: 200, body: { data: { created: 3 } } })
  }
  const rows = await rowsOf('"Vendor"')
  t.strictSame(
    rows.map(row => row['tenantId']),
    [1, 1, 1, 2, 2, 2]
  )
  const ids = rows.map(({ id }) => id)
  const deleted = await send('DELETE', '/vendors?partial_success=true', ids, { ...wait, 'x-tenant': '2' })
  t.match(deleted, { body: { data: { state: 'partial', deleted: 3, failed: 3 } } })
  const { id } = statusIn(deleted)
  const { results } = (await send('GET', `/operations/${id}/results`)).body.data as {
    readonly results: readonly { readonly index: number; readonly status: number }[]
  }
  t.strictSame(
    results.map(({ index, status }) => [index, status]),
    [0, 1, 2].map(index => [index, 404])
  )
  t.equal((await rowsOf('"Vendor"')).length, 3)
})

await t.test('dry runs and CSV bodies are answered at once', async t => {
  const options: ResourceOptions = { model: 'Tag', bulk: { csvBodies: true }, async: { above: 2 } }
  const app = await operationsServer(t, database, { '/tags': options })
  const send = sender(app)
  t.equal((await send('POST', '/tags?dry_run=true', tags(0, 5), prefer)).status, 201)
  t.strictSame(await rowsOf('tags'), [])
  const payload = 'slug,name\na,A\nb,B\nc,C\nd,D,more'
  const csv = { 'content-type': 'text/csv', ...prefer }
  const broken = await app.inject({ method: 'POST', url: '/tags', headers: csv, payload })
  t.equal(broken.statusCode, 400)
  const good = await app.inject({ method: 'POST', url: '/tags', headers: csv, payload: payload.replace(',more', '') })
  t.equal(good.statusCode, 201)
  t.equal(good.headers['preference-applied'], undefined)
  t.strictSame(await query('SELECT id FROM commons_operations'), [])
})

await t.test('conditions hold in the background: versions item by item, If-Match never', async t => {
  const options: ResourceOptions = { model: 'Contract', requireIfMatch: true, async: { chunkItems: 2 } }
  const send = sender(await operationsServer(t, database, { '/contracts': options }))
  await send('POST', '/contracts', contracts(5))
  const rows = await rowsOf('contracts')
  const changes = rows.map(({ id }, index) => ({ id, note: 'new', version: index === 3 ? 7 : 1 }))
  t.match(await send('PATCH', '/contracts', changes, { ...prefer, 'if-match': '"1"' }), {
    status: 400,
    body: { code: 'invalid_header' }
  })
  const unversioned = changes.map(({ version, ...change }) => change)
  t.match(await send('PATCH', '/contracts', unversioned, prefer), { status: 428 })
  const updated = await send('PATCH', '/contracts?partial_success=true', changes, wait)
  t.match(updated, { body: { data: { state: 'partial', updated: 4, failed: 1 } } })
  t.match(await send('GET', `/operations/${statusIn(updated).id}/results`), {
    body: { data: { results: [{ index: 3, status: 409, errors: [{ code: 'version_conflict' }] }] } }
  })
  const again = await send('POST', '/contracts', contracts(5), { ...wait, 'if-none-match': '*' })
  t.match(again, { body: { data: { state: 'failed', created: 0, error: { code: 'precondition_failed' } } } })
})

await t.test('values that clients may not write are refused or ignored as in an answer at once', async t => {
  const options: ResourceOptions = {
    model: 'Employee',
    async: {},
    readOnly: ['city'],
    writeOnly: ['phone'],
    canWrite: { salary: request => request.currentUser?.id === 'alice' }
  }
  const send = sender(await operationsServer(t, database, { '/employees': options }))
  const items = ['a', 'b'].map(firstName => ({
    firstName,
    lastName: 'x',
    email: `${firstName}@example.com`,
    city: 'mine',
    phone: '123',
    salary: '1.00'
  }))
  const bob = await send('POST', '/employees', items, { ...wait, 'x-user': 'bob' })
  t.match(bob, { body: { data: { state: 'failed', created: 0, error: { code: 'field_forbidden' } } } })
  const alice = await send('POST', '/employees', items, { ...wait, 'x-user': 'alice' })
  t.match(alice, { body: { data: { state: 'succeeded', created: 2 } } })
  const row = { city: null, phone: '123' }
  t.match(await rowsOf('employees'), [row, row])
})

await t.test('hooks run once a chunk, with its items', async t => {
  const seen: string[] = []
  const note = (hook: string, { length }: readonly unknown[]): void => {
    seen.push(`${hook} ${length}`)
  }
  const options: ResourceOptions = {
    model: 'Tag',
    async: { chunkItems: 2 },
    before: { bulkCreate: ({ items }) => note('before', items) },
    after: { bulkCreate: ({ items }) => note('after', items) }
  }
  const send = sender(await operationsServer(t, database, { '/tags': options }))
  t.match(await send('POST', '/tags?partial_success=true', tags(0, 5), wait), { body: { data: { created: 5 } } })
  t.strictSame(seen, ['before 2', 'after 2', 'before 2', 'after 2', 'before 1', 'after 1'])
})

await t.test('rows are soft-deleted in the background, and those that are already fail', async t => {
  const options: ResourceOptions = { model: 'Article', bulk: { actionRoutes: true }, async: { chunkItems: 2 } }
  const send = sender(await operationsServer(t, database, { '/articles': options }))
  await send(
    'POST',
    '/articles',
    ['A', 'B', 'C'].map(title => ({ title, content: title }))
  )
  const ids = (await rowsOf('articles')).map(({ id }) => id)
  const url = '/articles?partial_success=true'
  t.match(await send('DELETE', url, ids, wait), { body: { data: { state: 'succeeded', deleted: 3 } } })
  t.match(await send('DELETE', url, ids, wait), { body: { data: { state: 'failed', deleted: 0, failed: 3 } } })
  t.ok((await rowsOf('articles')).every(row => row['deleted_at'] !== null))
})

await t.test('an Idempotency-Key waits for the operation that it started', async t => {
  const options: ResourceOptions = { model: 'Tag', async: {}, idempotency: true }
  const send = sender(await operationsServer(t, database, { '/tags': options }))
  const headers = { ...wait, 'idempotency-key': 'once' }
  const answers = await Promise.all([1, 2, 3].map(async () => await send('POST', '/tags', tags(0, 3), headers)))
  t.equal(new Set(answers.map(answer => statusIn(answer).id)).size, 1)
  for (const answer of answers) t.match(answer, { status: 200, body: { data: { state: 'succeeded', created: 3 } } })
  t.match(await send('POST', '/tags', tags(0, 4), headers), { status: 422, body: { code: 'idempotency_key_reused' } })
  t.equal((await rowsOf('tags')).length, 3)
})

await t.test('an operation fails when its user cannot be loaded, and is not tried again', async t => {
  let loads = 0
  const load = (): never => {
    loads++
    throw new Error('alice has left')
  }
  const user = { store: ({ id }: { readonly id: unknown }) => ({ id }), load }
  const send = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }, { user }))
  const failed = await send('POST', '/tags', tags(0, 3), { ...wait, 'x-user': 'alice' })
  t.match(failed, {
    status: 200,
    body: {
      data: {
        state: 'failed',
        failed: 0,
        unprocessed: 3,
        error: { code: 'unauthorized', message: 'The user who started the operation could not be loaded' }
      }
    }
  })
  t.equal(loads, 1)
})

await t.test('an operation waits for a server that has its resource', async t => {
  const web = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }, { worker: false }))
  const { id } = statusIn(await web('POST', '/tags', tags(0, 3), prefer))
  const other = sender(await operationsServer(t, database, { '/labels': { model: 'Tag', async: {} } }))
  t.match(await other('GET', `/operations/${id}?wait=2`), { body: { data: { state: 'queued' } } })
  const own = sender(await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } }))
  t.match(await own('GET', `/operations/${id}?wait=20`), { body: { data: { state: 'succeeded' } } })
})

await t.test('a cancelled operation does not begin again', async t => {
  let isHeld = true
  let chunks = 0
  const hold = async (): Promise<void> => {
    chunks++
    await until('the cancellation', () => !isHeld)
  }
  const options: ResourceOptions = { model: 'Tag', async: { chunkItems: 2 }, after: { bulkCreate: hold } }
  const send = sender(await operationsServer(t, database, { '/tags': options }))
  const { id } = statusIn(await send('POST', '/tags?partial_success=true', tags(0, 6), prefer))
  await until('the first chunk', () => chunks === 1)
  // The embedded database has one connection, which the chunk holds.
  const cancelled = send('DELETE', `/operations/${id}`)
  setTimeout(() => (isHeld = false), 100)
  await cancelled
  const { state, created, unprocessed } = statusIn(await send('GET', `/operations/${id}?wait=20`))
  t.match(state, /^(?:cancelled|succeeded)$/)
  t.equal(created + unprocessed, 6)
  t.equal((await rowsOf('tags')).length, created)
})
