import swagger from '@fastify/swagger'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import type { ActionItem, ResourceOptions } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database

const ownerOf = (request: unknown): number | undefined => {
  const user = (request as FastifyRequest).headers['x-user']
  return user === undefined ? undefined : Number(user)
}

const asked: { action: string; items: readonly ActionItem[] }[] = []
const told: string[] = []
let refuse = (_action: string, _item: ActionItem): boolean => false

const audited: ResourceOptions = {
  model: 'Contract',
  messages: { create: 'Signed' },
  authorize (_request, action, items) {
    asked.push({ action, items })
    return !items.some(item => refuse(action, item))
  },
  before: {
    async bulkCreate ({ items }) {
      for (const { data } of items) data!['note'] = `seen: ${String(data!['note'] ?? '')}`
    },
    async update ({ items: [item], client }) {
      told.push(`before ${item!.current!['contractNumber'] as string}`)
      await client.$queryRawUnsafe("INSERT INTO tags (slug, name) VALUES ('hook', 'made by a hook')")
    }
  },
  after: {
    bulkCreate ({ rows }) {
      told.push(`after ${rows.map(row => row['contractNumber']).join()}`)
    },
    update ({ rows: [row] }) {
      if (row!['note'] === 'fail') throw new Error('the hook fails')
    },
    list ({ rows }) {
      told.push(`listed ${rows.length}`)
    }
  }
}

const app = await serve(
  t,
  database,
  {
    '/invoices': { model: 'Invoice', scope: { ownerId: ownerOf } },
    '/contracts': audited,
    '/articles': { model: 'Article', scope: { authorId: ownerOf }, returnDataOnCreate: false },
    '/plain': { model: 'Tag' }
  },
  { crud: true }
)
const send = sender(app)
const as = (user: number): Record<string, string> => ({ 'x-user': String(user) })

t.beforeEach(async () => {
  await query('TRUNCATE invoices, contracts, articles, tags RESTART IDENTITY CASCADE')
  await query("INSERT INTO users (id, name) VALUES (1, 'alice'), (2, 'bob') ON CONFLICT DO NOTHING")
  await query(
    "INSERT INTO invoices (owner_id, number, issued_on) VALUES (1, 'A-1', '2026-01-01'), (2, 'B-1', '2026-01-01'), " +
      "(1, 'A-2', '2026-01-01')"
  )
  await query(
    "INSERT INTO contracts (contract_number, year, amount, updated_at) VALUES ('N-1', 2026, 1, now()), ('N-2', " +
      '2026, 2, now())'
  )
  asked.length = told.length = statements.length = 0
  refuse = () => false
})

const numbers = async (): Promise<string> =>
  (
    await query<{ text: string }>(
      "SELECT string_agg(owner_id || ':' || number || ':' || issued_on, ' ' ORDER BY id) AS text FROM invoices"
    )
  )[0]!.text
const stood = '1:A-1:2026-01-01 2:B-1:2026-01-01 1:A-2:2026-01-01'

await t.test('rows of others do not exist: no read shows them', async t => {
  const list = (await send('GET', '/invoices', undefined, as(1))).body.data as {
    count: number
    results: { number: string }[]
  }
  t.strictSame([list.count, list.results.map(row => row.number)], [2, ['A-1', 'A-2']])
  t.equal((await send('GET', '/invoices/1', undefined, as(1))).status, 200)
  t.equal((await send('GET', '/invoices/2', undefined, as(1))).status, 404)
})

await t.test('rows of others do not exist: no write reaches them', async t => {
  const change = { issuedOn: '2027-07-07' }
  const whole = { number: 'X', ...change }
  for (const [method, url, body, status] of [
    ['PATCH', '/invoices/2', change, 404],
    ['PUT', '/invoices/2', whole, 404],
    ['DELETE', '/invoices/2', undefined, 404],
    [
      'PATCH',
      '/invoices',
      [
        { id: 1, ...change },
        { id: 2, ...change }
      ],
      404
    ],
    ['PUT', '/invoices', [{ id: 2, ...whole }], 404]
  ] as const) {
    t.equal((await send(method, url, body, as(1))).status, status, `${method} ${url}`)
    t.equal(await numbers(), stood)
  }
  const missing = await send(
    'PATCH',
    '/invoices',
    [
      { id: 1, ...change },
      { id: 2, ...change }
    ],
    as(1)
  )
  t.match(missing.body, { errors: { 1: { id: ['No Invoice with id 2'] } } })
  t.match((await send('DELETE', '/invoices', [1, 2, 9], as(1))).body.data, {
    requested_count: 3,
    count: 1,
    missing_ids: [2, 9],
    missing_count: 2
  })
  t.equal(await numbers(), '2:B-1:2026-01-01 1:A-2:2026-01-01')
})

