import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
await query(
  "INSERT INTO contracts (contract_number, year, amount, version, updated_at) VALUES ('N-1', 2026, 1, 3, now()), " +
    "('N-2', 2026, 1, 1, now())"
)
const send = sender(
  await serve(
    t,
    database,
    { '/contracts': { model: 'Contract' }, '/strict': { model: 'Contract', requireIfMatch: true } },
    { crud: true }
  )
)

const upsert = '/contracts?unique_fields=contractNumber,year'
const one = { contractNumber: 'N-1', year: 2026, amount: 2 }

const versions = async (): Promise<unknown> =>
  (await query('SELECT version FROM contracts ORDER BY id')).map(({ version }) => version as number)

/** Requests that change one row of a collection. */
const single = [
  ['PATCH', upsert, one],
  ['PUT', upsert, one],
  ['POST', upsert, one],
  ['POST', upsert, [one]],
  ['POST', `${upsert}&partial_success=true`, [one]],
  ['PATCH', '/contracts', [{ id: 1, amount: 2 }]],
  ['PUT', '/contracts', [{ id: 1, ...one }]],
  ['DELETE', '/contracts', [1]],
  ['DELETE', '/contracts?ids=1', undefined]
] as const

for (const [method, url, body] of single) {
  await t.test(
    `${method} ${url} with ${JSON.stringify(body)}: a stale If-Match is 412, and nothing is written`,
    async t => {
      const { status, headers, body: answer } = await send(method, url, body, { 'if-match': '"9"' })
      t.strictSame([status, answer['code'], headers['etag']], [412, 'precondition_failed', '"3"'])
      t.strictSame(await versions(), [3, 1])
    }
  )
}

await t.test('If-Match with several rows is 400, and says what to do', async t => {
  const { status, body } = await send(
    'PATCH',
    '/contracts',
    [
      { id: 1, amount: 2 },
      { id: 2, amount: 2 }
    ],
    { 'if-match': '"3"' }
  )
  t.strictSame(
    [status, body['message']],
    [400, 'The header If-Match goes with one row: in a list of several, give each item its version']
  )
  t.match(await send('DELETE', '/contracts', [1, 2], { 'if-match': '"3"' }), {
    status: 400,
    body: { message: 'The header If-Match goes with one row: name the rows one by one' }
  })
  t.equal((await send('POST', '/contracts', one, { 'if-match': '"3"' })).status, 400, 'a creation changes no row')
  t.equal((await send('PATCH', upsert, one, { 'if-match': '"3"', 'if-none-match': '*' })).status, 400)
})

await t.test('an upsert with If-Match makes no row', async t => {
  for (const tag of ['"1"', '*']) {
    t.equal((await send('PATCH', upsert, { ...one, year: 1999 }, { 'if-match': tag })).status, 412, tag)
  }
  t.strictSame(await versions(), [3, 1])
})

await t.test('a matching tag lets the write through, and its answer has the next one', async t => {
  const { status, headers } = await send('PATCH', upsert, one, { 'if-match': '"2", "3"' })
  t.strictSame([status, headers['etag']], [200, '"4"'])
  t.equal((await send('PATCH', '/contracts', [{ id: 1, amount: 3 }], { 'if-match': '*' })).status, 200)
  t.strictSame(await versions(), [5, 1])
})

await t.test('requireIfMatch holds on every path that changes one row', async t => {
  const strict = '/strict?unique_fields=contractNumber,year'
  for (const [method, url, body] of [
    ['PATCH', strict, one],
    ['POST', strict, [one]],
    ['PATCH', '/strict', [{ id: 1, amount: 1 }]],
    ['PUT', '/strict', [{ id: 1, ...one }]],
    [
      'PATCH',
      '/strict',
      [
        { id: 1, amount: 1, version: 5 },
        { id: 2, amount: 1 }
      ]
    ],
    ['DELETE', '/strict', [1]],
    ['PATCH', '/strict/1', { amount: 1 }],
    ['DELETE', '/strict', [1, 2]],
    ['DELETE', '/strict', [1, 1]],
    ['POST', strict, [one, { ...one, year: 1 }]],
    [
      'PATCH',
      `${strict}&partial_success=true`,
      [
        { ...one, version: 5 },
        { ...one, contractNumber: 'N-2' }
      ]
    ]
  ] as const) {
    const { status, body: answer } = await send(method, url, body)
    t.strictSame([status, answer['code']], [428, 'precondition_required'], `${method} ${url}`)
  }
  t.strictSame(await versions(), [5, 1])
  const { body } = await send('PATCH', '/strict', [
    { id: 1, amount: 1, version: 5 },
    { id: 2, amount: 1 }
  ])
  t.match(body['details'], [
    {
      code: 'precondition_required',
      pointer: '/1/version',
      message: 'In a list of several, each item needs the version of its row'
    }
  ])
  t.equal(
    (
      await send('PATCH', '/strict', [
        { id: 1, amount: 7, version: 5 },
        { id: 2, amount: 7, version: 1 }
      ])
    ).status,
    200,
    'versions in the items'
  )
  t.equal((await send('PATCH', strict, one, { 'if-match': '"6"' })).status, 200)
  t.equal((await send('POST', strict, { ...one, year: 2000 }, { 'if-none-match': '*' })).status, 201)
  t.equal(
    (
      await send('POST', strict, [
        { ...one, year: 2001 },
        { ...one, year: 2002 }
      ])
    ).status,
    200,
    'new rows have no versions'
  )
})
