import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { againstSession, untilSessionsWait } from '../helpers/sessions.js'

const database = await bulkDatabase(t)
const { query, kind, client } = database
const app = await serve(
  t,
  database,
  {
    '/contracts': { model: 'Contract', idempotency: true },
    '/customers': { model: 'Customer', idempotency: { required: true, ttlSeconds: 60 } },
    '/tags': { model: 'Tag' }
  },
  {
    crud: true,
    prepare: async app => {
      await app.register(currentUser, {
        hook: 'onRequest',
        resolve: ({ headers }) => (headers['x-user'] === undefined ? null : { id: Number(headers['x-user']) })
      })
    }
  }
)
const send = sender(app)
const row = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})
const key = (key: string, headers: object = {}) => ({ 'idempotency-key': key, ...headers })

t.beforeEach(async () => {
  await query('TRUNCATE users, customers, contracts, tags, articles, commons_idempotency RESTART IDENTITY CASCADE')
  await query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
})

async function count (table = 'contracts'): Promise<number> {
  return Number((await query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]!.n)
}

await t.test('a request that comes twice is done once, and answered alike', async t => {
  await query("INSERT INTO commons_idempotency VALUES ('', 'old', 'x', '', now() - interval '1 day')")
  const first = await send('POST', '/contracts', [row(1), row(2)], key('a', { prefer: 'return=representation' }))
  t.equal(first.status, 201)
  t.notOk(first.headers['idempotent-replayed'])
  const second = await send('POST', '/contracts', [row(1), row(2)], key('a', { prefer: 'return=representation' }))
  t.equal(second.headers['idempotent-replayed'], 'true')
  t.equal(second.headers['preference-applied'], 'return=representation')
  t.strictSame([second.status, second.body], [first.status, first.body])
  t.equal(await count(), 2)
  t.equal(await count('commons_idempotency'), 1, 'answers whose time is up go, now and then')
})

await t.test('single rows, with their tags', async t => {
  const first = await send('POST', '/contracts', row(1), key('a'))
  const second = await send('POST', '/contracts', { year: 2026, amount: '10.00', contractNumber: 'N-1' }, key('"a"'))
  t.strictSame(
    [second.status, second.headers['etag'], second.body],
    [201, '"1"', first.body],
    'the order of names and quotes tell nothing'
  )
  for (const [method, url, body, headers] of [
    ['PATCH', '/contracts/1', { note: 'x' }, { 'if-match': '"1"' }],
    ['DELETE', '/contracts/1', undefined, { prefer: 'return=minimal' }]
  ] as const) {
    const done = await send(method, url, body, key(method, headers))
    const replayed = await send(method, url, body, key(method, headers))
    t.equal(replayed.headers['idempotent-replayed'], 'true', method)
    t.strictSame(
      [replayed.status, replayed.headers['etag'], replayed.body],
      [done.status, done.headers['etag'], done.body]
    )
    t.ok(done.status < 300)
  }
})

await t.test('a partial answer is told again as it was', async t => {
  const items = [row(1), row(2, { customerId: 9 })]
  const first = await send('POST', '/contracts?partial_success=true', items, key('a'))
  const second = await send('POST', '/contracts?partial_success=true', items, key('a'))
  t.equal(second.headers['idempotent-replayed'], 'true')
  t.match(second.body, { success: false })
  t.strictSame([second.status, second.body], [207, first.body])
})

await t.test('the same key with another request is refused', async t => {
  await send('POST', '/contracts', [row(1)], key('a'))
  const refused = { status: 422, body: { code: 'idempotency_key_reused' } }
  t.match(await send('POST', '/contracts', [row(2)], key('a')), refused, 'body')
  t.match(await send('POST', '/contracts?include_results=false', [row(1)], key('a')), refused, 'query')
  t.match(await send('POST', '/contracts', [row(1)], key('a', { prefer: 'return=minimal' })), refused, 'preference')
  t.match(await send('PUT', '/contracts', [row(1)], key('a')), refused, 'method and path')
  t.match(await send('DELETE', '/contracts?ids=1', undefined, key('a')), refused, 'method')
  t.equal(await count(), 1)
})

