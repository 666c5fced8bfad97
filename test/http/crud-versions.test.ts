import type { AddressInfo } from 'node:net'
import t from 'tap'
import { bulkAnswer, bulkDatabase, contract, counts, refused, sender, serve } from '../helpers/bulk-app.js'
import type { Answer } from '../helpers/bulk-app.js'
import { wrapped } from '../helpers/envelope-app.js'
import { beforeStatements } from '../helpers/statements.js'

const database = await bulkDatabase(t)
const { query, statements } = database

/** What to do once, before the next look at a row that was not written. */
let beforeLook: (() => Promise<unknown>) | undefined
beforeStatements(database.pool, text => {
  if (beforeLook === undefined || !/^select .* join unnest/.test(text)) return undefined
  const work = beforeLook
  beforeLook = undefined
  return work()
})

const app = await serve(
  t,
  database,
  {
    '/contracts': { model: 'Contract' },
    '/strict': { model: 'Contract', requireIfMatch: true },
    '/hidden': {
      model: 'Contract',
      actions: ['retrieve', 'update', 'replace', 'destroy', 'bulkUpdate', 'bulkUpsert'],
      fields: ['id', 'note']
    },
    '/shelves': { model: 'Shelf' },
    '/articles': { model: 'Article' },
    '/tags': { model: 'Tag' }
  },
  { crud: true }
)
const send = sender(app)

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, tags, articles, "Shelf", "Document", "Hold" RESTART IDENTITY CASCADE')
  await send('POST', '/contracts', { contractNumber: 'N-1', year: 2026, amount: 10 })
  statements.length = 0
})

const byPair = '/contracts?unique_fields=contractNumber,year'

/** The whole answer of a condition that is not met. */
function failed (params: {
  readonly header: string
  readonly current?: number
  readonly fields?: readonly string[]
}): object {
  const message =
    params.header === 'If-None-Match' ? 'The row is there already' : "The row's version does not match If-Match"
  return { ...refused('precondition_failed', message, [{ code: 'precondition_failed', message, params }]), errors: {} }
}

/** The whole answer to a version in the body that is not the row's. */
function stale (params: {
  readonly expected: number
  readonly current: number
  readonly fields?: readonly string[]
}): object {
  const message = `The row has changed: its version is ${params.current}, not ${params.expected}`
  return refused('version_conflict', message, [{ field: 'version', code: 'version_conflict', message, params }])
}

function malformed (header: string, problem: string): object {
  const message = `The header ${header} ${problem}`
  return {
    ...refused('invalid_header', message, [{ code: 'invalid_header', message, params: { header, problem } }]),
    errors: {}
  }
}

const outcome = ({ status, body, headers }: Answer): readonly unknown[] => [status, headers['etag'], body]

async function stored (): Promise<unknown> {
  return (await query('SELECT version, amount, note FROM contracts WHERE id = 1'))[0]
}

await t.test('every answer that is one row has its version as a strong tag', async t => {
  const tagOf = async (...request: Parameters<typeof send>): Promise<unknown> =>
    (await send(...request)).headers['etag']
  t.equal(await tagOf('POST', '/contracts', { contractNumber: 'N-2', year: 1, amount: 1 }), '"1"')
  t.equal(await tagOf('GET', '/contracts/2'), '"1"')
  t.equal(await tagOf('PATCH', '/contracts/2', { note: 'x' }), '"2"')
  t.equal(await tagOf('PATCH', '/contracts/2', { note: 'x' }), '"2"', 'unchanged')
  t.equal(
    await tagOf('PATCH', '/contracts/2', { note: 'y' }, { prefer: 'return=minimal' }),
    '"3"',
    'also where the row is left out'
  )
  t.equal(await tagOf('PUT', '/contracts/2', { contractNumber: 'N-2', year: 1, amount: 1 }), '"4"')
  t.equal(await tagOf('POST', byPair, { contractNumber: 'N-2', year: 1, amount: 2 }), '"5"')
  t.equal(await tagOf('PATCH', byPair, { contractNumber: 'N-3', year: 1, amount: 2 }), '"1"')
  t.equal(await tagOf('GET', '/hidden/2'), '"5"', 'also where the version is not shown')
  t.equal(await tagOf('GET', '/contracts'), undefined, 'a list has none')
  t.equal(await tagOf('POST', byPair, [{ contractNumber: 'N-2', year: 1, amount: 3 }]), undefined)
  t.equal(await tagOf('DELETE', '/contracts/2'), undefined)
  await send('POST', '/tags', { slug: 'a', name: 'A' })
  t.equal(await tagOf('GET', '/tags/1'), undefined, 'nor has a row without a version')
  t.equal((await app.inject({ method: 'HEAD', url: '/contracts/1' })).headers['etag'], '"1"')
})

