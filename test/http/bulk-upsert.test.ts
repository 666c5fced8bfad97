import t from 'tap'
import { bulkAnswer, bulkDatabase, contract, counts, refused, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(t, database, {
  '/contracts': { model: 'Contract' },
  '/numbered': { model: 'Contract', bulk: { uniqueFields: ['year', 'contractNumber'] } },
  '/references': { model: 'Contract', readOnly: ['externalRef'] },
  '/specimens': { model: 'Specimen' },
  '/memberships': { model: 'Membership' },
  '/tokens': { model: 'Token' },
  '/invoices': { model: 'Invoice' }
})
const send = sender(app)
const byPair = 'unique_fields=contractNumber,year'
const upserted = 'Contracts upserted successfully'

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, specimens, invoices, tokens, "org memberships" RESTART IDENTITY CASCADE')
  await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now())")
  statements.length = 0
})

/** Two contracts from before: N-1 with all that is optional, N-2 without. */
async function before (): Promise<void> {
  await send('POST', '/contracts', [
    { contractNumber: 'N-1', year: 2026, amount: 10, externalRef: 'E-1', status: 'active', note: 'old', customer: 1 },
    { contractNumber: 'N-2', year: 2026, amount: 20 }
  ])
  await query("UPDATE contracts SET created_at = '2025-01-01Z', updated_at = '2025-01-01Z'")
  statements.length = 0
}

const earlier = { createdAt: '2025-01-01T00:00:00.000Z', updatedAt: '2025-01-01T00:00:00.000Z' }
const first = {
  id: 1,
  contractNumber: 'N-1',
  amount: '10.00',
  externalRef: 'E-1',
  status: 'active',
  note: 'old',
  customerId: 1,
  ...earlier
}
const second = { id: 2, contractNumber: 'N-2', amount: '20.00', ...earlier }

for (const method of ['POST', 'PATCH'] as const) {
  await t.test(
    `${method} of an array updates what is there, creates the rest and leaves what is the same`,
    async t => {
      await before()
      const { status, body, headers } = await send(method, `/contracts?${byPair}`, [
        { contractNumber: 'N-3', year: 2026, amount: '30' },
        { contractNumber: 'N-2', year: 2026, amount: '20.0' },
        { contractNumber: 'N-1', year: 2026, amount: '11' }
      ])
      t.strictSame(
        [status, body],
        [
          200,
          bulkAnswer(upserted, { created: 1, updated: 1, unchanged: 1 }, [
            contract({ id: (body.data as { id: number }[])[0]!.id, contractNumber: 'N-3', amount: '30.00' }),
            contract(second),
            contract({ ...first, amount: '11.00', version: 2, updatedAt: '2026-01-01T00:00:00.000Z' })
          ])
        ]
      )
      t.equal(headers['vary'], 'Authorization, Prefer')
    }
  )

  await t.test(
    `${method} of items that name different fields writes to each row only those that its item names`,
    async t => {
      await before()
      const { status, body } = await send(method, `/contracts?${byPair}`, [
        { year: 2026, contractNumber: 'N-1', note: 'new' },
        { contractNumber: 'N-2', year: 2026, customer: 1, amount: 21 },
        { contractNumber: 'N-1', amount: 1, year: 2027, status: 'closed' }
      ])
      t.strictSame(
        [status, body],
        [
          200,
          bulkAnswer(upserted, { created: 1, updated: 2, unchanged: 0 }, [
            contract({ ...first, note: 'new', version: 2, updatedAt: '2026-01-01T00:00:00.000Z' }),
            contract({ ...second, customerId: 1, amount: '21.00', version: 2, updatedAt: '2026-01-01T00:00:00.000Z' }),
            contract({ id: (body.data as { id: number }[])[2]!.id, year: 2027, amount: '1.00', status: 'closed' })
          ])
        ]
      )
    }
  )
}

await t.test('PUT resets the optional fields that an item does not name, and no others', async t => {
  await before()
  const { status, body } = await send('PUT', `/contracts?${byPair}`, [
    { contractNumber: 'N-1', year: 2026, amount: '10' },
    { contractNumber: 'N-2', year: 2026, amount: '20', status: 'draft', note: null }
  ])
  t.strictSame(
    [status, body],
    [
      200,
      bulkAnswer(upserted, { created: 0, updated: 1, unchanged: 1 }, [
        contract({ id: 1, contractNumber: 'N-1', createdAt: earlier.createdAt, version: 2 }),
        contract(second)
      ])
    ]
  )
})

