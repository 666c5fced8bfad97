import t from 'tap'
import { defineResource, idOnly, manyDataToData, manyIdOnly, manyIdToData } from 'fastify-prisma-commons/bulk'
import type { RelationDefinitions } from 'fastify-prisma-commons/bulk'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import type { Sender } from '../helpers/bulk-app.js'
import { watchStatements } from '../helpers/statements.js'

const database = await bulkDatabase(t)
const { kind, query } = database
const watch = watchStatements(database.pool)

interface Line {
  readonly id: number
  readonly description: string
  readonly quantity: number
  readonly unitPrice: string
}
interface Invoice {
  readonly id: number
  readonly number: string
  readonly lineItems: readonly Line[]
}

async function invoices (
  relations: RelationDefinitions = { lineItems: manyDataToData() },
  options: object = {}
): Promise<Sender> {
  return sender(
    await serve(
      t,
      database,
      { '/invoices': { model: 'Invoice', relations, bulk: { maxItems: 5000 }, ...options } },
      { crud: true }
    )
  )
}

const send = await invoices()

function line (description: string, quantity = 1, unitPrice = '1.00'): object {
  return { description, quantity, unitPrice }
}

function invoice (number: string, ...lineItems: readonly object[]): object {
  return { ownerId: 1, number, issuedOn: '2026-01-01', lineItems }
}

/** `number: description, description`, line items by their ids. */
async function stored (): Promise<string[]> {
  const rows = await query<{ line: string }>(
    "SELECT i.number || ': ' || coalesce(string_agg(l.description, ', ' ORDER BY l.id), '') AS line FROM invoices " +
      'i LEFT JOIN line_items l ON l.invoice_id = i.id GROUP BY i.id ORDER BY i.id'
  )
  return rows.map(({ line }) => line)
}

function told ({ details }: Readonly<Record<string, unknown>>): string[] {
  return (details as { pointer: string; code: string; message: string }[]).map(
    ({ pointer, code, message }) => `${pointer} ${code}: ${message}`
  )
}

t.beforeEach(async () => {
  await query(
    'TRUNCATE users, invoices, line_items, binders, shelves, categories, contracts, tags RESTART IDENTITY CASCADE'.replace(
      'binders, shelves, categories',
      '"Binder", "Shelf", "Category"'
    )
  )
  await query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
})

await t.test('children are made with their parents, in the order they are given, and shown', async t => {
  const { status, body } = await send('POST', '/invoices', [
    invoice('A', line('a', 2, '1.5'), line('b')),
    invoice('B'),
    invoice('C', line('c'))
  ])
  t.strictSame(
    [status, body.data],
    [
      201,
      [
        {
          id: 1,
          ownerId: 1,
          number: 'A',
          issuedOn: '2026-01-01',
          lineItems: [
            { id: 1, description: 'a', quantity: 2, unitPrice: '1.50' },
            { id: 2, description: 'b', quantity: 1, unitPrice: '1.00' }
          ]
        },
        { id: 2, ownerId: 1, number: 'B', issuedOn: '2026-01-01', lineItems: [] },
        {
          id: 3,
          ownerId: 1,
          number: 'C',
          issuedOn: '2026-01-01',
          lineItems: [{ id: 3, description: 'c', quantity: 1, unitPrice: '1.00' }]
        }
      ]
    ]
  )
  const copy = await send('POST', '/invoices', { ...(body.data as Invoice[])[0], number: 'D' })
  t.strictSame(
    [copy.status, (copy.body.data as Invoice).lineItems.map(({ id }) => id)],
    [201, [4, 5]],
    'the keys of another row are not those of a new one'
  )
  t.strictSame(await stored(), ['A: a, b', 'B: ', 'C: c', 'D: a, b'])
})

await t.test('a thousand parents with three children each take as many statements as one', async t => {
  const items = Array.from({ length: 1000 }, (_, i) => invoice(`N-${i}`, line('a'), line('b'), line('c')))
  const one = await watch(() => send('POST', '/invoices', [invoice('one', line('a'))]))
  const all = await watch(() => send('POST', '/invoices', items))
  // The look for the owner and the reading of the answer included.
  t.strictSame([one.length, all.length], [6, 6], all.map(text => text.slice(0, 40)).join(' | '))
  t.strictSame(await query('SELECT count(*)::int FROM line_items'), [{ count: 3001 }])
})