await t.test('If-None-Match spares a row that is known', async t => {
  await send('PATCH', '/contracts/1', { note: 'x' })
  for (const header of ['"2"', 'W/"2"', '"1", "2"', '*', '"x", W/"2"']) {
    for (const method of ['GET', 'HEAD'] as const) {
      const { statusCode, body, headers } = await app.inject({
        method,
        url: '/contracts/1',
        headers: { 'if-none-match': header }
      })
      t.strictSame(
        [statusCode, body, headers['etag'], headers['content-type']],
        [304, '', '"2"', undefined],
        `${method} ${header}`
      )
    }
  }
  for (const header of ['"1"', 'W/"1"', '"02"', '""', '"x"']) {
    const { status, headers, body } = await send('GET', '/contracts/1', undefined, { 'if-none-match': header })
    t.strictSame(
      [status, headers['etag'], body],
      [200, '"2"', wrapped(contract({ note: 'x', version: 2 }), 'Contract retrieved successfully')],
      header
    )
  }
  t.equal((await send('GET', '/contracts/9', undefined, { 'if-none-match': '*' })).status, 404)
  await send('POST', '/tags', { slug: 'a', name: 'A' })
  t.equal(
    (await send('GET', '/tags/1', undefined, { 'if-none-match': '"1", "null"' })).status,
    200,
    'a row without a version matches no tag'
  )
  t.equal((await app.inject({ url: '/tags/1', headers: { 'if-none-match': '*' } })).statusCode, 304)
})

await t.test('a reading may ask for a version too', async t => {
  t.equal((await send('GET', '/contracts/1', undefined, { 'if-match': '"1"' })).status, 200)
  t.strictSame(outcome(await send('GET', '/contracts/1', undefined, { 'if-match': '"2"' })), [
    412,
    '"1"',
    failed({ header: 'If-Match', current: 1 })
  ])
  t.strictSame(
    outcome(await send('GET', '/contracts/1', undefined, { 'if-match': 'W/"1"', 'if-none-match': '"1"' })),
    [412, '"1"', failed({ header: 'If-Match', current: 1 })],
    'If-Match comes first'
  )
})

await t.test('If-Match lets a write through for the versions that it names', async t => {
  let version = 1
  const next = async (header: string): Promise<unknown> => {
    const { status, headers } = await send('PATCH', '/contracts/1', { amount: ++version }, { 'if-match': header })
    return [status, headers['etag']]
  }
  t.strictSame(await next('"1"'), [200, '"2"'])
  t.strictSame(await next('*'), [200, '"3"'])
  t.strictSame(await next('"1", "3", "7"'), [200, '"4"'])
  t.strictSame(await next('"x", W/"4", "4"'), [200, '"5"'])
  const put = await send(
    'PUT',
    '/contracts/1',
    { contractNumber: 'N-1', year: 2026, amount: 1 },
    { 'if-match': '"5"' }
  )
  t.strictSame([put.status, put.headers['etag']], [200, '"6"'])
  t.equal((await send('DELETE', '/contracts/1', undefined, { 'if-match': '"6"' })).status, 200)
  t.strictSame(await query('SELECT 1 FROM contracts'), [])
})