await t.test('PUT asks for every field that only a client can give, of existing rows too', async t => {
  await before()
  const { status, body } = await send('PUT', `/contracts?${byPair}`, [
    { contractNumber: 'N-1', year: 2026 },
    { contractNumber: 'N-9', year: 2026, amount: 1 }
  ])
  t.strictSame(
    [status, body],
    [
      400,
      refused('required', '1 item is not valid; nothing was written', [
        { index: 0, field: 'amount', code: 'required', message: 'This field is required' }
      ])
    ]
  )
  const narrow = await send('PUT', `/contracts?${byPair}&update_fields=note`, [{ contractNumber: 'N-1', year: 2026 }])
  t.strictSame(
    [narrow.status, narrow.body],
    [
      200,
      bulkAnswer(upserted, { created: 0, updated: 1, unchanged: 0 }, [
        contract({ ...first, note: null, version: 2, updatedAt: '2026-01-01T00:00:00.000Z' })
      ])
    ],
    'but not when it is not to be written'
  )
})

for (const method of ['POST', 'PATCH', 'PUT'] as const) {
  await t.test(`${method} of an object answers 201 for a new row and 200 for an old one`, async t => {
    const created = await send(method, `/contracts?${byPair}`, { contractNumber: 'N-1', year: 2026, amount: 10 })
    t.strictSame(
      [created.status, created.body],
      [201, bulkAnswer('Contract upserted successfully', { created: 1, updated: 0, unchanged: 0 }, contract({}))]
    )
    const updated = await send(method, `/contracts?${byPair}`, { contractNumber: 'N-1', year: 2026, amount: 11 })
    t.strictSame(
      [updated.status, updated.body],
      [
        200,
        bulkAnswer(
          'Contract upserted successfully',
          { created: 0, updated: 1, unchanged: 0 },
          contract({ amount: '11.00', version: 2 })
        )
      ]
    )
    const same = await send(method, `/contracts?${byPair}`, { contractNumber: 'N-1', year: 2026, amount: 11 })
    t.strictSame(
      [same.status, same.body],
      [
        200,
        bulkAnswer(
          'Contract upserted successfully',
          { created: 0, updated: 0, unchanged: 1 },
          contract({ amount: '11.00', version: 2 })
        )
      ]
    )
    const list = await send(method, `/contracts?${byPair}`, [{ contractNumber: 'N-2', year: 2026, amount: 11 }])
    t.equal(list.status, 200, 'a list is 200 even when all is new')
  })
}

await t.test('return=minimal and include_results=false answer with the counts', async t => {
  await before()
  const items = [
    { contractNumber: 'N-1', year: 2026, amount: 11 },
    { contractNumber: 'N-2', year: 2026, amount: 20 },
    { contractNumber: 'N-3', year: 2026, amount: 1 }
  ]
  const { status, headers, body } = await send('POST', `/contracts?${byPair}`, items, { prefer: 'return=minimal' })
  t.strictSame([status, body], [200, counts(upserted, 'upserted', 3, { created: 1, updated: 1, unchanged: 1 })])
  t.strictSame([headers['preference-applied'], headers['vary']], ['return=minimal', 'Authorization, Prefer'])
  const one = await send('PUT', `/contracts?${byPair}&include_results=false`, {
    contractNumber: 'N-4',
    year: 2026,
    amount: 1
  })
  t.strictSame(
    [one.status, one.body],
    [201, counts('Contract upserted successfully', 'upserted', 1, { created: 1, updated: 0, unchanged: 0 })]
  )
})

await t.test('update_fields limits what is written on rows that exist, not on new ones', async t => {
  await before()
  const { body } = await send('PATCH', `/contracts?${byPair}&update_fields=amount,customer`, [
    { contractNumber: 'N-1', year: 2026, amount: 11, note: 'new', status: 'closed', customerId: null },
    { contractNumber: 'N-3', year: 2026, amount: 30, note: 'new', status: 'closed', customerId: 1 }
  ])
  t.strictSame(
    body,
    bulkAnswer(upserted, { created: 1, updated: 1, unchanged: 0 }, [
      contract({ ...first, amount: '11.00', customerId: null, version: 2, updatedAt: '2026-01-01T00:00:00.000Z' }),
      contract({
        id: (body.data as { id: number }[])[1]!.id,
        contractNumber: 'N-3',
        amount: '30.00',
        note: 'new',
        status: 'closed',
        customerId: 1
      })
    ])
  )
})