await t.test('nothing is stored before all is valid, and faults tell where they are', async t => {
  const { status, body } = await send('POST', '/invoices', [
    invoice('A', line('a'), { description: 1, quantity: 'x' }),
    invoice('B', { ...line('b'), colour: 'red' }, 7 as never, { ...line('c'), unitPrice: '99999999999.00' }),
    { ...invoice('C'), ownerId: 9, lineItems: 'none' },
    { ...invoice('D'), lineItems: { 0: line('d') } }
  ])
  t.equal(status, 400)
  t.strictSame(told(body), [
    '/0/lineItems/1/description invalid_type: Expected a string',
    '/0/lineItems/1/quantity invalid_type: Expected an integer from -2147483648 to 2147483647',
    '/0/lineItems/1/unitPrice required: This field is required',
    '/1/lineItems/0/colour unknown_field: Unknown field "colour". Known: id, description, quantity, unitPrice',
    '/1/lineItems/1 invalid_type: Expected an object of LineItem',
    '/2/lineItems invalid_type: Expected a list, each element an object of LineItem',
    '/2/ownerId foreign_key_not_found: No User with id 9',
    '/3/lineItems invalid_type: Expected a list, each element an object of LineItem'
  ])
  t.strictSame(await stored(), [])
  const refused = await send('POST', '/invoices', [
    invoice('A', line('a'), { ...line('b'), unitPrice: '99999999999' })
  ])
  t.strictSame([refused.status, await stored()], [400, []], 'what only the database refuses undoes the parents')
})

await t.test('an update writes the children that it names, makes new ones and removes the others', async t => {
  await send('POST', '/invoices', [invoice('A', line('a'), line('b'), line('c')), invoice('B', line('d'))])
  const { status, body } = await send('PATCH', '/invoices/1', {
    lineItems: [{ id: 2, description: 'b2' }, line('new', 5)]
  })
  t.strictSame(
    [status, (body.data as Invoice).lineItems],
    [
      200,
      [
        { id: 2, description: 'b2', quantity: 1, unitPrice: '1.00' },
        { id: 5, description: 'new', quantity: 5, unitPrice: '1.00' }
      ]
    ]
  )
  t.strictSame(await stored(), ['A: b2, new', 'B: d'])

  const bulk = await send('PATCH', '/invoices', [
    { id: 1, lineItems: [] },
    { id: 2, number: 'B2' }
  ])
  t.strictSame([bulk.status, await stored()], [200, ['A: ', 'B2: d']], 'an empty list is one, an absent one keeps')
  await send('PATCH', '/invoices/2', { lineItems: null })
  t.strictSame(await stored(), ['A: ', 'B2: d'], 'null keeps')
  const whole = await send('PUT', '/invoices/2', invoice('B3', { id: 4, quantity: 9 }))
  t.strictSame(
    [whole.status, (whole.body.data as Invoice).lineItems],
    [200, [{ id: 4, description: 'd', quantity: 9, unitPrice: '1.00' }]]
  )
  const back = await send('PATCH', '/invoices', [(await send('GET', '/invoices/2')).body.data])
  t.strictSame([back.status, await stored()], [200, ['A: ', 'B3: d']], 'what was read can be sent back')
})

await t.test('children of other parents, and none at all, are not found; one cannot be named twice', async t => {
  await send('POST', '/invoices', [invoice('A', line('a')), invoice('B', line('b'))])
  const { status, body } = await send('PATCH', '/invoices', [
    { id: 1, lineItems: [{ id: 2, description: 'x' }, { id: 99 }] },
    { id: 2, number: 'X', lineItems: [{ id: 2 }, { id: 2 }] }
  ])
  t.strictSame(
    [status, told(body)],
    [
      400,
      [
        '/0/lineItems/0/id object_not_found: No LineItem with id 2',
        '/0/lineItems/1/id object_not_found: No LineItem with id 99',
        '/1/lineItems/1/id invalid_value: The list names this row twice'
      ]
    ]
  )
  t.strictSame(await stored(), ['A: a', 'B: b'])
  const single = await send('PATCH', '/invoices/1', { lineItems: [{ id: 2 }] })
  t.strictSame([single.status, told(single.body)], [404, ['/lineItems/0/id object_not_found: No LineItem with id 2']])
  const missing = await send('PATCH', '/invoices', [{ id: 9, lineItems: [line('x')] }])
  t.strictSame([missing.status, await stored()], [404, ['A: a', 'B: b']])
})

