import t from 'tap'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { bulkAnswer, bulkDatabase, contract, counts, refused, sender, serve } from '../helpers/bulk-app.js'
import { timestamp } from '../helpers/envelope-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(t, database, {
  '/contracts': { model: 'Contract' },
  '/articles': { model: 'Article' },
  '/comments': { model: 'Comment' },
  '/memberships': { model: 'Membership' },
  '/badges': { model: 'Badge' }
})
const send = sender(app)
const created = { created: 1, updated: 0, unchanged: 0 }
const minimal = { prefer: 'return=minimal' }

t.beforeEach(async () => {
  await query(
    'TRUNCATE contracts, customers, articles, comments, users, "org memberships", badges RESTART IDENTITY CASCADE'
  )
  await query("INSERT INTO users (name) VALUES ('alice')")
  await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now()), ('C-2', 'Two', now())")
  statements.length = 0
})

async function stored (): Promise<unknown[]> {
  return (await query('SELECT contract_number FROM contracts ORDER BY contract_number')).map(
    row => row.contract_number
  )
}

await t.test('an array is created whole, answered in request order with what the database made of it', async t => {
  const { status, headers, body } = await send('POST', '/contracts', [
    { contractNumber: 'N-2', year: 2026, amount: '10.01', status: 'active', note: 'ü "quoted" \\ {x}' },
    { contractNumber: 'N-1', year: 2026, amount: 10, externalRef: 'E', customerId: 2 },
    { contractNumber: 'N-3', year: -1, amount: '-1e2', note: null, customerId: null }
  ])
  t.strictSame(
    [status, body],
    [
      201,
      bulkAnswer('Contracts created successfully', { created: 3, updated: 0, unchanged: 0 }, [
        contract({ id: 1, contractNumber: 'N-2', amount: '10.01', status: 'active', note: 'ü "quoted" \\ {x}' }),
        contract({ id: 2, contractNumber: 'N-1', externalRef: 'E', customerId: 2 }),
        contract({ id: 3, contractNumber: 'N-3', year: -1, amount: '-100.00' })
      ])
    ]
  )
  t.strictSame(
    [headers['content-type'], headers['vary'], headers['preference-applied']],
    ['application/json; charset=utf-8', 'Authorization, Prefer', undefined]
  )
})

await t.test('an object is created and answered as one', async t => {
  const { status, body } = await send('POST', '/contracts', { contractNumber: 'N-1', year: 2026, amount: '10' })
  t.strictSame([status, body], [201, bulkAnswer('Contract created successfully', created, contract({}))])
})

await t.test('return=minimal and include_results=false answer with counts, of a list and of one', async t => {
  const list = [
    { contractNumber: 'N-1', year: 1, amount: 1 },
    { contractNumber: 'N-1', year: 2, amount: 1 }
  ]
  const preferred = await send('POST', '/contracts', list, minimal)
  t.strictSame(
    [preferred.status, preferred.body],
    [201, counts('Contracts created successfully', 'created', 2, { created: 2, updated: 0, unchanged: 0 })]
  )
  t.equal(preferred.headers['preference-applied'], 'return=minimal')

  const asked = await send('POST', '/contracts?include_results=false', { contractNumber: 'N-2', year: 1, amount: 1 })
  t.strictSame([asked.status, asked.body], [201, counts('Contract created successfully', 'created', 1, created)])
  t.equal(asked.headers['preference-applied'], undefined, 'nothing was preferred')

  const whole = await send('POST', '/contracts?include_results=true', { contractNumber: 'N-3', year: 1, amount: 1 })
  t.equal((whole.body.data as { contractNumber?: string }).contractNumber, 'N-3')
  t.strictSame(await stored(), ['N-1', 'N-1', 'N-2', 'N-3'])
})