await t.test(
  'unique_fields and update_fields that are not what they must be are refused before anything is written',
  async t => {
    const item = { contractNumber: 'N-1', year: 1, amount: 1 }
    const legal = 'externalRef; contractNumber, year'
    const message = (fields: string): string =>
      `"${fields}" is not a unique constraint of Contract. Unique constraints: ${legal}`
    const parameter = (parameter: string, problem: string): object =>
      refused('invalid_parameter', `The query parameter "${parameter}" ${problem}`, [
        {
          code: 'invalid_parameter',
          message: `The query parameter "${parameter}" ${problem}`,
          params: { parameter, problem }
        }
      ])
    const unique = (fields: string): object =>
      refused('invalid_unique_fields', message(fields), [
        {
          code: 'invalid_unique_fields',
          message: message(fields),
          params: {
            fields: fields.split(', '),
            model: 'Contract',
            legal: [['externalRef'], ['contractNumber', 'year']]
          }
        }
      ])
    // What is about the request stands in the details only.
    const bare = (body: object): object => ({ ...body, errors: {} })
    const cases: readonly [query: string, expected: object][] = [
      ['unique_fields=year', bare(unique('year'))],
      ['unique_fields=contractNumber,year,note', bare(unique('contractNumber, year, note'))],
      ['unique_fields=id', bare(unique('id'))],
      ['unique_fields=contract_number,year', bare(unique('contract_number, year'))],
      ['unique_fields=1%3Ddrop', bare(unique('1=drop'))],
      ['unique_fields=', bare(parameter('unique_fields', 'holds an empty element'))],
      ['unique_fields=externalRef,', bare(parameter('unique_fields', 'holds an empty element'))],
      [
        'unique_fields=externalRef&unique_fields=externalRef',
        bare(parameter('unique_fields', 'stands more than once'))
      ],
      [
        'unique_fields=externalRef&update_fields=amout',
        bare(parameter('update_fields', 'names no writable field "amout". Did you mean "amount"?'))
      ],
      [
        'unique_fields=externalRef&update_fields=version',
        bare(
          parameter(
            'update_fields',
            'names no writable field "version". Known: contractNumber, year, externalRef, amount, status, note, ' +
              'customerId, customer'
          )
        )
      ],
      ['update_fields=amount', bare(parameter('update_fields', 'goes with unique_fields'))],
      ['unique_fields=externalRef&include_results=no', bare(parameter('include_results', 'must be true or false'))],
      [
        'uniqe_fields=externalRef',
        bare(
          refused('unknown_parameter', 'Unknown query parameter "uniqe_fields". Did you mean "unique_fields"?', [
            {
              code: 'unknown_parameter',
              message: 'Unknown query parameter "uniqe_fields". Did you mean "unique_fields"?',
              params: { parameter: 'uniqe_fields', hint: 'Did you mean "unique_fields"?' }
            }
          ])
        )
      ]
    ]
    for (const [search, expected] of cases) {
      const { status, body } = await send('POST', `/contracts?${search}`, [item])
      t.strictSame([status, body], [400, expected], search)
    }
    t.strictSame(statements, [])
  }
)

await t.test('unique constraints are matched in any order, with blanks, and with relations by name', async t => {
  for (const unique of ['year,contractNumber', ' contractNumber , year ']) {
    const { body } = await send('POST', `/contracts?unique_fields=${encodeURIComponent(unique)}`, [
      { contractNumber: 'N-1', year: 1, amount: 1 }
    ])
    t.equal(body.message, upserted, unique)
  }
  t.equal((await query('SELECT 1 FROM contracts')).length, 1)
  await query("INSERT INTO users (id, name) VALUES (1, 'alice') ON CONFLICT DO NOTHING")
  const invoice = await send('PUT', '/invoices?unique_fields=owner,number', {
    owner: 1,
    number: 'I-1',
    issuedOn: '2026-01-31'
  })
  t.strictSame(
    [invoice.status, invoice.body.data],
    [201, { id: 1, ownerId: 1, number: 'I-1', issuedOn: '2026-01-31' }]
  )
})

