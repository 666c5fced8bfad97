import type { AddressInfo } from 'node:net'
import pg from 'pg'
import t from 'tap'
import { bulkDatabase, refused, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { kind, query, connectionString } = database

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, tags RESTART IDENTITY CASCADE')
})

interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: {
    readonly code?: string
    readonly data: unknown
    readonly meta: { readonly created: number; readonly updated: number; readonly unchanged: number }
  }
}

type Send = (method: string, path: string, body: unknown) => Promise<Answer>

/** A server that listens, asked over connections that stay open. */
async function listening (t: Parameters<typeof serve>[0]): Promise<Send> {
  const app = await serve(t, database, { '/contracts': { model: 'Contract' }, '/tags': { model: 'Tag' } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      body: (await answer.json()) as Answer['body']
    }
  }
}

const byPair = '/contracts?unique_fields=contractNumber,year'

function sum (answers: readonly Answer[], count: 'created' | 'updated' | 'unchanged'): number {
  return answers.reduce((total, { body }) => total + body.meta[count], 0)
}

await t.test('twenty identical upserts at once make one set of rows', async t => {
  const send = await listening(t)
  const items = Array.from({ length: 200 }, (_, i) => ({
    contractNumber: `N-${i}`,
    year: 2026,
    amount: '1.00',
    note: 'x'
  }))
  // Clients send the same rows in different orders, which is how they come to wait for each other.
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => send('POST', byPair, i % 2 === 0 ? items : items.toReversed()))
  )
  t.strictSame(
    answers.map(({ status }) => status),
    Array(20).fill(200)
  )
  t.strictSame([sum(answers, 'created'), sum(answers, 'updated'), sum(answers, 'unchanged')], [200, 0, 3800])
  t.strictSame(
    await query('SELECT count(*)::int, count(DISTINCT contract_number)::int AS numbers, max(version) FROM contracts'),
    [{ count: 200, numbers: 200, max: 1 }]
  )
  const ids = new Set(
    answers.map(({ body }) =>
      (body.data as { id: number; contractNumber: string }[])
        .map(({ id, contractNumber }) => `${contractNumber}:${id}`)
        .sort()
        .join()
    )
  )
  t.equal(ids.size, 1, 'all were told of the same rows')
})

await t.test('twenty different upserts of the same rows are done one after another', async t => {
  const send = await listening(t)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      send(
        'PATCH',
        byPair,
        Array.from({ length: 50 }, (_, n) => ({
          contractNumber: `N-${i % 2 === 0 ? n : 49 - n}`,
          year: 2026,
          amount: i + 1,
          ...(n % 2 === 0 ? { note: `by ${i}` } : {})
        }))
      )
    )
  )
  t.strictSame(
    answers.map(({ status }) => status),
    Array(20).fill(200)
  )
  t.strictSame(
    [sum(answers, 'created'), sum(answers, 'created') + sum(answers, 'updated') + sum(answers, 'unchanged')],
    [50, 1000]
  )
  const [{ versions } = { versions: 0 }] = await query<{ versions: number }>(
    'SELECT sum(version)::int AS versions FROM contracts'
  )
  t.equal(versions, 50 + sum(answers, 'updated'), 'each update is one version')
})

await t.test('of twenty identical creates one wins and the others are told of the conflict', async t => {
  const send = await listening(t)
  const items = Array.from({ length: 50 }, (_, i) => ({ slug: `t-${i}`, name: 'x' }))
  const answers = await Promise.all(Array.from({ length: 20 }, () => send('POST', '/tags', items)))
  t.strictSame(answers.map(({ status, body }) => `${status} ${body.code}`).sort(), [
    '201 undefined',
    ...Array(19).fill('409 unique_violation')
  ])
  t.equal((await query('SELECT 1 FROM tags')).length, 50)
})

await t.test('of twenty updates that expect the same version one wins', async t => {
  const send = await listening(t)
  await send('POST', '/contracts', [
    { contractNumber: 'N-1', year: 1, amount: 1 },
    { contractNumber: 'N-2', year: 1, amount: 1 }
  ])
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      send('PATCH', '/contracts', [
        { id: 1, version: 1, amount: i + 2 },
        { id: 2, note: `by ${i}` }
      ])
    )
  )
  t.strictSame(answers.map(({ status, body }) => `${status} ${body.code}`).sort(), [
    '200 undefined',
    ...Array(19).fill('409 version_conflict')
  ])
  t.strictSame(
    await query('SELECT version FROM contracts ORDER BY id'),
    [{ version: 2 }, { version: 2 }],
    'the losers wrote nothing'
  )
})

await t.test(
  'a connection that is killed under a request gives 503, and the next request works',
  { skip: kind === 'pglite' ? 'its one backend has no other to wait for or to kill' : false },
  async t => {
    const send = await listening(t)
    await send('POST', '/contracts', [{ contractNumber: 'N-1', year: 1, amount: 1 }])
    const other = new pg.Client({ connectionString })
    await other.connect()
    t.after(() => other.end())
    const items = [
      { contractNumber: 'N-0', year: 1, amount: 1 },
      { contractNumber: 'N-1', year: 1, amount: 2 },
      { contractNumber: 'N-2', year: 1, amount: 1, note: 'x' }
    ]

    for (const [method, path, body] of [
      ['POST', byPair, items],
      ['PATCH', '/contracts', [{ id: 1, amount: 3 }]],
      ['DELETE', '/contracts', [1]]
    ] as const) {
      await other.query('BEGIN')
      await other.query("SELECT 1 FROM contracts WHERE contract_number = 'N-1' FOR UPDATE")
      const answer = send(method, path, body)
      await killWaiting(other)
      const {
        status,
        retryAfter,
        body: { code, ...rest }
      } = await answer
      const { error_id: errorId, ...envelope } = rest as { error_id?: string }
      t.strictSame(
        [status, retryAfter, { code, ...envelope }],
        [503, '1', { ...refused('database_unavailable', 'The database is not available', []), errors: {} }],
        `${method} ${path}`
      )
      t.match(errorId, /^[0-9a-f-]{36}$/)
      await other.query('ROLLBACK')
      t.strictSame(
        await query('SELECT contract_number, amount FROM contracts'),
        [{ contract_number: 'N-1', amount: '1.00' }],
        'nothing was written'
      )
    }
    t.strictSame((await send('POST', byPair, items)).body.meta, { created: 2, updated: 1, unchanged: 0 })
  }
)

/** Ends the backend that waits for a lock, as soon as there is one. */
async function killWaiting (client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`)
    if (rowCount !== null && rowCount > 0) return
  }
}

await t.test('a database that cannot be reached gives 503 and no reason', async t => {
  const { PrismaClient } = await import('../../prisma/generated/client/client.js')
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const { commons } = await import('fastify-prisma-commons/extension')
  const { metadata } = await import('../../prisma/generated/metadata.js')
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: 'postgres://nobody:secret@127.0.0.1:1/none' })
  }).$extends(commons({ metadata }))
  const app = await serve(t, { ...database, client }, { '/tags': { model: 'Tag' } })
  const answer = await app.inject({ method: 'POST', url: '/tags', payload: [{ slug: 'a', name: 'A' }] })
  const { error_id: errorId, ...body } = answer.json() as { error_id?: string }
  t.strictSame(
    [answer.statusCode, answer.headers['retry-after'], body],
    [503, '1', { ...refused('database_unavailable', 'The database is not available', []), errors: {} }]
  )
  t.match(errorId, /^[0-9a-f-]{36}$/)
})