await t.test('what fails is not kept: the request may be sent again', async t => {
  t.match(await send('POST', '/contracts', [row(1, { customerId: 1 })], key('a')), {
    status: 400,
    body: { code: 'foreign_key_not_found' }
  })
  t.equal(await count('commons_idempotency'), 0)
  await send('POST', '/customers', { code: 'C', name: 'x' }, key('b'))
  t.match(await send('POST', '/contracts', [row(1, { customerId: 1 })], key('a')), {
    status: 201,
    headers: { 'idempotent-replayed': undefined }
  })
})

await t.test('errors name their items inside the transaction of the key too', async t => {
  await send('POST', '/contracts', [row(1)])
  const plain = await send('POST', '/contracts', [row(2), row(1)])
  const keyed = await send('POST', '/contracts', [row(2), row(1)], key('a'))
  t.strictSame([keyed.status, keyed.body], [plain.status, plain.body])
})

await t.test('keys of different actors never meet', async t => {
  t.match(await send('POST', '/contracts', row(1), key('a', { 'x-user': '1' })), {
    status: 201,
    body: { data: { createdById: 1 } }
  })
  t.match(await send('POST', '/contracts', row(2), key('a', { 'x-user': '2' })), {
    status: 201,
    body: { data: { createdById: 2 } }
  })
  t.match(await send('POST', '/contracts', row(3), key('a')), { status: 201, body: { data: { createdById: null } } })
  t.match(await send('POST', '/contracts', row(1), key('a', { 'x-user': '1' })), {
    headers: { 'idempotent-replayed': 'true' }
  })
})

await t.test('the key itself', async t => {
  t.match(await send('POST', '/customers', { code: 'C', name: 'x' }), {
    status: 400,
    body: { code: 'invalid_header', message: 'The header Idempotency-Key is required for writes' }
  })
  t.match(await send('POST', '/contracts', [row(1)], key('x'.repeat(256))), {
    status: 400,
    body: { code: 'invalid_header' }
  })
  t.match(await send('POST', '/contracts', [row(1)], key('')), { status: 400, body: { code: 'invalid_header' } })
  t.match(await send('POST', '/contracts', [row(1)], key('x'.repeat(255))), { status: 201 })
  t.match(
    await send('POST', '/tags', { slug: 'a', name: 'x' }, key('a')),
    { status: 201 },
    'a resource without the option passes it over'
  )
  t.match(await send('POST', '/tags', { slug: 'a', name: 'x' }, key('a')), { status: 409 })
})

await t.test('a dry run keeps no key', async t => {
  t.match(await send('POST', '/contracts?dry_run=true', [row(1)], key('a')), { status: 201 })
  t.match(await send('POST', '/contracts', [row(1)], key('a')), {
    status: 201,
    headers: { 'idempotent-replayed': undefined }
  })
})

await t.test('a key is free again when its time is up', async t => {
  await send('POST', '/contracts', [row(1)], key('a'))
  await query("UPDATE commons_idempotency SET expires_at = now() - interval '1 second'")
  t.match(await send('POST', '/contracts', [row(2)], key('a')), {
    status: 201,
    headers: { 'idempotent-replayed': undefined }
  })
  t.equal(await count(), 2)
})