await t.test('items without their key, or with the key of another, are all named', async t => {
  const { status, body } = await send('POST', '/contracts?unique_fields=contractNumber,year', [
    { contractNumber: 'N-1', amount: 1 },
    { contractNumber: 'N-2', year: 1, amount: 1 },
    { contractNumber: 'N-2', year: 1, amount: 2 },
    { year: 1 }
  ])
  const missing = (index: number, field: string): object => ({
    index,
    field,
    code: 'missing_unique_field',
    message: `The field "${field}" of the unique constraint is required and may not be null`,
    params: { field }
  })
  const params = { fields: ['contractNumber', 'year'], indexes: [1, 2] }
  const message = 'Duplicate contractNumber, year at indexes 1, 2'
  t.strictSame(
    [status, body],
    [
      400,
      refused('validation_failed', '4 items are not valid; nothing was written', [
        missing(0, 'year'),
        { index: 1, code: 'duplicate_key', message, params },
        { index: 2, code: 'duplicate_key', message, params },
        missing(3, 'contractNumber')
      ] as never)
    ]
  )
  const none = await send('POST', '/contracts?unique_fields=externalRef', [
    { externalRef: null, contractNumber: 'N', year: 1, amount: 1 }
  ])
  t.strictSame(
    [none.status, none.body],
    [
      400,
      refused('missing_unique_field', '1 item is not valid; nothing was written', [missing(0, 'externalRef')] as never)
    ]
  )
  const beside = await send('POST', '/contracts?unique_fields=externalRef', [
    { externalRef: null },
    { externalRef: 7 },
    {}
  ])
  t.strictSame(
    [beside.status, beside.body],
    [
      400,
      refused('validation_failed', '3 items are not valid; nothing was written', [
        missing(0, 'externalRef'),
        {
          index: 1,
          field: 'externalRef',
          code: 'invalid_type',
          message: 'Expected a string',
          params: { expected: 'a string' }
        },
        missing(2, 'externalRef')
      ] as never)
    ],
    'with faults of other kinds'
  )
})

await t.test('a new row needs all that only a client can give', async t => {
  await before()
  const { status, body } = await send('PATCH', `/contracts?${byPair}`, [
    { contractNumber: 'N-1', year: 2026, note: 'x' },
    { contractNumber: 'N-8', year: 2026, note: 'x' }
  ])
  t.strictSame(
    [status, body],
    [
      400,
      refused('required', '1 item is not valid; nothing was written', [
        { index: 1, field: 'amount', code: 'required', message: 'This field is required' }
      ])
    ]
  )
  t.strictSame((await query('SELECT note FROM contracts WHERE id = 1'))[0], { note: 'old' }, 'nothing was written')
})

await t.test('an item that carries a version is written only onto that version', async t => {
  await before()
  await send('PATCH', '/contracts', [{ id: 1, note: 'second' }])
  const stale = await send('PATCH', `/contracts?${byPair}`, [
    { contractNumber: 'N-1', year: 2026, version: 1, note: 'x' },
    { contractNumber: 'N-2', year: 2026, version: 1, note: 'x' }
  ])
  t.strictSame(
    [stale.status, stale.body],
    [
      409,
      refused('version_conflict', '1 item is not valid; nothing was written', [
        {
          index: 0,
          field: 'version',
          code: 'version_conflict',
          message: 'The row has changed: its version is 2, not 1',
          params: { expected: 1, current: 2, fields: ['note'] }
        }
      ])
    ]
  )
  t.strictSame(await query('SELECT note, version FROM contracts ORDER BY id'), [
    { note: 'second', version: 2 },
    { note: null, version: 1 }
  ])
  const fresh = await send('PATCH', `/contracts?${byPair}`, [
    { contractNumber: 'N-1', year: 2026, version: 2, note: 'x' },
    { contractNumber: 'N-2', year: 2026, note: 'x' }
  ])
  t.strictSame([fresh.status, fresh.body.meta], [200, { created: 0, updated: 2, unchanged: 0 }])
})

