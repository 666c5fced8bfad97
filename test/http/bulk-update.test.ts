import t from 'tap'
import { bulkAnswer, bulkDatabase, contract, counts, refused, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(t, database, {
  '/contracts': { model: 'Contract' },
  '/narrow': { model: 'Contract', fields: ['id', 'contractNumber', 'year', 'amount', 'note'], readOnly: ['note'] },
  '/nameless': { model: 'Contract', fields: ['amount'], actions: ['bulkUpdate', 'bulkReplace', 'bulkUpsert'] },
  '/articles': { model: 'Article' },
  '/memberships': { model: 'Membership' }
})
const send = sender(app)
const updated = { created: 0, updated: 2, unchanged: 0 }

const old = { createdAt: '2025-01-01T00:00:00.000Z', updatedAt: '2025-01-01T00:00:00.000Z' }
const first = { ...old, id: 1, externalRef: 'E-1', status: 'active', note: 'old', customerId: 1 }
const second = { ...old, id: 2, contractNumber: 'N-2', amount: '20.00' }
const touched = { version: 2, updatedAt: '2026-01-01T00:00:00.000Z' }

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, articles, "org memberships" RESTART IDENTITY CASCADE')
  await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now()), ('C-2', 'Two', now())")
  await query(`INSERT INTO contracts (contract_number, year, amount, external_ref, status, note, customer_id, created_at, updated_at) VALUES
    ('N-1', 2026, 10, 'E-1', 'active', 'old', 1, '2025-01-01Z', '2025-01-01Z'),
    ('N-2', 2026, 20, NULL, 'draft', NULL, NULL, '2025-01-01Z', '2025-01-01Z')`)
  statements.length = 0
})

async function stored (): Promise<unknown[]> {
  return await query('SELECT id, amount, version FROM contracts ORDER BY id')
}
const untouched = [
  { id: 1, amount: '10.00', version: 1 },
  { id: 2, amount: '20.00', version: 1 }
]

await t.test(
  'PATCH writes to each row the fields that its item names, whatever the order, and tells them in that of the request',
  async t => {
    const { status, body, headers } = await send('PATCH', '/contracts', [
      { id: 2, amount: 21, customer: 2 },
      { note: null, id: '1', contractNumber: 'N-9' }
    ])
    t.strictSame(
      [status, body],
      [
        200,
        bulkAnswer('Contracts updated successfully', updated, [
          contract({ ...second, amount: '21.00', customerId: 2, ...touched }),
          contract({ ...first, contractNumber: 'N-9', note: null, ...touched })
        ])
      ]
    )
    t.strictSame([headers['vary'], headers['preference-applied']], ['Authorization, Prefer', undefined])
    t.ok(statements.length <= 4, `${statements.length} statements`)
  }
)

await t.test('PATCH leaves rows that are the same already', async t => {
  const { body } = await send('PATCH', '/contracts', [
    { id: 1, amount: '10.0', note: 'old' },
    { id: 2, amount: '20.01' }
  ])
  t.strictSame(
    body,
    bulkAnswer('Contracts updated successfully', { created: 0, updated: 1, unchanged: 1 }, [
      contract(first),
      contract({ ...second, amount: '20.01', ...touched })
    ])
  )
  t.strictSame(
    (await send('PATCH', '/contracts', [{ id: 1 }])).body,
    bulkAnswer('Contracts updated successfully', { created: 0, updated: 0, unchanged: 1 }, [contract(first)]),
    'nothing named'
  )
})

await t.test('PUT resets the optional fields that an item does not name and asks for the others', async t => {
  const { status, body } = await send('PUT', '/contracts', [
    { id: 2, contractNumber: 'N-2', year: 2026, amount: 20, note: 'new' },
    { id: 1, contractNumber: 'N-1', year: 2026, amount: 10 }
  ])
  t.strictSame(
    [status, body],
    [
      200,
      bulkAnswer('Contracts replaced successfully', updated, [
        contract({ ...second, note: 'new', ...touched }),
        contract({ ...old, ...touched })
      ])
    ]
  )

  const partial = await send('PUT', '/contracts', [
    { id: 1, amount: 11 },
    { contractNumber: 'N-2', year: 2026, amount: 1 }
  ])
  const required = (index: number, field: string): object => ({
    index,
    field,
    code: 'required',
    message: 'This field is required'
  })
  t.strictSame(
    [partial.status, partial.body],
    [
      400,
      refused('required', '2 items are not valid; nothing was written', [
        required(0, 'contractNumber'),
        required(0, 'year'),
        required(1, 'id')
      ] as never)
    ]
  )
})

await t.test('PUT leaves alone what the resource hides or takes from nobody', async t => {
  const { status, body } = await send('PUT', '/narrow', [
    { id: 1, contractNumber: 'N-1', year: 2026, amount: 11, note: 'mine' }
  ])
  t.strictSame(
    [status, body.data],
    [200, [{ id: 1, contractNumber: 'N-1', year: 2026, amount: '11.00', note: 'old' }]]
  )
  t.strictSame(await query('SELECT external_ref, status, customer_id FROM contracts WHERE id = 1'), [
    { external_ref: 'E-1', status: 'active', customer_id: 1 }
  ])
})