await t.test(
  'a stale If-Match gives 412 with the version and the fields that it is about, and writes nothing',
  async t => {
    await send('PATCH', '/contracts/1', { note: 'x', status: 'active' })
    const header = 'If-Match'
    const now = { version: 2, amount: '10.00', note: 'x' }
    statements.length = 0
    const patch = await send(
      'PATCH',
      '/contracts/1',
      { amount: '10', note: 'mine', status: 'active', year: 2027 },
      { 'if-match': '"1"' }
    )
    t.strictSame(
      outcome(patch),
      [412, '"2"', failed({ header, current: 2, fields: ['year', 'note'] })],
      'values that are the same are no difference'
    )
    t.equal(statements.length, 2, 'the write, and the look at the row')
    t.strictSame(
      outcome(
        await send(
          'PUT',
          '/contracts/1',
          { contractNumber: 'N-1', year: 2026, amount: 10 },
          { 'if-match': '"1", W/"2"' }
        )
      ),
      [412, '"2"', failed({ header, current: 2, fields: ['status', 'note'] })]
    )
    t.strictSame(outcome(await send('DELETE', '/contracts/1', undefined, { 'if-match': '"1"' })), [
      412,
      '"2"',
      failed({ header, current: 2 })
    ])
    for (const tag of ['W/"2"', '"02"', '"x"', '"2.0"', '""', '"99999999999"']) {
      t.strictSame(
        outcome(await send('PATCH', '/contracts/1', { note: 'mine' }, { 'if-match': tag })),
        [412, '"2"', failed({ header, current: 2 })],
        tag
      )
      t.strictSame(
        outcome(await send('DELETE', '/contracts/1', undefined, { 'if-match': tag })),
        [412, '"2"', failed({ header, current: 2 })],
        tag
      )
    }
    t.strictSame(await stored(), now)
    t.strictSame(
      (await send('PATCH', '/contracts/1', { note: 'x' }, { 'if-match': '"1"' })).status,
      412,
      'also where nothing would change'
    )

    const problem = await send(
      'PATCH',
      '/contracts/1',
      { note: 'mine' },
      { 'if-match': '"1"', accept: 'application/problem+json' }
    )
    t.strictSame([problem.status, problem.headers['etag'], problem.body.code], [412, '"2"', 'precondition_failed'])
  }
)

await t.test('a row that is not there is not found, whatever the conditions', async t => {
  for (const headers of [
    { 'if-match': '"1"' },
    { 'if-match': '*' },
    { 'if-match': 'W/"1"' },
    { 'if-none-match': '*' }
  ]) {
    for (const [method, body] of [
      ['PATCH', { note: 'x' }],
      ['PUT', { contractNumber: 'N', year: 1, amount: 1 }],
      ['DELETE', undefined]
    ] as const) {
      t.equal((await send(method, '/contracts/9', body, headers)).status, 404, `${method} ${JSON.stringify(headers)}`)
    }
  }
})

await t.test('conditions that are malformed, or make no sense, are refused', async t => {
  const list = 'must be * or a list of entity tags such as "1", "2"'
  for (const header of ['1', '"1', '"1" "2"', '*, "1"', ',']) {
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { note: 'x' }],
      ['DELETE', undefined]
    ] as const) {
      t.strictSame(
        outcome(await send(method, '/contracts/1', body, { 'if-match': header })),
        [400, undefined, malformed('If-Match', list)],
        `${method} ${header}`
      )
      t.strictSame(
        outcome(await send(method, '/contracts/1', body, { 'if-none-match': header })),
        [400, undefined, malformed('If-None-Match', list)],
        `${method} ${header}`
      )
    }
  }
  const star = 'must be * in a request that writes'
  t.strictSame(
    (await send('PATCH', '/contracts/1', { note: 'x' }, { 'if-none-match': '"7"' })).body,
    malformed('If-None-Match', star)
  )
  t.strictSame(
    (await send('POST', '/contracts', { contractNumber: 'N-2', year: 1, amount: 1 }, { 'if-none-match': '"7"' })).body,
    malformed('If-None-Match', star)
  )
  t.strictSame(
    (await send('PATCH', '/contracts', [{ id: 1, note: 'x' }], { 'if-none-match': '*' })).body,
    malformed('If-None-Match', 'goes with requests that may create rows')
  )
  t.strictSame(await stored(), { version: 1, amount: '10.00', note: null })
})