await t.test('what was read can be sent back unchanged', async t => {
  await before()
  await send('PATCH', '/contracts', [{ id: 1, note: 'second' }])
  const {
    body: { data }
  } = await send('POST', `/contracts?${byPair}`, [
    { contractNumber: 'N-1', year: 2026 },
    { contractNumber: 'N-2', year: 2026 }
  ])
  const unchanged = { created: 0, updated: 0, unchanged: 2 }
  for (const [method, url] of [
    ['POST', `/contracts?${byPair}`],
    ['PUT', `/contracts?${byPair}`],
    ['PATCH', '/contracts'],
    ['PUT', '/contracts']
  ] as const) {
    const { status, body } = await send(method, url, data)
    t.strictSame([status, body.meta, body.data], [200, unchanged, data], `${method} ${url}`)
  }
})

await t.test('a unique constraint of the resource serves PUT and PATCH of items without ids', async t => {
  const item = { contractNumber: 'N-1', year: 2026, amount: 1 }
  t.strictSame((await send('PATCH', '/numbered', [item])).body.meta, { created: 1, updated: 0, unchanged: 0 })
  t.strictSame((await send('PUT', '/numbered', { ...item, amount: 2 })).body.meta, {
    created: 0,
    updated: 1,
    unchanged: 0
  })
  t.equal(
    (await send('PATCH', '/numbered', [{ id: 1, amount: 3 }])).body.message,
    'Contracts updated successfully',
    'ids win'
  )
  t.equal(
    (
      await send('PATCH', '/numbered?unique_fields=externalRef', [
        { ...item, externalRef: 'E', contractNumber: 'N-2' }
      ])
    ).body.message,
    upserted,
    'the query wins'
  )
  const mixed = await send('PATCH', '/numbered', [{ id: 1, amount: 3 }, item])
  t.strictSame(
    [mixed.status, mixed.body],
    [
      400,
      refused('required', '1 item is not valid; nothing was written', [
        { index: 1, field: 'id', code: 'required', message: 'This field is required' }
      ])
    ]
  )
  t.equal((await send('POST', '/numbered', [{ ...item, contractNumber: 'N-3' }])).status, 201, 'POST creates')
  t.equal((await send('PATCH', '/contracts', [item])).status, 400, 'without the option ids are needed')
})

await t.test('a key that the resource does not let a client write is no key to upsert by', async t => {
  const { status, body } = await send('POST', '/references?unique_fields=externalRef', [
    { externalRef: 'E', contractNumber: 'N', year: 1, amount: 1 }
  ])
  t.strictSame(
    [status, body.message],
    [400, '"externalRef" is not a unique constraint of Contract. Unique constraints: contractNumber, year']
  )
})

await t.test('keys that clients choose: uuids, composite ones, and sets that hold for some rows', async t => {
  const id = '0F0F0F0F-0000-4000-8000-00000000000a'
  const made = await send('POST', '/specimens?unique_fields=id', [{ id, code: 'one', text: 'a' }])
  t.strictSame(
    [made.body.meta, (made.body.data as { id: string }[])[0]!.id],
    [{ created: 1, updated: 0, unchanged: 0 }, id.toLowerCase()]
  )
  t.strictSame((await send('PATCH', '/specimens?unique_fields=id', [{ id: id.toLowerCase(), text: 'b' }])).body.meta, {
    created: 0,
    updated: 1,
    unchanged: 0
  })

  const member = { org: 'a', userId: 1 }
  t.strictSame(
    (await send('POST', '/memberships?unique_fields=org,userId', [member, { org: 'a', userId: 2, title: 'x' }])).body
      .meta,
    { created: 2, updated: 0, unchanged: 0 }
  )
  t.strictSame(
    (await send('PATCH', '/memberships?unique_fields=userId,org', { ...member, title: 'chair' })).body.data,
    { org: 'a', userId: 1, title: 'chair', level: 2 }
  )

  await query(
    "INSERT INTO tokens (id, cuid2, uuid4, uuid7, nano, ulid, email, \"deletedAt\") VALUES ('t', '', " +
      "gen_random_uuid(), gen_random_uuid(), '', '', 'a@b', now())"
  )
  t.strictSame(
    (await send('POST', '/tokens?unique_fields=email', [{ email: 'a@b' }])).body.meta,
    { created: 1, updated: 0, unchanged: 0 },
    'the row outside the set does not count'
  )
  t.strictSame((await send('POST', '/tokens?unique_fields=email', [{ email: 'a@b', label: 'x' }])).body.meta, {
    created: 0,
    updated: 1,
    unchanged: 0
  })
})