await t.test('ids select rows even where the resource does not show them', async t => {
  const { body } = await send('PATCH', '/nameless', [{ id: 2, amount: 21 }])
  t.strictSame(
    body,
    bulkAnswer('Contracts updated successfully', { created: 0, updated: 1, unchanged: 0 }, [{ amount: '21.00' }])
  )
})

await t.test('return=minimal and include_results=false answer with the counts', async t => {
  const message = 'Contracts updated successfully'
  const { status, body, headers } = await send(
    'PATCH',
    '/contracts',
    [
      { id: 1, amount: 11 },
      { id: 2, amount: 20 }
    ],
    { prefer: 'return=minimal' }
  )
  t.strictSame([status, body], [200, counts(message, 'updated', 2, { created: 0, updated: 1, unchanged: 1 })])
  t.equal(headers['preference-applied'], 'return=minimal')
  const put = await send('PUT', '/contracts?include_results=false', [
    { id: 1, contractNumber: 'N-1', year: 2026, amount: 12 }
  ])
  t.strictSame(
    [put.status, put.body],
    [200, counts('Contracts replaced successfully', 'replaced', 1, { created: 0, updated: 1, unchanged: 0 })]
  )
})

await t.test('ids without a row give 404 and nothing is written', async t => {
  for (const method of ['PATCH', 'PUT'] as const) {
    for (const prefer of ['return=minimal', 'return=representation']) {
      const rest = { contractNumber: 'N-1', year: 2026, amount: 99 }
      const { status, body, headers } = await send(
        method,
        '/contracts',
        [
          { id: 9, ...rest },
          { id: 1, ...rest },
          { id: -1, ...rest }
        ],
        { prefer }
      )
      t.strictSame(
        [status, body],
        [
          404,
          refused('object_not_found', '2 items are not valid; nothing was written', [
            {
              index: 0,
              field: 'id',
              code: 'object_not_found',
              message: 'No Contract with id 9',
              params: { model: 'Contract', key: 'id', value: 9 }
            },
            {
              index: 2,
              field: 'id',
              code: 'object_not_found',
              message: 'No Contract with id -1',
              params: { model: 'Contract', key: 'id', value: -1 }
            }
          ])
        ],
        `${method} ${prefer}`
      )
      t.strictSame(
        [headers['preference-applied'], headers['vary']],
        [undefined, 'Authorization, Prefer, Accept'],
        'an error honours no preference'
      )
    }
  }
  t.strictSame(await stored(), untouched)
})

await t.test('stale versions give 409, and 400 beside ids without a row', async t => {
  await send('PATCH', '/contracts', [{ id: 1, note: 'second' }])
  const stale = await send('PATCH', '/contracts', [
    { id: 1, amount: 11, version: 1 },
    { id: 2, amount: 21, version: 1 }
  ])
  const conflict = (...fields: string[]) => ({
    index: 0,
    field: 'version',
    code: 'version_conflict',
    message: 'The row has changed: its version is 2, not 1',
    params: { expected: 1, current: 2, fields }
  })
  t.strictSame(
    [stale.status, stale.body],
    [409, refused('version_conflict', '1 item is not valid; nothing was written', [conflict('amount')])]
  )

  const mixed = await send('PUT', '/contracts', [
    { id: 1, contractNumber: 'N-1', year: 2026, amount: 11, version: 1 },
    { id: 9, contractNumber: 'N-2', year: 2026, amount: 11 }
  ])
  t.strictSame(
    [mixed.status, mixed.body],
    [
      400,
      refused('validation_failed', '2 items are not valid; nothing was written', [
        conflict('externalRef', 'amount', 'status', 'note', 'customerId'),
        {
          index: 1,
          field: 'id',
          code: 'object_not_found',
          message: 'No Contract with id 9',
          params: { model: 'Contract', key: 'id', value: 9 }
        }
      ])
    ]
  )
  t.strictSame(await stored(), [
    { id: 1, amount: '10.00', version: 2 },
    { id: 2, amount: '20.00', version: 1 }
  ])

  const fresh = await send('PATCH', '/contracts', [
    { id: 1, amount: 11, version: 2 },
    { id: 2, amount: 21 }
  ])
  t.strictSame([fresh.status, (fresh.body.data as { version: number }[]).map(row => row.version)], [200, [3, 2]])
  const wrong = await send('PATCH', '/contracts', [
    { id: 1, version: '3' },
    { id: 2, version: null }
  ])
  const expected = 'an integer from -2147483648 to 2147483647'
  t.strictSame(
    [wrong.status, wrong.body],
    [
      400,
      refused('validation_failed', '2 items are not valid; nothing was written', [
        { index: 0, field: 'version', code: 'invalid_type', message: `Expected ${expected}`, params: { expected } },
        { index: 1, field: 'version', code: 'not_null', message: 'This field may not be null' }
      ])
    ]
  )
})