await t.test('upserts write the children of rows that are there and of new ones', async t => {
  await send('POST', '/invoices', [invoice('A', line('a'), line('b'))])
  const { status, body } = await send('POST', '/invoices?unique_fields=ownerId,number', [
    invoice('B', line('c')),
    invoice('A', { id: 1, description: 'a2' }, line('z'))
  ])
  t.strictSame(
    [status, (body.data as Invoice[]).map(({ lineItems }) => lineItems.map(({ description }) => description))],
    [200, [['c'], ['a2', 'z']]]
  )
  t.strictSame(await stored(), ['A: a2, z', 'B: c'])
  const minimal = await send(
    'PUT',
    '/invoices?unique_fields=ownerId,number',
    [invoice('A'), invoice('C', line('d'))],
    {
      prefer: 'return=minimal'
    }
  )
  t.strictSame([minimal.status, await stored()], [200, ['A: ', 'B: c', 'C: d']])
})

await t.test('update_fields chooses among the lists as among the fields', async t => {
  await send('POST', '/invoices', invoice('A', line('a')))
  const url = '/invoices?unique_fields=ownerId,number&update_fields='
  await send('POST', `${url}issuedOn`, [
    { ...invoice('A', line('b')), issuedOn: '2026-02-02' },
    invoice('B', line('c'))
  ])
  t.strictSame(await stored(), ['A: a', 'B: c'])
  await send('POST', `${url}lineItems`, [{ ...invoice('A', line('b')), issuedOn: '2026-03-03' }])
  t.strictSame(
    [await stored(), (await query('SELECT issued_on::text AS day FROM invoices WHERE id = 1'))[0]],
    [['A: b', 'B: c'], { day: '2026-02-02' }]
  )
  const unknown = await send('POST', `${url}lineItem`, [invoice('A')])
  t.match(unknown.body['message'], /Did you mean "lineItems"/)
})

await t.test('in a scope children are written of own rows alone', async t => {
  const scope = {
    ownerId: ({ headers }: { headers: Record<string, unknown> }) =>
      headers['x-user'] === undefined ? null : Number(headers['x-user'])
  }
  const send = await invoices({ lineItems: manyDataToData() }, { scope })
  const mine = { 'x-user': '1' }
  const { ownerId, ...own } = invoice('A', line('a')) as { ownerId: number }
  t.equal((await send('POST', '/invoices', [own], mine)).status, 201)
  const other = await send('PATCH', '/invoices', [{ id: 1, lineItems: [line('stolen')] }], { 'x-user': '2' })
  const single = await send('PATCH', '/invoices/1', { lineItems: [line('stolen')] }, { 'x-user': '2' })
  t.strictSame([other.status, single.status, await stored()], [404, 404, ['A: a']])
  const changed = await send('PATCH', '/invoices/1', { lineItems: [{ id: 1, quantity: 3 }, line('b')] }, mine)
  t.strictSame([changed.status, await stored()], [200, ['A: a, b']])
  const upserted = await send('POST', '/invoices?unique_fields=number', [{ ...own, lineItems: [line('c')] }], mine)
  t.strictSame([upserted.status, await stored()], [200, ['A: c']])
  await send('POST', '/invoices?unique_fields=number', [{ ...own, lineItems: [line('d')] }], { 'x-user': '2' })
  t.strictSame([ownerId, await stored()], [1, ['A: c', 'A: d']], 'each has an A of its own')
})

await t.test('partial writes leave out the items whose children are wrong, a dry run stores none at all', async t => {
  await send('POST', '/invoices', [invoice('A', line('a'))])
  const { status, body } = await send('POST', '/invoices?partial_success=true', [
    invoice('B', line('b')),
    invoice('C', { ...line('c'), quantity: 'x' }),
    invoice('A', line('d')),
    invoice('E', line('e'), line('f'))
  ])
  const { results } = body.data as {
    results: { index: number; result: string; data?: Invoice; errors?: { pointer: string; code: string }[] }[]
  }
  t.strictSame(
    [status, results.map(({ index, result }) => `${index} ${result}`)],
    [207, ['0 created', '1 failed', '2 failed', '3 created']]
  )
  t.strictSame(
    results[3]!.data?.lineItems.map(({ description }) => description),
    ['e', 'f']
  )
  t.strictSame(await stored(), ['A: a', 'B: b', 'E: e, f'])
  const changes = await send(
    'PATCH',
    '/invoices?partial_success=true',
    [
      { id: 1, lineItems: [{ id: 99 }] },
      { id: 99, lineItems: [line('x')] },
      { id: 2, lineItems: [line('y')] }
    ].map((item, i) => (i === 2 ? { ...item, id: Number((results[0]!.data as Invoice).id) } : item))
  )
  t.strictSame([changes.status, await stored()], [207, ['A: a', 'B: y', 'E: e, f']])
  const dry = await send('POST', '/invoices?dry_run=true', [invoice('F', line('g'))])
  t.strictSame(
    [dry.status, (dry.body.data as Invoice[])[0]?.lineItems.map(({ description }) => description)],
    [201, ['g']]
  )
  t.equal((await stored()).length, 3)
})