await t.test('a relation is written under its name or that of its key, its id as a number or as digits', async t => {
  const { status, body } = await send('POST', '/contracts', [
    { contractNumber: 'N-1', year: 1, amount: 1, customer: 1 },
    { contractNumber: 'N-2', year: 1, amount: 1, customerId: '2' },
    { contractNumber: 'N-3', year: 1, amount: 1, customer: '1', customerId: 1 },
    { contractNumber: 'N-4', year: 1, amount: 1, customer: null }
  ])
  t.strictSame([status, (body.data as { customerId: unknown }[]).map(row => row.customerId)], [201, [1, 2, 1, null]])

  const different = await send('POST', '/contracts', [
    { contractNumber: 'N-5', year: 1, amount: 1, customer: 1, customerId: 2 },
    { contractNumber: 'N-6', year: 1, amount: 1, customer: null, customerId: 2 },
    { contractNumber: 'N-7', year: 1, amount: 1, customer: 'x', customerId: 2 }
  ])
  const expected = 'an integer from -2147483648 to 2147483647'
  const problem = 'customer and customerId name different rows'
  t.strictSame(
    [different.status, different.body],
    [
      400,
      refused('validation_failed', '3 items are not valid; nothing was written', [
        { index: 0, field: 'customerId', code: 'invalid_value', message: problem, params: { problem } },
        { index: 1, field: 'customerId', code: 'invalid_value', message: problem, params: { problem } },
        { index: 2, field: 'customer', code: 'invalid_type', message: `Expected ${expected}`, params: { expected } }
      ])
    ]
  )
})

await t.test(
  'keys that name no row are found by one query a relation, and named as the client wrote them',
  async t => {
    await query(
      "INSERT INTO articles (id, title, slug, content, updated_at) VALUES ('00000000-0000-7000-8000-000000000001', " +
        "'A', 'a', '', now())"
    )
    const items = Array.from({ length: 50 }, (_, i) => ({
      contractNumber: `N-${i}`,
      year: 1,
      amount: 1,
      customerId: (i % 2) + 1
    }))
    t.equal((await send('POST', '/contracts', items)).status, 201)
    t.equal(statements.length, 2, 'one look for 50 customers, one insert')

    const unknown = await send('POST', '/contracts', [
      { contractNumber: 'M-1', year: 1, amount: 1, customer: 7 },
      { contractNumber: 'M-2', year: 1, amount: 1, customerId: 1 },
      { contractNumber: 'M-3', year: 1, amount: 1, customerId: 7 }
    ])
    const params = { model: 'Customer', key: 'id', value: 7 }
    t.strictSame(
      [unknown.status, unknown.body],
      [
        400,
        refused('foreign_key_not_found', '2 items are not valid; nothing was written', [
          { index: 0, field: 'customer', code: 'foreign_key_not_found', message: 'No Customer with id 7', params },
          { index: 2, field: 'customerId', code: 'foreign_key_not_found', message: 'No Customer with id 7', params }
        ])
      ]
    )
    const comment = await send('POST', '/comments', {
      article: '00000000-0000-7000-8000-00000000000F',
      body: 'x',
      rating: 1
    })
    t.strictSame([comment.status, comment.body.code], [400, 'foreign_key_not_found'])
    t.equal(
      (await send('POST', '/comments', { article: '00000000-0000-7000-8000-000000000001', body: 'x', rating: 1 }))
        .status,
      201
    )
  }
)

await t.test('what the server gives is ignored when sent: ids, stamps and the version', async t => {
  const { status, body } = await send(
    'POST',
    '/contracts',
    contract({ id: 99, version: 'anything', createdAt: '2000-01-01', updatedById: 1, createdById: [], amount: '1' })
  )
  t.strictSame([status, body.data], [201, contract({ amount: '1.00' })])
})

await t.test('stamps name the user of the request', async t => {
  const app = await serve(
    t,
    database,
    { '/contracts': { model: 'Contract' } },
    {
      prepare: async app => {
        await app.register(currentUser, { resolve: () => ({ id: 1 }) })
      }
    }
  )
  const { body } = await sender(app)('POST', '/contracts', [{ contractNumber: 'N-1', year: 2026, amount: '10' }])
  t.strictSame(body.data, [contract({ createdById: 1, updatedById: 1 })])
})

await t.test('ids that the client library makes, lists and JSON come back as stored', async t => {
  const metadata = { a: [1, { b: null }], 'quo"te': '\\' }
  const { status, body } = await send('POST', '/articles', [
    { title: 'One', slug: 'one', content: '', metadata, tags: ['a,b', '"', ''] },
    { title: 'Two', slug: 'two', content: '', author: 1 }
  ])
  const rows = body.data as { id: string }[]
  const article = {
    content: '',
    published: false,
    authorId: null,
    metadata: null,
    tags: [],
    notes: null,
    version: 1,
    createdAt: timestamp,
    updatedAt: timestamp,
    createdById: null,
    updatedById: null,
    isActive: true,
    deletedAt: null
  }
  t.strictSame(
    [status, rows],
    [
      201,
      [
        { ...article, id: rows[0]!.id, title: 'One', slug: 'one', metadata, tags: ['a,b', '"', ''] },
        { ...article, id: rows[1]!.id, title: 'Two', slug: 'two', authorId: 1 }
      ]
    ]
  )
  t.match(
    rows.map(row => row.id),
    [/^[0-9a-f-]{14}7/, /^[0-9a-f-]{14}7/],
    'version 7'
  )
})

