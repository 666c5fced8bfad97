import t from 'tap'
import { manyDataToData } from 'fastify-prisma-commons/resource'
import { bulkDatabase, contract, sender, serve } from '../helpers/bulk-app.js'
import { timestamp } from '../helpers/envelope-app.js'
import { watchStatements } from '../helpers/statements.js'

const database = await bulkDatabase(t)
const { query, pool } = database
const statementsOf = watchStatements(pool)
const app = await serve(t, database, {
  '/contracts': { model: 'Contract', bulk: { maxItems: 5000 } },
  '/articles': { model: 'Article', bulk: { actionRoutes: true }, canSeeDeleted: () => true },
  '/invoices': { model: 'Invoice', scope: { ownerId: () => 1 } },
  '/nested': { model: 'Invoice', relations: { lineItems: manyDataToData({ mode: 'sync' }) } },
  '/guarded': {
    model: 'Contract',
    authorize: (_request, _action, items) =>
      items.every(({ data, current }) => data?.['note'] !== 'secret' && current?.['note'] !== 'secret'),
    before: {
      bulkUpdate: ({ items }) => {
        for (const { data, index } of items) data!['note'] = `${String(data!['note'])} ${index}`
      }
    },
    after: {
      bulkUpdate: ({ items, rows }) => {
        seen.push(items.map(({ index }) => index).join(), rows.map(row => row['note']).join())
      }
    }
  }
})
const seen: string[] = []
const send = sender(app)
const lenient = { prefer: 'handling=lenient' }
const row = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})

await query('ALTER TABLE line_items ADD CONSTRAINT line_items_quantity_check CHECK (quantity >= 0)')
await query('ALTER TABLE contracts ADD CONSTRAINT contracts_amount_check CHECK (amount >= 0)')
t.beforeEach(async () => {
  await query('TRUNCATE users, customers, contracts, tags, articles, invoices RESTART IDENTITY CASCADE')
})

interface Result {
  readonly index: number
  readonly status: number
  readonly result: string
  readonly id?: unknown
  readonly errors?: readonly { readonly code: string; readonly pointer: string }[]
}

/** Each result as `index status result id`, failures with their pointers and codes. */
function told (body: { readonly data?: unknown }): string[] {
  const { results } = body.data as { readonly results: readonly Result[] }
  return results.map(({ index, status, result, id, errors = [] }) =>
    [
      index,
      status,
      result,
      ...(id === undefined ? [] : [JSON.stringify(id)]),
      ...errors.map(({ code, pointer }) => `${pointer}=${code}`)
    ].join(' ')
  )
}

await t.test('an answer tells what became of each item', async t => {
  const { status, headers, body } = await send(
    'POST',
    '/contracts',
    [row(1), row(2, { amount: '-1' }), row(3)],
    lenient
  )
  t.equal(status, 207)
  t.equal(headers['preference-applied'], 'handling=lenient')
  // The numbers of attempts that were undone are used up.
  const [first, last] = (await query<{ id: number }>('SELECT id FROM contracts ORDER BY id')).map(({ id }) => id)
  t.strictSame(body, {
    success: false,
    timestamp,
    message: '1 of 3 contracts could not be created',
    data: {
      results: [
        { index: 0, status: 201, result: 'created', id: first, data: contract({ id: first }) },
        {
          index: 1,
          status: 400,
          result: 'failed',
          errors: [
            {
              code: 'check_violation',
              pointer: '/1/amount',
              message: 'A database constraint rejected this value',
              index: 1,
              params: { model: 'Contract' }
            }
          ]
        },
        { index: 2, status: 201, result: 'created', id: last, data: contract({ id: last, contractNumber: 'N-3' }) }
      ],
      summary: { total: 3, created: 2, updated: 0, unchanged: 0, deleted: 0, failed: 1 }
    }
  })
})

await t.test('207 and success when nothing fails, 207 when all does', async t => {
  const all = await send('POST', '/contracts?partial_success=true', [row(1), row(2)])
  t.match(all, {
    status: 207,
    body: {
      success: true,
      message: 'Contracts created successfully',
      data: { summary: { total: 2, created: 2, failed: 0 } }
    }
  })
  t.notOk(all.headers['preference-applied'])
  const none = await send('POST', '/contracts?partial_success=true', [row(1), 'x', { contractNumber: 'N-3' }])
  t.equal(none.status, 207)
  t.strictSame(told(none.body), [
    '0 409 failed /0=unique_violation',
    '1 400 failed /1=invalid_type',
    '2 400 failed /2/year=required /2/amount=required'
  ])
})

await t.test('with return=minimal failed items alone are listed', async t => {
  const { status, headers, body } = await send('POST', '/contracts', [row(1), row(1), row(2)], {
    prefer: 'return=minimal, handling=lenient'
  })
  t.equal(status, 207)
  t.equal(headers['preference-applied'], 'return=minimal, handling=lenient')
  t.strictSame(told(body), ['0 400 failed /0=duplicate_key', '1 400 failed /1=duplicate_key'])
  t.match(body, { data: { summary: { total: 3, created: 1, failed: 2 } } })
})