await t.test('append adds, replace lets go, sync deletes', async t => {
  await query("INSERT INTO \"Category\" (name) VALUES ('root'), ('a'), ('b'), ('c')")
  const tree = async (mode: 'append' | 'replace' | 'sync'): Promise<Sender> =>
    sender(
      await serve(
        t,
        database,
        {
          '/categories': {
            model: 'Category',
            fields: ['id', 'name'],
            relations: { children: manyIdOnly({ mode }), parent: idOnly() }
          }
        },
        { crud: true }
      )
    )
  const parents = async (): Promise<unknown[]> =>
    (await query('SELECT "parentId" AS parent FROM "Category" ORDER BY id')).map(({ parent }) => parent)
  const append = await tree('append')
  t.strictSame((await append('PATCH', '/categories/1', { children: [2, 3] })).body.data, {
    id: 1,
    name: 'root',
    children: [2, 3],
    parent: null
  })
  t.strictSame((await append('PATCH', '/categories/1', { children: [4] })).body.data, {
    id: 1,
    name: 'root',
    children: [2, 3, 4],
    parent: null
  })
  await append('PATCH', '/categories/1', { children: [] })
  t.strictSame(await parents(), [null, 1, 1, 1])
  t.strictSame(
    ((await (await tree('replace'))('PATCH', '/categories/1', { children: [3] })).body.data as { children: unknown })
      .children,
    [3]
  )
  t.strictSame(await parents(), [null, null, 1, null])
  t.strictSame(
    ((await (await tree('sync'))('PATCH', '/categories/1', { children: [2] })).body.data as { children: unknown })
      .children,
    [2]
  )
  t.strictSame(await parents(), [null, 1, null], 'the one that is not named is deleted')
  const unknown = await append('PATCH', '/categories/1', { children: [77] })
  t.strictSame(
    [unknown.status, told(unknown.body)],
    [400, ['/children/0 foreign_key_not_found: No Category with id 77']]
  )
})

await t.test('children have relations of their own, written and read with them', async t => {
  const send = await sender(
    await serve(
      t,
      database,
      {
        '/shelves': {
          model: 'Shelf',
          fields: ['id', 'name'],
          relations: {
            binders: manyDataToData({
              fields: ['id', 'name'],
              relations: { documents: manyDataToData({ fields: ['title', 'code'] }) }
            })
          }
        }
      },
      { crud: true }
    )
  )
  const binder = (name: string, ...titles: string[]): object => ({
    name,
    documents: titles.map(title => ({ title, code: title }))
  })
  const { status, body } = await send('POST', '/shelves', [
    { name: 'S', binders: [binder('x', 'T1', 'T2'), binder('y')] },
    { name: 'T', binders: [binder('z', 'T3')] }
  ])
  t.strictSame(
    [status, (body.data as object[])[0]],
    [
      201,
      {
        id: 1,
        name: 'S',
        binders: [
          {
            id: 1,
            name: 'x',
            documents: [
              { title: 'T1', code: 'T1' },
              { title: 'T2', code: 'T2' }
            ]
          },
          { id: 2, name: 'y', documents: [] }
        ]
      }
    ]
  )
  const changed = await send('PATCH', '/shelves/1', { binders: [{ id: 1, documents: [{ title: 'N', code: 'N' }] }] })
  t.strictSame((changed.body.data as { binders: unknown }).binders, [
    { id: 1, name: 'x', documents: [{ title: 'N', code: 'N' }] }
  ])
  t.strictSame(
    await query('SELECT id, "deletedAt" IS NULL AS live FROM "Binder" ORDER BY id'),
    [
      { id: 1, live: true },
      { id: 2, live: false },
      { id: 3, live: true }
    ],
    'where rows are marked, sync marks'
  )
  const deep = await send('PATCH', '/shelves', [{ id: 1, binders: [{ id: 1, documents: [{ title: 1 }] }] }])
  t.strictSame(told(deep.body), ['/0/binders/0/documents/0/title invalid_type: Expected a string'])
  const taken = await send('POST', '/shelves', [
    { name: 'U', binders: [binder('p', 'U1')] },
    { name: 'V', binders: [binder('q', 'U2', 'T3')] }
  ])
  t.strictSame(
    [taken.status, told(taken.body)],
    [409, ['/1/binders/0/documents/1/code unique_violation: Document with this code already exists']],
    'what the database refuses is told of as well'
  )
  t.strictSame(await query('SELECT count(*)::int FROM "Shelf"'), [{ count: 2 }])
})

