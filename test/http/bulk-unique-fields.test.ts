import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
const app = await serve(t, database, {
  '/contracts': { model: 'Contract' },
  '/tags': { model: 'Tag', bulk: { allowSingular: false } },
  '/mine': { model: 'Invoice', scope: { ownerId: () => 1 } }
})
const send = sender(app)

t.beforeEach(async () => {
  await query('TRUNCATE contracts, tags, invoices RESTART IDENTITY CASCADE')
  await query("INSERT INTO users (id, name) VALUES (1, 'alice'), (2, 'bob') ON CONFLICT DO NOTHING")
  await query(
    "INSERT INTO contracts (contract_number, year, amount, updated_at) SELECT 'N-' || i, 2026, i, now() FROM " +
      'generate_series(1, 4) i'
  )
  await query(
    "INSERT INTO invoices (owner_id, number, issued_on) VALUES (1, 'A', '2026-01-01'), (2, 'A', '2026-01-01'), (2, " +
      "'B', '2026-01-01')"
  )
})

const left = async (): Promise<string> =>
  (await query<{ ids: string }>("SELECT string_agg(id::text, ',' ORDER BY id) AS ids FROM contracts"))[0]!.ids

await t.test('rows are deleted by a unique constraint, and what is missing is named by it', async t => {
  const key = (contractNumber: string, year = 2026): object => ({ contractNumber, year })
  const answer = await send('DELETE', '/contracts?unique_fields=contractNumber,year', [
    key('N-3'),
    key('N-9'),
    key('N-1'),
    key('N-1', 2025)
  ])
  t.match(
    [answer.status, answer.body.data],
    [200, { requested_count: 4, count: 2, missing_ids: [key('N-9'), key('N-1', 2025)], missing_count: 2 }]
  )
  t.equal(await left(), '2,4')
})

await t.test('every field of the set is asked for, and no other is taken', async t => {
  for (const [url, body, code, message] of [
    [
      '/contracts?unique_fields=contractNumber,year',
      [{ contractNumber: 'N-1' }],
      'required',
      'This field is required'
    ],
    [
      '/contracts?unique_fields=contractNumber,year',
      [{ contractNumber: 'N-1', year: 2026, amount: 1 }],
      'unknown_field',
      /^Unknown field "amount"/
    ],
    [
      '/contracts?unique_fields=contractNumber,year',
      [{ contractNumber: 'N-1', year: 'x' }],
      'invalid_type',
      /^Expected an integer/
    ],
    [
      '/contracts?unique_fields=contractNumber,year',
      ['N-1'],
      'invalid_type',
      'Expected an object of contractNumber, year'
    ],
    ['/contracts?unique_fields=year', [{ year: 2026 }], 'invalid_unique_fields', /^"year" is not a unique constraint/],
    ['/contracts?unique_fields=contractNumber,year&ids=1', undefined, 'invalid_parameter', /names rows by their ids/],
    [
      '/contracts?unique_fields=contractNumber,year',
      { ids: [1] },
      'invalid_type',
      /a list of objects of contractNumber, year/
    ]
  ] as const) {
    const {
      status,
      body: { code: actual, message: text, details }
    } = await send('DELETE', url, body)
    const [first] = details as { message: string }[]
    t.match([status, actual, first?.message ?? text], [400, code, message], `${url} ${JSON.stringify(body)}`)
  }
  t.equal(await left(), '1,2,3,4')
})

await t.test('the set is the own one of who asks', async t => {
  const answer = await send('DELETE', '/mine?unique_fields=number', [{ number: 'B' }, { number: 'A' }])
  t.match(answer.body.data, { count: 1, missing_ids: [{ number: 'B' }] })
  t.strictSame(await query('SELECT owner_id, number FROM invoices ORDER BY id'), [
    { owner_id: 2, number: 'A' },
    { owner_id: 2, number: 'B' }
  ])
})

await t.test('an upsert may carry its parameters in the body', async t => {
  const item = { contractNumber: 'N-1', year: 2026, amount: '7', note: 'kept out' }
  const answer = await send('POST', '/contracts', {
    data: [item],
    unique_fields: ['contractNumber', 'year'],
    update_fields: 'amount'
  })
  t.match([answer.status, answer.body], [200, { meta: { updated: 1 }, data: [{ id: 1, amount: '7.00', note: null }] }])
  t.match(
    (
      await send('PATCH', '/contracts', {
        data: [{ ...item, contractNumber: 'N-8' }],
        unique_fields: 'contractNumber,year'
      })
    ).body,
    { meta: { created: 1 } }
  )
  const both = await send('POST', '/contracts?unique_fields=externalRef', {
    data: [item],
    unique_fields: ['contractNumber', 'year']
  })
  t.equal(both.status, 400, 'said twice, it is a row with unknown fields')
  const other = await send('POST', '/contracts', { data: [item], unique_fields: ['contractNumber', 'year'], more: 1 })
  t.match([other.status, other.body['code']], [400, 'validation_failed'])
})

await t.test('single objects can be refused', async t => {
  const tag = { slug: 'a', name: 'A' }
  for (const url of ['/tags', '/tags?unique_fields=slug']) {
    const answer = await send('POST', url, tag)
    t.strictSame([answer.status, answer.body['message']], [400, 'Expected a list of objects as the body'], url)
    t.equal((await send('POST', url, [tag])).status, url === '/tags' ? 201 : 200)
  }
})