await t.test('a stale version in the body gives 409, one in the header 412', async t => {
  await send('PATCH', '/contracts/1', { note: 'x' })
  t.strictSame(outcome(await send('PATCH', '/contracts/1', { note: 'mine', amount: 10, version: 1 })), [
    409,
    '"2"',
    stale({ expected: 1, current: 2, fields: ['note'] })
  ])
  const whole = { contractNumber: 'N-1', year: 2026, amount: 10 }
  t.strictSame(outcome(await send('PUT', '/contracts/1', { ...whole, version: 3 })), [
    409,
    '"2"',
    stale({ expected: 3, current: 2, fields: ['note'] })
  ])
  t.strictSame(
    outcome(await send('PATCH', '/contracts/1', { note: 'mine', version: 1 }, { 'if-match': '"2"' })),
    [409, '"2"', stale({ expected: 1, current: 2 })],
    'the header fits, the body does not'
  )
  t.strictSame(
    outcome(await send('PATCH', '/contracts/1', { note: 'mine', version: 1 }, { 'if-match': '"1", "2"' })),
    [409, '"2"', stale({ expected: 1, current: 2, fields: ['note'] })]
  )
  t.strictSame(
    outcome(await send('PATCH', '/contracts/1', { note: 'mine', version: 2 }, { 'if-match': '"1"' })),
    [412, '"2"', failed({ header: 'If-Match', current: 2 })],
    'the body fits, the header does not'
  )
  t.strictSame(outcome(await send('PATCH', '/contracts/1', { note: 'mine', version: 1 }, { 'if-match': '"1"' })), [
    412,
    '"2"',
    failed({ header: 'If-Match', current: 2, fields: ['note'] })
  ])
  t.strictSame(await stored(), { version: 2, amount: '10.00', note: 'x' })
  t.strictSame(outcome(await send('PATCH', '/contracts/1', { note: 'y', version: 2 }, { 'if-match': '"2"' })), [
    200,
    '"3"',
    bulkAnswer(
      'Contract updated successfully',
      { created: 0, updated: 1, unchanged: 0 },
      contract({ note: 'y', version: 3 })
    )
  ])
  t.strictSame(
    outcome(
      await send('PATCH', '/contracts/1', { note: 'z', version: 3 }, { 'if-match': '*', prefer: 'return=minimal' })
    ),
    [200, '"4"', counts('Contract updated successfully', 'updated', 1, { created: 0, updated: 1, unchanged: 0 })]
  )
  t.strictSame((await send('PATCH', '/contracts/1', { note: 'x', version: 'x' })).status, 400)
})

await t.test('If-None-Match: * creates, and touches nothing that is there', async t => {
  const star = { 'if-none-match': '*' }
  const message = 'The row is there already'
  const item = (index: number | undefined, key: readonly string[]): object =>
    refused('precondition_failed', index === undefined ? message : '1 item is not valid; nothing was written', [
      {
        ...(index === undefined ? {} : { index }),
        code: 'precondition_failed',
        message,
        params: { header: 'If-None-Match', key }
      }
    ])
  const [old, fresh] = [
    { contractNumber: 'N-1', year: 2026, amount: 1 },
    { contractNumber: 'N-2', year: 2026, amount: 1 }
  ]
  const pair = ['contractNumber', 'year']
  const nothing = async (): Promise<void> => {
    t.strictSame(await query('SELECT id, amount FROM contracts'), [{ id: 1, amount: '10.00' }])
  }
  for (const [method, url] of [
    ['POST', '/contracts'],
    ['POST', byPair],
    ['PATCH', byPair],
    ['PUT', byPair]
  ] as const) {
    t.strictSame(
      outcome(await send(method, url, old, star)),
      [412, undefined, item(undefined, pair)],
      `${method} ${url}, one`
    )
    await nothing()
    t.strictSame(
      outcome(await send(method, url, [fresh, old], star)),
      [412, undefined, item(1, pair)],
      `${method} ${url}, many`
    )
    await nothing()
  }
  t.equal((await send('POST', '/contracts', old)).status, 409, 'without the condition it is a conflict')
  await nothing()

  const made = await send('PATCH', byPair, [fresh], star)
  t.strictSame([made.status, made.body.meta], [200, { created: 1, updated: 0, unchanged: 0 }])
  const one = await send('POST', byPair, { ...fresh, contractNumber: 'N-3' }, star)
  t.strictSame(
    [one.status, one.headers['etag'], one.body.meta],
    [201, '"1"', { created: 1, updated: 0, unchanged: 0 }]
  )

  await send('PATCH', '/contracts/1', { externalRef: 'E' })
  const other = await send('POST', byPair, [{ contractNumber: 'N-4', year: 1, amount: 1, externalRef: 'E' }], star)
  t.strictSame(
    [other.status, other.body.code],
    [409, 'unique_violation'],
    'another unique constraint than that of the upsert is a conflict as ever'
  )
  t.strictSame((await send('POST', byPair, { ...fresh, contractNumber: 'N-5', version: 1 }, star)).body.errors, {
    version: ['A row that may not be there yet has no version']
  })
  t.strictSame((await send('POST', byPair, { contractNumber: 'N-5', year: 1 }, star)).body.errors, {
    amount: ['This field is required']
  })

  t.strictSame(outcome(await send('PUT', '/contracts/1', old, star)), [
    412,
    '"2"',
    failed({ header: 'If-None-Match', current: 2 })
  ])
  t.strictSame(outcome(await send('PATCH', '/contracts/1', { note: 'x' }, star)), [
    412,
    '"2"',
    failed({ header: 'If-None-Match', current: 2 })
  ])
  t.strictSame(outcome(await send('DELETE', '/contracts/1', undefined, star)), [
    412,
    '"2"',
    failed({ header: 'If-None-Match', current: 2 })
  ])
  t.strictSame(await stored(), { version: 2, amount: '10.00', note: null })
})