await t.test('composite keys are the client’s own, and relations by them are checked by the database', async t => {
  const { status, body } = await send('POST', '/memberships', [
    { org: 'a', userId: 1 },
    { org: 'a', userId: 2, title: 'chair', level: 9 }
  ])
  t.strictSame(
    [status, body.data],
    [
      201,
      [
        { org: 'a', userId: 1, title: 'member', level: 2 },
        { org: 'a', userId: 2, title: 'chair', level: 9 }
      ]
    ]
  )

  const badges = await send('POST', '/badges', [
    { org: 'a', userId: 1, label: 'x' },
    { org: 'b', userId: 1, label: 'x' }
  ])
  t.strictSame(
    [badges.status, badges.body],
    [
      400,
      refused('foreign_key_not_found', '1 item is not valid; nothing was written', [
        {
          index: 1,
          field: 'org',
          code: 'foreign_key_not_found',
          message: 'No Membership with org, userId b, 1',
          params: { model: 'Membership', key: ['org', 'userId'], value: ['b', 1] }
        }
      ])
    ]
  )
})

await t.test(
  'unique values that are taken give 409 and name the items, repeated ones 400 and every index',
  async t => {
    await send('POST', '/contracts', [{ contractNumber: 'N-1', year: 2026, amount: 1, externalRef: 'E-1' }])
    const taken = await send('POST', '/contracts', [
      { contractNumber: 'N-2', year: 2026, amount: 1 },
      { contractNumber: 'N-1', year: 2026, amount: 1 }
    ])
    t.strictSame(
      [taken.status, taken.body],
      [
        409,
        refused('unique_violation', '1 item is not valid; nothing was written', [
          {
            index: 1,
            code: 'unique_violation',
            message: 'Contract with this contractNumber, year already exists',
            params: { model: 'Contract', fields: ['contractNumber', 'year'] }
          }
        ])
      ]
    )
    const one = await send('POST', '/contracts', { contractNumber: 'N-3', year: 2026, amount: 1, externalRef: 'E-1' })
    const message = 'Contract with this externalRef already exists'
    t.strictSame(
      [one.status, one.body],
      [
        409,
        refused('unique_violation', message, [
          {
            field: 'externalRef',
            code: 'unique_violation',
            message,
            params: { model: 'Contract', fields: ['externalRef'] }
          }
        ])
      ]
    )

    statements.length = 0
    const repeated = await send('POST', '/contracts', [
      { contractNumber: 'N-4', year: 2026, amount: 1, externalRef: 'E-4' },
      { contractNumber: 'N-5', year: 2026, amount: 1, externalRef: 'E-4' },
      { contractNumber: 'N-4', year: 2026, amount: 1 },
      { contractNumber: 'N-4', year: 2026, amount: 1 }
    ])
    const pair = { fields: ['contractNumber', 'year'], indexes: [0, 2, 3] }
    const pairMessage = 'Duplicate contractNumber, year at indexes 0, 2, 3'
    const ref = { fields: ['externalRef'], indexes: [0, 1] }
    const refMessage = 'Duplicate externalRef at indexes 0, 1'
    t.strictSame(
      [repeated.status, repeated.body],
      [
        400,
        refused('duplicate_key', '4 items are not valid; nothing was written', [
          { index: 0, field: 'externalRef', code: 'duplicate_key', message: refMessage, params: ref },
          { index: 0, code: 'duplicate_key', message: pairMessage, params: pair },
          { index: 1, field: 'externalRef', code: 'duplicate_key', message: refMessage, params: ref },
          { index: 2, code: 'duplicate_key', message: pairMessage, params: pair },
          { index: 3, code: 'duplicate_key', message: pairMessage, params: pair }
        ])
      ]
    )
    t.strictSame([statements, await stored()], [[], ['N-1']], 'found without a statement')
  }
)