await t.test('an id that stands twice, a value that is taken, a customer that is not there', async t => {
  const params = { fields: ['id'], indexes: [0, 2] }
  const repeated = { field: 'id', code: 'duplicate_key', message: 'Duplicate id at indexes 0, 2', params }
  const twice = await send('PATCH', '/contracts', [
    { id: 1, amount: 1 },
    { id: 2, amount: 1 },
    { id: '1', amount: 2 }
  ])
  t.strictSame(
    [twice.status, twice.body],
    [
      400,
      refused('duplicate_key', '2 items are not valid; nothing was written', [
        { index: 0, ...repeated },
        { index: 2, ...repeated }
      ])
    ]
  )

  const beside = await send('PATCH', '/contracts', [
    { id: 1, amount: 1 },
    { id: 2, amont: 1 },
    { id: 1, customer: 9 }
  ])
  t.strictSame(
    [beside.status, beside.body],
    [
      400,
      refused('validation_failed', '3 items are not valid; nothing was written', [
        { index: 0, ...repeated },
        {
          index: 1,
          field: 'amont',
          code: 'unknown_field',
          message: 'Unknown field "amont". Did you mean "amount"?',
          params: { field: 'amont', hint: 'Did you mean "amount"?' }
        },
        {
          index: 2,
          field: 'customer',
          code: 'foreign_key_not_found',
          message: 'No Customer with id 9',
          params: { model: 'Customer', key: 'id', value: 9 }
        },
        { index: 2, ...repeated }
      ])
    ],
    'with faults of other kinds'
  )

  const taken = await send('PATCH', '/contracts', [{ id: 2, externalRef: 'E-1' }])
  t.strictSame(
    [taken.status, taken.body],
    [
      409,
      refused('unique_violation', '1 item is not valid; nothing was written', [
        {
          index: 0,
          field: 'externalRef',
          code: 'unique_violation',
          message: 'Contract with this externalRef already exists',
          params: { model: 'Contract', fields: ['externalRef'] }
        }
      ])
    ]
  )
  t.strictSame(await stored(), untouched)
})

await t.test('uuids and composite keys select rows, and are not written', async t => {
  const made = await send('POST', '/articles', { title: 'A', slug: 'a', content: '' })
  const { id } = made.body.data as { id: string }
  const article = await send('PATCH', '/articles', [{ id: id.toUpperCase(), title: 'B' }])
  t.match([article.status, article.body.data], [200, [{ id, title: 'B', version: 2 }]])
  const expected = 'a UUID'
  const malformed = await send('PATCH', '/articles', [
    { id: 'a-b', title: 'B' },
    { id: 7, title: 'B' },
    { title: 'B' }
  ])
  t.strictSame(
    [malformed.status, malformed.body],
    [
      400,
      refused('validation_failed', '3 items are not valid; nothing was written', [
        { index: 0, field: 'id', code: 'invalid_type', message: 'Expected a UUID', params: { expected } },
        { index: 1, field: 'id', code: 'invalid_type', message: 'Expected a UUID', params: { expected } },
        { index: 2, field: 'id', code: 'required', message: 'This field is required' }
      ])
    ]
  )

  await send('POST', '/memberships', [
    { org: 'a', userId: 1 },
    { org: 'a', userId: 2 }
  ])
  const members = await send('PATCH', '/memberships', [
    { userId: '2', org: 'a', title: 'x' },
    { org: 'a', userId: 1, level: 5 }
  ])
  t.strictSame(
    [members.status, members.body.data],
    [
      200,
      [
        { org: 'a', userId: 2, title: 'x', level: 2 },
        { org: 'a', userId: 1, title: 'member', level: 5 }
      ]
    ]
  )
  const none = await send('PATCH', '/memberships', [{ org: 'b', userId: 1, title: 'x' }])
  t.strictSame(
    [none.status, none.body],
    [
      404,
      refused('object_not_found', '1 item is not valid; nothing was written', [
        {
          index: 0,
          code: 'object_not_found',
          message: 'No Membership with org, userId b, 1',
          params: { model: 'Membership', key: ['org', 'userId'], value: ['b', 1] }
        }
      ])
    ]
  )
})

await t.test('an object without unique_fields is no update of a collection', async t => {
  for (const method of ['PATCH', 'PUT'] as const) {
    const expected = 'a list of objects with their ids as the body, or unique_fields in the query'
    const { status, body } = await send(method, '/contracts', { id: 1, amount: 1 })
    t.strictSame(
      [status, body],
      [
        400,
        {
          ...refused('invalid_type', `Expected ${expected}`, [
            { code: 'invalid_type', message: `Expected ${expected}`, params: { expected } }
          ]),
          errors: {}
        }
      ]
    )
  }
})