await t.test('links are compared with what is there, in one statement', async t => {
  await query("INSERT INTO tags (slug, name) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D')")
  const contracts = async (mode: 'append' | 'replace'): Promise<Sender> =>
    sender(
      await serve(
        t,
        database,
        {
          '/contracts': {
            model: 'Contract',
            fields: ['id', 'contractNumber', 'year', 'amount'],
            relations: { tags: manyIdToData({ mode, fields: ['slug'] }) }
          }
        },
        { crud: true }
      )
    )
  const [send, append] = [await contracts('replace'), await contracts('append')]
  const contract = (contractNumber: string, tags?: unknown): object => ({ contractNumber, year: 1, amount: 1, tags })
  const links = async (): Promise<string> =>
    (
      await query<{ pairs: string }>(
        'SELECT coalesce(string_agg("A" || \'-\' || "B", \' \' ORDER BY 1), \'\') AS pairs FROM "_ContractToTag"'.replace(
          'ORDER BY 1',
          'ORDER BY "A", "B"'
        )
      )
    )[0]!.pairs
  await send('POST', '/contracts', [contract('N1', [1, 2]), contract('N2', [3]), contract('N3')])
  t.equal(await links(), '1-1 1-2 2-3')
  const sent = await watch(() =>
    send('PATCH', '/contracts', [
      { id: 1, tags: [2, 3] },
      { id: 2, tags: [] },
      { id: 3, tags: null }
    ])
  )
  t.equal(await links(), '1-2 1-3')
  t.equal(sent.filter(text => /_ContractToTag/.test(text) && /insert/.test(text)).length, 1)
  await append('PATCH', '/contracts/1', { tags: [1, 2] })
  await append('PATCH', '/contracts/1', { tags: [] })
  t.equal(await links(), '1-1 1-2 1-3')
  await send('POST', '/contracts?unique_fields=contractNumber,year', [contract('N1', [4]), contract('N4', [4])])
  t.equal(await links(), '1-4 5-4')
})

await t.test(
  'a row whose related rows change has changed itself: its version counts, and old ones are refused',
  async t => {
    await query("INSERT INTO tags (slug, name) VALUES ('a', 'A'), ('b', 'B')")
    const send = sender(
      await serve(
        t,
        database,
        {
          '/contracts': { model: 'Contract', relations: { tags: manyIdToData() } },
          '/invoices': { model: 'Invoice', relations: { lineItems: manyDataToData() } }
        },
        { crud: true }
      )
    )
    const metas: unknown[] = []
    const versions: unknown[] = []
    const write = async (method: 'PATCH' | 'POST', url: string, body: unknown, headers = {}): Promise<number> => {
      const answer = await send(method, url, body, headers)
      const [row] = [answer.body.data].flat() as { version?: number }[]
      metas.push(answer.body['meta'])
      versions.push(row?.version)
      return answer.status
    }
    await write('POST', '/contracts', { contractNumber: 'N', year: 1, amount: 1, tags: [1] })
    await write('PATCH', '/contracts/1', { tags: [1] })
    await write('PATCH', '/contracts/1', { tags: [1, 2] })
    await write('PATCH', '/contracts', [{ id: 1, tags: [2], note: 'x' }])
    await write('POST', '/contracts?unique_fields=contractNumber,year', [{ contractNumber: 'N', year: 1, tags: [] }])
    await write('POST', '/contracts?unique_fields=contractNumber,year', [{ contractNumber: 'N', year: 1, tags: [] }])
    const [made, same, changed] = [
      { created: 1, updated: 0, unchanged: 0 },
      { created: 0, updated: 0, unchanged: 1 },
      { created: 0, updated: 1, unchanged: 0 }
    ]
    t.strictSame(
      [versions, metas],
      [
        [1, 1, 2, 3, 4, 4],
        [made, same, changed, changed, changed, same]
      ]
    )

    t.equal(await write('PATCH', '/contracts/1', { tags: [1] }, { 'if-match': '"3"' }), 412)
    t.equal(await write('PATCH', '/contracts', [{ id: 1, version: 3, tags: [1] }]), 409)
    t.equal(await write('PATCH', '/contracts/1', { version: 3, tags: [1] }), 409)
    t.strictSame(await query('SELECT 1 FROM "_ContractToTag"'), [], 'nothing is written')
    t.equal(await write('PATCH', '/contracts/1', { version: 4, tags: [1] }, { 'if-match': '"4"' }), 200)

    metas.length = 0
    await write('POST', '/invoices', invoice('A', line('a', 1, '1.5')))
    await write('PATCH', '/invoices/1', { lineItems: [{ id: 1, quantity: 1, unitPrice: 1.5 }] })
    await write('PATCH', '/invoices/1', { lineItems: [{ id: 1, quantity: 2 }] })
    await write('POST', '/invoices?unique_fields=ownerId,number', [{ ownerId: 1, number: 'A', lineItems: [] }])
    t.strictSame(metas, [made, same, changed, changed])
  }
)

