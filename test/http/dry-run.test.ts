import t from 'tap'
import { bulkDatabase, contract, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
const hooks: string[] = []
const app = await serve(
  t,
  database,
  {
    '/contracts': {
      model: 'Contract',
      after: {
        bulkCreate: ({ rows }) => {
          hooks.push(`created ${rows.length}`)
        }
      }
    },
    '/articles': { model: 'Article', bulk: { actionRoutes: true } }
  },
  { crud: true }
)
const send = sender(app)
const row = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})

await query(
  'CREATE TABLE ledger (id integer PRIMARY KEY, contract integer REFERENCES contracts (id) DEFERRABLE INITIALLY ' +
    'DEFERRED)'
)
t.beforeEach(async () => {
  hooks.length = 0
  await query('TRUNCATE users, customers, contracts, tags, articles RESTART IDENTITY CASCADE')
})

async function stored (): Promise<unknown> {
  return await query('SELECT contract_number, note, version FROM contracts ORDER BY id')
}

await t.test('a creation is answered as it would be, without the ids, and nothing is stored', async t => {
  const { id, ...first } = contract({}) as { readonly id: number }
  const many = await send('POST', '/contracts?dry_run=true', [row(1), row(2)])
  t.equal(many.status, 201)
  t.match(many.body, { success: true, message: 'Contracts created successfully', meta: { created: 2, dry_run: true } })
  t.strictSame(many.body.data, [first, { ...first, contractNumber: 'N-2' }])
  const one = await send('POST', '/contracts?dry_run=true', row(1))
  t.match(one, { status: 201, headers: { etag: undefined }, body: { data: first, meta: { dry_run: true } } })
  t.notOk('id' in (one.body.data as object))
  const counted = await send('POST', '/contracts?dry_run=true', [row(1)], { prefer: 'return=minimal' })
  t.match(counted, {
    status: 201,
    headers: { 'preference-applied': 'return=minimal' },
    body: { data: { count: 1 }, meta: { dry_run: true } }
  })
  t.strictSame(await stored(), [])
  t.strictSame(hooks, ['created 2', 'created 1'], 'hooks run')
})

await t.test('errors are those of the real write', async t => {
  await send('POST', '/contracts', [row(1)])
  const real = await send('POST', '/contracts', [row(1), row(2, { customerId: 9 }), row(3)])
  const dry = await send('POST', '/contracts?dry_run=true', [row(1), row(2, { customerId: 9 }), row(3)])
  t.strictSame(dry.body, real.body)
  t.equal(dry.status, real.status)
})

await t.test('every other write', async t => {
  await send('POST', '/contracts', [row(1), row(2)])
  const before = await stored()
  const upsert = await send('PATCH', '/contracts?unique_fields=contractNumber,year&dry_run=true', [
    row(1, { note: 'x' }),
    row(3)
  ])
  t.match(upsert, {
    status: 200,
    body: {
      data: [{ id: 1, note: 'x', version: 2 }, { contractNumber: 'N-3' }],
      meta: { created: 1, updated: 1, dry_run: true }
    }
  })
  t.notOk('id' in (upsert.body.data as object[])[1]!)
  t.match(await send('PATCH', '/contracts?dry_run=true', [{ id: 1, note: 'x' }]), {
    status: 200,
    body: { data: [{ id: 1, note: 'x', version: 2 }], meta: { updated: 1, dry_run: true } }
  })
  t.match(await send('PUT', '/contracts?dry_run=true', [{ id: 1, ...row(9) }]), {
    status: 200,
    body: { data: [{ id: 1, contractNumber: 'N-9' }] }
  })
  t.match(await send('DELETE', '/contracts?ids=1,9&dry_run=true'), {
    status: 200,
    body: { data: { count: 1, missing_ids: [9] }, meta: { deleted: 1, dry_run: true } }
  })
  t.match(await send('PATCH', '/contracts/1?dry_run=true', { note: 'x' }, { 'if-match': '"1"' }), {
    status: 200,
    headers: { etag: undefined },
    body: { data: { note: 'x', version: 2 }, meta: { dry_run: true } }
  })
  t.match(await send('PATCH', '/contracts/1?dry_run=true', { note: 'x' }, { 'if-match': '"7"' }), {
    status: 412,
    headers: { etag: '"1"' }
  })
  t.match(await send('PUT', '/contracts/1?dry_run=true', row(7)), {
    status: 200,
    body: { data: { contractNumber: 'N-7' } }
  })
  t.match(await send('DELETE', '/contracts/1?dry_run=true'), {
    status: 200,
    body: { data: null, meta: { dry_run: true } }
  })
  t.match(await send('DELETE', '/contracts/1?dry_run=true', undefined, { prefer: 'return=minimal' }), {
    status: 204,
    body: {}
  })
  t.match(await send('DELETE', '/contracts/9?dry_run=true'), { status: 404 })
  t.strictSame(await stored(), before)
})

await t.test('marks of deleted rows, and an upsert of ids that clients choose', async t => {
  const { body } = await send('POST', '/articles', { title: 'a', content: 'x' })
  const { id } = body.data as { readonly id: string }
  t.match(await send('DELETE', '/articles/bulk-soft-delete?dry_run=true', [id]), {
    status: 200,
    body: { data: { count: 1 } }
  })
  t.match(await send('GET', `/articles/${id}`), { status: 200 })
  await send('DELETE', `/articles/${id}`)
  t.match(await send('POST', `/articles/${id}/restore?dry_run=true`), {
    status: 200,
    body: { data: { count: 1, restored: 1 }, meta: { restored: 1, dry_run: true } }
  })
  t.match(await send('POST', '/articles/bulk-restore?dry_run=true', [id]), {
    status: 200,
    body: { meta: { restored: 1 } }
  })
  t.match(await send('GET', `/articles/${id}`), { status: 404 })
})

await t.test('with partial success', async t => {
  const answer = await send('POST', '/contracts?dry_run=true&partial_success=true', [
    row(1),
    row(2, { customerId: 9 })
  ])
  t.match(answer, {
    status: 207,
    body: { success: false, data: { summary: { total: 2, created: 1, failed: 1 } }, meta: { dry_run: true } }
  })
  const [first] = (answer.body.data as { readonly results: readonly object[] }).results
  t.notOk('id' in first!)
  t.strictSame(await stored(), [])
})

await t.test('what the database checks at the end of a transaction is checked too', async t => {
  await send('POST', '/contracts', [row(1)])
  await query('INSERT INTO ledger VALUES (1, 1)')
  const dry = await send('DELETE', '/contracts?ids=1&dry_run=true')
  const real = await send('DELETE', '/contracts?ids=1')
  t.equal(dry.status, real.status)
  t.equal(dry.body['code'], real.body['code'])
  t.equal(dry.status, 409)
})

await t.test('false is the default, and other values are refused', async t => {
  t.match(await send('POST', '/contracts?dry_run=false', [row(1)]), {
    status: 201,
    body: { data: [{ contractNumber: 'N-1' }] }
  })
  t.match(await send('POST', '/contracts?dry_run=1', [row(2)]), { status: 400, body: { code: 'invalid_parameter' } })
  t.match(await send('GET', '/contracts?dry_run=true'), { status: 400 })
})