await t.test('a row that the caller cannot see is none that is there, but its values are taken', async t => {
  const app = await serve(t, database, { '/documents': { model: 'Document' } }, { crud: true })
  const send = sender(app)
  const star = { 'if-none-match': '*' }
  const made = await send('POST', '/documents', { code: 'D', title: 'T', slug: 't' }, star)
  t.equal(
    (await send('POST', '/documents?unique_fields=code', { code: 'D', title: 'T', slug: 'u' }, star)).status,
    412
  )
  await send('DELETE', `/documents/${(made.body.data as { id: string }).id}`)
  const again = await send('POST', '/documents?unique_fields=code', { code: 'D', title: 'T', slug: 'u' }, star)
  t.strictSame([again.status, again.body.errors], [409, { code: ['A deleted Document holds this code'] }])
})

await t.test('a slug that is unique among live rows is no row that is there once it is deleted', async t => {
  const article = { title: 'A', slug: 'a', content: '' }
  const star = { 'if-none-match': '*' }
  const first = await send('POST', '/articles?unique_fields=slug', article, star)
  t.equal(first.status, 201)
  t.equal((await send('POST', '/articles?unique_fields=slug', article, star)).status, 412)
  await send('DELETE', `/articles/${(first.body.data as { id: string }).id}`)
  t.equal((await send('POST', '/articles?unique_fields=slug', article, star)).status, 201)
})

await t.test('a row that gets the wanted version while it is looked at is written all the same', async t => {
  for (const [method, body, wanted] of [
    ['PATCH', { note: 'mine' }, { version: 3, amount: '10.00', note: 'mine' }],
    ['DELETE', undefined, undefined]
  ] as const) {
    await query('UPDATE contracts SET version = 1, note = NULL WHERE id = 1')
    beforeLook = () => query('UPDATE contracts SET version = 2 WHERE id = 1')
    const { status } = await send(method, '/contracts/1', body, { 'if-match': '"2"' })
    t.strictSame([status, await stored(), beforeLook], [200, wanted, undefined], method)
  }
})

await t.test('requireIfMatch gives 428 to changes without a version', async t => {
  const message = 'This request needs the header If-Match'
  const needed = {
    ...refused('precondition_required', message, [
      { code: 'precondition_required', message, params: { header: 'If-Match' } }
    ]),
    errors: {}
  }
  for (const [method, url, body] of [
    ['PATCH', '/strict/1', { note: 'x' }],
    ['PUT', '/strict/1', { contractNumber: 'N-1', year: 2026, amount: 1 }],
    ['DELETE', '/strict/1', undefined],
    ['PATCH', '/strict/1', { note: 'x', version: 1 }]
  ] as const) {
    t.strictSame(outcome(await send(method, url, body)), [428, undefined, needed], method)
  }
  t.equal((await send('GET', '/strict/1')).status, 200)
  t.equal((await send('PATCH', '/strict/1', { note: 'x' }, { 'if-match': '"1"' })).status, 200)
  t.equal((await send('PATCH', '/strict/1', { note: 'y' }, { 'if-match': '"1"' })).status, 412)
  t.equal((await send('DELETE', '/strict/1', undefined, { 'if-match': '*' })).status, 200)
})