await t.test('the scope completes what is written, and no client chooses it', async t => {
  const made = await send(
    'POST',
    '/invoices',
    [
      { number: 'A-3', issuedOn: '2026-02-02', ownerId: 2 },
      { number: 'B-1', issuedOn: '2026-02-02' }
    ],
    as(1)
  )
  t.match(made.body.data, [
    { number: 'A-3', ownerId: 1 },
    { number: 'B-1', ownerId: 1 }
  ])
  const upserted = await send(
    'POST',
    '/invoices?unique_fields=number',
    [
      { number: 'A-1', issuedOn: '2030-01-01' },
      { number: 'A-4', issuedOn: '2030-01-01' }
    ],
    as(1)
  )
  t.match(upserted.body, {
    meta: { created: 1, updated: 1 },
    data: [
      { id: 1, ownerId: 1 },
      { number: 'A-4', ownerId: 1 }
    ]
  })
  t.match(
    (await send('POST', '/invoices?unique_fields=number', { number: 'B-1', issuedOn: '2031-01-01' }, as(2))).body.data,
    { id: 2, ownerId: 2 }
  )
  t.equal((await send('POST', '/invoices', { number: 'A-1', issuedOn: '2026-02-02' }, as(1))).status, 409)
  const byId = await send(
    'POST',
    '/invoices?unique_fields=id',
    [{ id: 2, number: 'stolen', issuedOn: '2026-02-02' }],
    as(1)
  )
  t.strictSame([byId.status, byId.body['code']], [400, 'invalid_unique_fields'])
  t.match(byId.body['message'], /Unique constraints: number$/)
})

await t.test('who is nobody gets 401, with nothing read or written', async t => {
  for (const [method, url, body] of [
    ['GET', '/invoices', undefined],
    ['GET', '/invoices/1', undefined],
    ['POST', '/invoices', { number: 'N', issuedOn: '2026-01-01' }],
    ['DELETE', '/invoices', [1]]
  ] as const) {
    t.equal((await send(method, url, body)).status, 401, `${method} ${url}`)
  }
  t.strictSame(statements, [])
})

await t.test('a permission sees the whole batch and its rows before the first is written', async t => {
  refuse = (_action, { current }) => current?.['contractNumber'] === 'N-2'
  const refused = await send('PATCH', '/contracts', [
    { id: 1, note: 'x' },
    { id: 2, note: 'y' }
  ])
  t.strictSame([refused.status, refused.body['code']], [403, 'forbidden'])
  t.strictSame(
    asked.map(({ action, items }) => [
      action,
      items.map(({ index, data, current }) => [index, data!['note'], current!['contractNumber']])
    ]),
    [
      [
        'bulkUpdate',
        [
          [0, 'x', 'N-1'],
          [1, 'y', 'N-2']
        ]
      ]
    ]
  )
  t.strictSame(await query('SELECT DISTINCT note FROM contracts'), [{ note: null }])
  t.equal((await send('DELETE', '/contracts', [2])).status, 403)
  t.equal((await send('DELETE', '/contracts/2')).status, 403)
  t.equal((await send('DELETE', '/contracts/1')).status, 200)
})

await t.test('hooks run around an action, in its transaction', async t => {
  const made = await send('POST', '/contracts', [{ contractNumber: 'H-1', year: 2026, amount: 1 }], {
    prefer: 'return=minimal'
  })
  t.equal(made.status, 201)
  t.strictSame(told, ['after H-1'])
  t.strictSame(await query("SELECT note FROM contracts WHERE contract_number = 'H-1'"), [{ note: 'seen: ' }])

  t.equal((await send('PATCH', '/contracts/1', { note: 'ok' })).status, 200)
  t.strictSame(told.slice(1), ['before N-1'])
  t.strictSame(await query('SELECT slug FROM tags'), [{ slug: 'hook' }])
  await query('TRUNCATE tags CASCADE')
  t.equal((await send('PATCH', '/contracts/1', { note: 'fail' })).status, 500)
  t.strictSame(await query('SELECT slug FROM tags'), [], 'what the hook wrote is undone')
  t.strictSame(await query('SELECT note FROM contracts WHERE id = 1'), [{ note: 'ok' }])

  await send('GET', '/contracts')
  t.equal(told.at(-1), 'listed 3')
})

await t.test('a constraint that refuses a guarded write still names the items', async t => {
  const answer = await send('POST', '/contracts', [
    { contractNumber: 'K-1', year: 2026, amount: 1 },
    { contractNumber: 'N-1', year: 2026, amount: 1 }
  ])
  t.strictSame([answer.status, Object.keys(answer.body['errors'] as object)], [409, ['1']])
})

await t.test('messages and answers without rows are the choice of a resource', async t => {
  t.match((await send('POST', '/contracts', { contractNumber: 'M-1', year: 2026, amount: 1 })).body, {
    message: 'Signed',
    data: { contractNumber: 'M-1' }
  })
  const article = { title: 'One', content: 'text' }
  t.match((await send('POST', '/articles', article, as(1))).body.data, { count: 1, serialization_skipped: true })
  t.match((await send('POST', '/articles', article, { ...as(1), prefer: 'return=representation' })).body.data, {
    title: 'One',
    authorId: 1
  })
})

await t.test('without rules a write stays one statement', async t => {
  await send('POST', '/plain', [
    { slug: 'a', name: 'A' },
    { slug: 'b', name: 'B' }
  ])
  t.equal(statements.length, 1)
})

await t.test('the description of a route tells of the errors of its rules', async t => {
  const described = await serve(
    t,
    database,
    {
      '/invoices': { model: 'Invoice', scope: { ownerId: ownerOf }, authorize: () => true },
      '/tags': { model: 'Tag' }
    },
    {
      crud: true,
      prepare: async app => {
        await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
      }
    }
  )
  await described.ready()
  const statuses = (path: string): string[] =>
    Object.keys((described.swagger().paths![path] as { get: { responses: object } }).get.responses)
  t.strictSame(
    ['401', '403'].map(status => statuses('/invoices/{id}').includes(status)),
    [true, true]
  )
  t.strictSame(
    ['401', '403'].map(status => statuses('/tags/{id}').includes(status)),
    [false, false]
  )
})