await t.test('twins that come at once: one is done, all are answered alike', { skip: kind === 'pglite' }, async t => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => await send('POST', '/contracts', [row(1)], key('a')))
  )
  t.strictSame(
    answers.map(({ status }) => status),
    Array(8).fill(201)
  )
  t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 7)
  for (const { body } of answers) t.strictSame(body, answers[0]!.body)
  t.equal(await count(), 1)
  await query("UPDATE commons_idempotency SET expires_at = now() - interval '1 second'")
  const again = await Promise.all(
    Array.from({ length: 8 }, async () => await send('POST', '/contracts', [row(2)], key('a')))
  )
  t.equal(
    again.filter(({ status, headers }) => status === 201 && headers['idempotent-replayed'] === undefined).length,
    1,
    'also where an old answer has expired'
  )
  t.equal(await count(), 2)
})

await t.test('a twin waits for the first one, and is done when that fails', { skip: kind === 'pglite' }, async t => {
  const holder = await database.pool.connect()
  await holder.query(
    "BEGIN; INSERT INTO contracts (contract_number, year, amount, updated_at) VALUES ('N-1', 2026, 1, now())"
  )
  // Both wait: one for the holder's row, the other for the first one's key.
  const [first, second] = [
    send('POST', '/contracts', [row(1)], key('a')),
    send('POST', '/contracts', [row(1)], key('a'))
  ]
  await untilSessionsWait(database.query, 2)
  await holder.query('ROLLBACK')
  holder.release()
  const answers = await Promise.all([first, second])
  t.strictSame(
    answers.map(({ status }) => status),
    [201, 201]
  )
  t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 1)
  t.equal(await count(), 1)
})

await t.test(
  'a twin that the database does not let wait for long is told so',
  { skip: kind === 'pglite' },
  async t => {
    const small = await bulkDatabase(t, { max: 1 })
    await small.query("SET lock_timeout = '200ms'")
    const send = sender(await serve(t, small, { '/contracts': { model: 'Contract', idempotency: true } }))
    const first = "INSERT INTO commons_idempotency VALUES ('', 'a', 'x', '', now() + interval '1 day')"
    const answer = await againstSession(
      small.connectionString,
      {
        first,
        then: 'DO $$ BEGIN WHILE EXISTS (SELECT 1 WAITING) LOOP PERFORM pg_stat_clear_snapshot(); END LOOP; END $$'
      },
      async () => await send('POST', '/contracts', row(1), key('a'))
    )
    t.match([answer.status, answer.body], [409, { code: 'idempotency_in_flight' }])
    t.strictSame(await small.query('SELECT 1 FROM contracts'), [])
    t.equal((await send('POST', '/contracts', row(1), key('a'))).status, 201, 'the first one was not done after all')
  }
)

await t.test('the option needs its model', async t => {
  const refused = async (idempotency: object): Promise<unknown> => {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
    const resource = defineResource({ model: 'Tag', idempotency })
    return await Promise.resolve(app.register(bulk, { resource })).then(
      () => null,
      (error: Error) => error.message
    )
  }
  t.match(await refused({ model: 'Nothing' }), /needs the model Nothing/)
  t.match(await refused({ model: 'User' }), /needs the model User to have actor String, key String/)
  t.match(await refused({ ttl: 1 }), /unknown option "ttl"/)
})

await t.test('the description tells of the header where a resource takes it', async t => {
  const described = Fastify()
  t.after(() => described.close())
  await described.register(swagger)
  await described.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await described.register(bulk, {
    prefix: '/contracts',
    resource: defineResource({ model: 'Contract', idempotency: { required: true } })
  })
  await described.register(bulk, { prefix: '/tags', resource: defineResource({ model: 'Tag' }) })
  await described.ready()
  const { paths = {} } = described.swagger() as {
    paths?: Record<string, { post: { parameters: { name: string; required?: boolean }[]; responses: object } }>
  }
  t.match(
    paths['/contracts']!.post.parameters.find(({ name }) => name === 'idempotency-key'),
    { required: true }
  )
  t.ok('422' in paths['/contracts']!.post.responses)
  t.notOk(paths['/tags']!.post.parameters.some(({ name }) => name === 'idempotency-key'))
  t.notOk('422' in paths['/tags']!.post.responses)
})