await t.test('rows without a version match no tag, but the star', async t => {
  await send('POST', '/tags', { slug: 'a', name: 'A' })
  for (const tag of ['"1"', '"null"', '"undefined"']) {
    t.strictSame(
      outcome(await send('PATCH', '/tags/1', { name: 'x' }, { 'if-match': tag })),
      [412, undefined, failed({ header: 'If-Match' })],
      tag
    )
    t.strictSame(
      outcome(await send('DELETE', '/tags/1', undefined, { 'if-match': tag })),
      [412, undefined, failed({ header: 'If-Match' })],
      tag
    )
  }
  t.equal((await send('PATCH', '/tags/9', { name: 'x' }, { 'if-match': '"1"' })).status, 404)
  t.strictSame((await send('PATCH', '/tags/1', { name: 'x' }, { 'if-match': '*' })).body.data, {
    id: 1,
    slug: 'a',
    name: 'x'
  })
})

await t.test('the fields of a conflict are told by what the database holds for equal', async t => {
  const app = await serve(
    t,
    database,
    { '/documents': { model: 'Document' }, '/specimens': { model: 'Specimen' } },
    { crud: true }
  )
  const send = sender(app)
  await query(
    'INSERT INTO "Document" (id, code, title, slug, "updatedAt") VALUES ' +
      "('00000000-0000-7000-8000-00000000000a', 'D', 'T', 's', now())"
  )
  const { body } = await send('PATCH', '/documents/00000000-0000-7000-8000-00000000000a', {
    code: null,
    title: 'T',
    slug: 's',
    edition: null,
    binderId: null,
    version: 7
  })
  t.strictSame((body.details as { params: unknown }[])[0]?.params, { expected: 7, current: 1, fields: ['code'] })
})

async function racing (
  t: Parameters<typeof serve>[0],
  requests: (i: number) => { headers: Record<string, string>; body: unknown }
): Promise<{ status: number; etag: string | null; params: unknown }[]> {
  const app = await serve(t, database, { '/contracts': { model: 'Contract' } }, { crud: true })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const { headers, body } = requests(i)
      const answer = await fetch(`http://127.0.0.1:${port}/contracts/1`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body)
      })
      const { details } = (await answer.json()) as { details?: { params: unknown }[] }
      return { status: answer.status, etag: answer.headers.get('etag'), params: details?.[0]?.params ?? null }
    })
  )
}

const byStatus = (answers: readonly { status: number }[]): object[] => answers.toSorted((a, b) => a.status - b.status)

await t.test('of twenty writes with the same If-Match one wins, the others are told of its version', async t => {
  const answers = await racing(t, i => ({ headers: { 'if-match': '"1"' }, body: { note: `by ${i}` } }))
  t.strictSame(byStatus(answers), [
    { status: 200, etag: '"2"', params: null },
    ...Array(19).fill({ status: 412, etag: '"2"', params: { header: 'If-Match', current: 2, fields: ['note'] } })
  ])
  t.strictSame(await stored(), {
    version: 2,
    amount: '10.00',
    note: `by ${answers.findIndex(({ status }) => status === 200)}`
  })
})

await t.test('of twenty writes with the same version in the body one wins, the others are in conflict', async t => {
  const answers = await racing(t, i => ({ headers: {}, body: { note: `by ${i}`, version: 1 } }))
  t.strictSame(byStatus(answers), [
    { status: 200, etag: '"2"', params: null },
    ...Array(19).fill({ status: 409, etag: '"2"', params: { expected: 1, current: 2, fields: ['note'] } })
  ])
  t.equal(((await stored()) as { version: number }).version, 2)
})

await t.test('of twenty writes that take three versions, three win', async t => {
  const answers = await racing(t, i => ({ headers: { 'if-match': '"3", "1", "2"' }, body: { note: `by ${i}` } }))
  t.strictSame(
    byStatus(answers).map(answer => (answer as { status: number }).status),
    [200, 200, 200, ...Array(17).fill(412)]
  )
  t.strictSame(
    answers
      .filter(({ status }) => status === 200)
      .map(({ etag }) => etag)
      .sort(),
    ['"2"', '"3"', '"4"']
  )
  t.equal(((await stored()) as { version: number }).version, 4)
})
