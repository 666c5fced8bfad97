import t from 'tap'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  { '/customers': { model: 'Customer', idempotency: { maxKeys: 2 } } },
  {
    prepare: async app => {
      await app.register(currentUser, {
        hook: 'onRequest',
        resolve: ({ headers }) => ({ id: Number(headers['x-user']) })
      })
    }
  }
)
const send = sender(app)

async function create (user: number, code: string): Promise<Awaited<ReturnType<typeof send>>> {
  return await send('POST', '/customers', { code, name: code }, { 'idempotency-key': code, 'x-user': String(user) })
}

await t.test('a write with one key more than the actor may have is refused until one expires', async t => {
  await database.query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
  for (const code of ['A', 'B']) t.match(await create(1, code), { status: 201 })
  t.match(await create(1, 'C'), {
    status: 429,
    body: {
      code: 'too_many_idempotency_keys',
      message: 'More than 2 keys in Idempotency-Key are not kept at a time. Retry later or without one.'
    }
  })
  t.strictSame(await database.query("SELECT FROM customers WHERE code = 'C'"), [])
  t.match(await create(1, 'A'), { status: 201, headers: { 'idempotent-replayed': 'true' } })
  t.match(await create(2, 'D'), { status: 201 }, 'the keys of others do not count')
  await database.query("UPDATE commons_idempotency SET expires_at = now() - interval '1 day' WHERE key = 'A'")
  t.match(await create(1, 'C'), { status: 201, headers: { 'idempotent-replayed': undefined } })
})
