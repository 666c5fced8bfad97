import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { envelope } from 'fastify-prisma-commons/envelope'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, client } = database

const invoices = defineResource({
  model: 'Invoice',
  idempotency: { maxAnswerBytes: 1000 },
  bulk: { maxItems: 20 },
  scope: {
    ownerId: request => (request.headers['x-owner'] === undefined ? undefined : Number(request.headers['x-owner']))
  }
})

async function server (prepare: (app: FastifyInstance) => Promise<void>): Promise<ReturnType<typeof sender>> {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(envelope)
  await prepare(app)
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await app.register(bulk, { prefix: '/invoices', resource: invoices })
  return sender(app)
}

t.beforeEach(async () => {
  await query('TRUNCATE users, invoices, commons_idempotency RESTART IDENTITY CASCADE')
  await query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
})

const invoice = { number: 'I-1', issuedOn: '2026-01-01' }
const headers = (owner?: number): Record<string, string> => ({
  'idempotency-key': 'k',
  ...(owner === undefined ? {} : { 'x-owner': String(owner) })
})

for (const [title, prepare] of [
  ['without the plugin currentUser', async () => {}],
  [
    'for one user of two tenants',
    async (app: FastifyInstance) => {
      await app.register(currentUser, { hook: 'onRequest', resolve: () => ({ id: 1 }) })
    }
  ]
] as const) {
  await t.test(`${title}, an idempotency key of one tenant gives another tenant no answer`, async t => {
    const send = await server(prepare)
    const first = await send('POST', '/invoices', invoice, headers(1))
    t.equal(first.status, 201)
    t.equal((await send('POST', '/invoices', invoice, headers())).status, 401, 'a request without a scope')
    const other = await send('POST', '/invoices', invoice, headers(2))
    t.equal(other.status, 201)
    t.notOk(other.headers['idempotent-replayed'])
    t.strictSame(await query('SELECT owner_id FROM invoices ORDER BY owner_id'), [{ owner_id: 1 }, { owner_id: 2 }])
    const again = await send('POST', '/invoices', invoice, headers(1))
    t.equal(again.headers['idempotent-replayed'], 'true')
    t.strictSame(again.body.data, first.body.data)
  })
}

await t.test('deeply nested JSON with an idempotency key is an invalid value, not a fault of the server', async t => {
  const send = await server(async () => {})
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  t.equal((await send('POST', '/invoices', `{"number":${deep},"issuedOn":"2026-01-01"}`, headers(1))).status, 400)
})

await t.test('too many items with an idempotency key are counted before anything else', async t => {
  const send = await server(async () => {})
  const items = Array.from({ length: 21 }, (_, i) => ({ ...invoice, number: `I-${i}` }))
  t.match(await send('POST', '/invoices', items, headers()), { status: 413, body: { code: 'batch_size_exceeded' } })
})

await t.test('a large answer is stored without its data', async t => {
  const send = await server(async () => {})
  const items = Array.from({ length: 20 }, (_, i) => ({ ...invoice, number: `I-${i}` }))
  const first = await send('POST', '/invoices', items, headers(1))
  t.equal((first.body.data as unknown[]).length, 20)
  const again = await send('POST', '/invoices', items, headers(1))
  t.match(again, {
    status: 201,
    headers: { 'idempotent-replayed': 'true' },
    body: { message: first.body['message'], data: null, meta: { created: 20, data_omitted: true } }
  })
  const [stored] = await query<{ length: number }>('SELECT length(answer) FROM commons_idempotency')
  t.ok(stored!.length < 1000)
})