await t.test(
  'writers of one parent side by side leave what one of them wrote',
  { skip: kind === 'pglite' && 'PGlite runs one transaction at a time' },
  async t => {
    await send('POST', '/invoices', [invoice('A', line('start'))])
    await query("INSERT INTO tags (slug, name) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D')")
    const contracts = sender(
      await serve(
        t,
        database,
        { '/contracts': { model: 'Contract', relations: { tags: manyIdToData() } } },
        { crud: true }
      )
    )
    await contracts('POST', '/contracts', { contractNumber: 'N', year: 1, amount: 1, tags: [1] })
    for (let round = 0; round < 5; round++) {
      const writes = await Promise.all(
        [1, 2, 3, 4].flatMap(n => [
          send('PATCH', '/invoices/1', { lineItems: [line(`${round}-${n}-x`), line(`${round}-${n}-y`)] }),
          contracts('PATCH', '/contracts/1', { tags: [n, (n % 4) + 1] })
        ])
      )
      t.strictSame(
        writes.map(({ status }) => status),
        writes.map(() => 200)
      )
      t.match((await stored())[0], /^A: (\d-\d)-x, \1-y$/)
      t.equal((await query('SELECT 1 FROM "_ContractToTag"')).length, 2)
    }
    const upserts = await Promise.all(
      [1, 2, 3, 4].map(n =>
        send('POST', '/invoices?unique_fields=ownerId,number', [invoice('NEW', line(`${n}-x`), line(`${n}-y`))])
      )
    )
    t.strictSame(
      upserts.map(({ status }) => status),
      [200, 200, 200, 200]
    )
    t.match((await stored())[1], /^NEW: (\d)-x, \1-y$/)
  }
)

await t.test('what is declared wrongly is told when it is registered', async t => {
  const refused = async (model: string, relations: RelationDefinitions): Promise<string> => {
    try {
      await serve(t, database, { '/x': defineResource({ model, relations }).options })
    } catch (error) {
      return (error as Error).message
    }
    return 'nothing'
  }
  t.equal(
    await refused('Contract', { tag: manyIdToData() }),
    'resource Contract: option "relations" names the unknown relation "tag". Did you mean "tags"?'
  )
  t.equal(
    await refused('Contract', { tags: idOnly() }),
    'resource Contract: relation "tags" (idOnly): is for one row, but the relation is a list'
  )
  t.equal(
    await refused('Invoice', { lineItems: manyDataToData({ fields: ['quantty'] }) }),
    'resource Invoice: relation "lineItems" (manyDataToData): option "fields" names the unknown field "quantty" of ' +
      'LineItem. Did you mean "quantity"?'
  )
  t.equal(
    await refused('Invoice', { lineItems: manyDataToData({ mode: 'replace' }) }),
    'resource Invoice: relation "lineItems" (manyDataToData): option "mode" cannot be "replace": ' +
      'LineItem.invoiceId takes no null; use "sync", which deletes, or "append"'
  )
  t.throws(() => manyIdOnly({ fields: ['id'] }), { message: 'manyIdOnly: option "fields" needs the form "data"' })
  t.throws(() => defineResource({ model: 'Contract', relations: { tags: {} as never } }), {
    message: /option "relations" must be an object of relations/
  })
})