await t.test('upserts, updates and replacements', async t => {
  await send('POST', '/contracts', [row(1), row(2), row(3)])
  const upserted = await send(
    'PATCH',
    '/contracts?unique_fields=contractNumber,year',
    [row(1), row(2, { note: 'x' }), row(4), row(5, { customerId: 9 }), { year: 2026 }],
    lenient
  )
  t.strictSame(told(upserted.body), [
    '0 200 unchanged 1',
    '1 200 updated 2',
    `2 201 created ${(await query<{ id: number }>("SELECT id FROM contracts WHERE contract_number = 'N-4'"))[0]!.id}`,
    '3 400 failed /3/customerId=foreign_key_not_found',
    '4 400 failed /4/contractNumber=missing_unique_field'
  ])
  const updated = await send(
    'PATCH',
    '/contracts',
    [
      { id: 1, note: 'a' },
      { id: 99, note: 'b' },
      { id: 2, note: 'c', version: 7 },
      { id: 3, note: null },
      { id: 'x' }
    ],
    lenient
  )
  t.strictSame(told(updated.body), [
    '0 200 updated 1',
    '1 404 failed /1/id=object_not_found',
    '2 409 failed /2/version=version_conflict',
    '3 200 unchanged 3',
    '4 400 failed /4/id=invalid_type'
  ])
  const replaced = await send('PUT', '/contracts', [{ id: 1, ...row(1) }, { id: 2 }, { id: 3, ...row(1) }], lenient)
  t.strictSame(told(replaced.body), [
    '0 200 updated 1',
    '1 400 failed /1/contractNumber=required /1/year=required /1/amount=required',
    '2 409 failed /2=unique_violation'
  ])
})

await t.test('deletions and restorations', async t => {
  const { body } = await send(
    'POST',
    '/articles',
    ['a', 'b', 'c'].map(title => ({ title, content: 'x' }))
  )
  const [a, b, c] = (body.data as { id: string }[]).map(({ id }) => id)
  const none = '00000000-0000-4000-8000-000000000000'
  const marked = await send('DELETE', '/articles/bulk-soft-delete', [a, none, 7, a], lenient)
  t.strictSame(told(marked.body), [
    `0 200 deleted "${a}"`,
    `1 404 failed "${none}" /1=object_not_found`,
    '2 400 failed 7 /2/id=invalid_type',
    `3 200 skipped "${a}"`
  ])
  t.match(marked.body, { success: false, data: { summary: { total: 4, deleted: 1, skipped: 1, failed: 2 } } })
  const restored = await send('POST', '/articles/bulk-restore?partial_success=true', { ids: [a, b] })
  t.strictSame(told(restored.body), [`0 200 restored "${a}"`, `1 200 unchanged "${b}"`])
  t.match(restored.body, { success: true, data: { summary: { total: 2, restored: 1, unchanged: 1, failed: 0 } } })
  await send('DELETE', `/articles?ids=${a}`)
  const gone = await send('DELETE', `/articles?ids=${a},${b},${c}&partial_success=true`)
  t.strictSame(told(gone.body), [
    `0 404 failed "${a}" /0=object_not_found`,
    `1 200 deleted "${b}"`,
    `2 200 deleted "${c}"`
  ])
})

await t.test('rows outside of the scope are missing, the others are written', async t => {
  await query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
  await query(
    "INSERT INTO invoices (owner_id, number, issued_on) VALUES (1, 'A', now()), (2, 'B', now()), (1, 'C', now())"
  )
  const updated = await send(
    'PATCH',
    '/invoices',
    [
      { id: 1, issuedOn: '2026-01-01' },
      { id: 2, issuedOn: '2026-01-01' },
      { id: 3, issuedOn: 'never' }
    ],
    lenient
  )
  t.strictSame(told(updated.body), [
    '0 200 updated 1',
    '1 404 failed /1/id=object_not_found',
    '2 400 failed /2/issuedOn=invalid_type'
  ])
  const gone = await send('DELETE', '/invoices', [2, 3], lenient)
  t.strictSame(told(gone.body), ['0 404 failed 2 /0=object_not_found', '1 200 deleted 3'])
})

await t.test('hooks see the items that are there, and afterwards those that were written', async t => {
  await send('POST', '/contracts', [row(1), row(2), row(3), row(4, { note: 'secret' })])
  const items = [
    { id: 1, note: 'a' },
    { id: 9, note: 'b' },
    { id: 2, note: 'c', version: 7 },
    { id: 3, note: 'd' },
    { id: 3.5 }
  ]
  const { body } = await send('PATCH', '/guarded', items, { prefer: 'handling=lenient, return=minimal' })
  t.strictSame(told(body), [
    '1 404 failed /1/id=object_not_found',
    '2 409 failed /2/version=version_conflict',
    '4 400 failed /4/id=invalid_type'
  ])
  t.strictSame(seen, ['0,3', 'a 0,d 3'])
  t.match(
    await send(
      'PATCH',
      '/guarded',
      [
        { id: 1, note: 'x' },
        { id: 4, note: 'x' }
      ],
      lenient
    ),
    { status: 403 },
    'who may not write one item writes none'
  )
  t.strictSame(
    (await query('SELECT note FROM contracts ORDER BY id')).map(({ note }) => note),
    ['a 0', null, 'd 3', 'secret']
  )
})

await t.test('items fail with all that belongs to them', async t => {
  await query("INSERT INTO users (name) VALUES ('alice')")
  const invoice = (number: string, ...quantities: readonly unknown[]) => ({
    ownerId: 1,
    number,
    issuedOn: '2026-01-01',
    lineItems: quantities.map(quantity => ({ description: 'x', quantity, unitPrice: '1.00' }))
  })
  const { body } = await send(
    'POST',
    '/nested',
    [
      invoice('A', 1, 2),
      invoice('B', 3, -1),
      invoice('C', 4, 'x'),
      invoice('D', 5),
      { ...invoice('E', 6), ownerId: 9 }
    ],
    lenient
  )
  t.strictSame(
    told(body).map(text => text.replace(/ \d+$/, '')),
    [
      '0 201 created',
      '1 400 failed /1=check_violation',
      '2 400 failed /2/lineItems/1/quantity=invalid_type',
      '3 201 created',
      '4 400 failed /4/ownerId=foreign_key_not_found'
    ]
  )
  t.strictSame(
    await query(
      'SELECT i.number, l.quantity FROM line_items l JOIN invoices i ON i.id = l.invoice_id ORDER BY l.quantity'
    ),
    [
      { number: 'A', quantity: 1 },
      { number: 'A', quantity: 2 },
      { number: 'D', quantity: 5 }
    ]
  )
  t.match(body, { data: { results: [{ data: { lineItems: [{ quantity: 1 }, { quantity: 2 }] } }] } })
})

await t.test('what is wrong with the request ends it', async t => {
  t.match(await send('POST', '/contracts', [], lenient), { status: 400, body: { code: 'empty_batch' } })
  t.match(await send('POST', '/contracts?partial_success=maybe', [row(1)]), {
    status: 400,
    body: { code: 'invalid_parameter' }
  })
  t.match(await send('POST', '/contracts?partial_success=true', row(1)), {
    status: 400,
    body: { code: 'invalid_parameter' }
  })
  t.match(
    await send(
      'POST',
      '/contracts',
      Array.from({ length: 5001 }, (_, i) => row(i)),
      lenient
    ),
    { status: 413 }
  )
  t.match(
    await send('POST', '/contracts', row(1), lenient),
    { status: 201, headers: { 'preference-applied': undefined } },
    'an object is one item: the preference is passed over'
  )
})

await t.test('1000 items of which 10 break different rules: 990 are stored by no more than 60 statements', async t => {
  await send('POST', '/contracts', [row(100), { ...row(5000), externalRef: 'taken' }])
  const items: unknown[] = Array.from({ length: 1000 }, (_, i) => row(i))
  items[7] = row(7, { customerId: 99 })
  items[200] = row(200, { amount: '-1' })
  items[300] = row(301)
  items[400] = row(400, { externalRef: 'taken' })
  items[500] = row(500, { amount: 'ten' })
  items[600] = row(600, { year: null })
  items[700] = row(700, { amount: '12345678901.00' })
  items[999] = row(999, { colour: 'red' })
  let answer: Awaited<ReturnType<typeof send>> | undefined
  const statements = await statementsOf(async () => {
    answer = await send('POST', '/contracts', items, { prefer: 'handling=lenient, return=minimal' })
  })
  t.equal(answer!.status, 207)
  t.strictSame(told(answer!.body), [
    '7 400 failed /7/customerId=foreign_key_not_found',
    '100 409 failed /100=unique_violation',
    '200 400 failed /200/amount=check_violation',
    '300 400 failed /300=duplicate_key',
    '301 400 failed /301=duplicate_key',
    '400 409 failed /400/externalRef=unique_violation',
    '500 400 failed /500/amount=invalid_type',
    '600 400 failed /600/year=not_null',
    '700 400 failed /700/amount=invalid_value',
    '999 400 failed /999/colour=unknown_field'
  ])
  t.match(answer!.body, { data: { summary: { total: 1000, created: 990, failed: 10 } } })
  t.ok(statements.length <= 60, `${statements.length} statements`)
})

await t.test('every item that cannot be read is told of, however many there are', async t => {
  const { body } = await send(
    'POST',
    '/contracts',
    Array.from({ length: 3000 }, () => ({})),
    { prefer: 'handling=lenient' }
  )
  const { results, summary } = body.data as { readonly results: readonly Result[]; readonly summary: object }
  t.ok(results.every(({ errors = [] }) => errors.length > 0))
  t.match(summary, { total: 3000, failed: 3000 })
})
