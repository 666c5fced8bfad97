import { manyDataToData, manyIdToData } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const server = { bodyLimit: 64 * 2 ** 20 }
const send = sender(
  await serve(
    t,
    database,
    {
      '/contracts': { model: 'Contract', relations: { tags: manyIdToData() } },
      '/few': {
        model: 'Contract',
        bulk: { maxItems: 2 },
        maxRelated: 3,
        maxRelatedTotal: 5,
        relations: { tags: manyIdToData() }
      },
      '/invoices': { model: 'Invoice', relations: { lineItems: manyDataToData() } }
    },
    { crud: true, server }
  )
)
await database.query("INSERT INTO tags (slug, name) VALUES ('red', 'Red'), ('green', 'Green')")

await t.test('a list of millions of related rows is 413 before anything is made of it', async t => {
  const before = process.memoryUsage().heapUsed
  const { status, body } = await send(
    'POST',
    '/contracts',
    `{"contractNumber":"t","year":1,"amount":1,"tags":[${'1,'.repeat(4_000_000)}1]}`
  )
  t.equal(status, 413)
  t.strictSame(body['details'], [
    {
      code: 'batch_size_exceeded',
      pointer: '/tags',
      message: '4000001 items are more than the limit of 1000',
      params: { actual: 4000001, limit: 1000 }
    }
  ])
  const lines = await send(
    'POST',
    '/invoices',
    `[{"number":"n","issuedOn":"2026-01-01","ownerId":1,"lineItems":[${'{},'.repeat(300_000)}{}]}]`
  )
  t.strictSame([lines.status, (lines.body['details'] as { pointer: string }[])[0]!.pointer], [413, '/0/lineItems'])
  t.equal(
    process.memoryUsage().heapUsed - before < 200 * 2 ** 20,
    true,
    'the texts and what JSON makes of them, and no more'
  )
})

await t.test('the limits of a resource hold in every write, per list and per request', async t => {
  const item = (tags: unknown): object => ({ contractNumber: 'N', year: 1, amount: 1, tags })
  for (const [method, url, body] of [
    ['POST', '/few', item([1, 1, 1, 1])],
    ['POST', '/few', [item([1, 1, 1, 1])]],
    ['PATCH', '/few/1', { tags: [1, 1, 1, 1] }],
    ['POST', '/few?unique_fields=contractNumber,year', [item([1, 1, 1, 1])]],
    ['POST', '/few?partial_success=true', [item([1, 1, 1, 1])]]
  ] as const) {
    t.equal((await send(method, url, body)).status, 413, `${method} ${url}`)
  }
  const { status, body } = await send('POST', '/few', [item([1, 1, 1]), { ...item([1, 1, 1]), year: 2 }])
  t.strictSame([status, body['message']], [413, 'The items name 6 related rows, which are more than the limit of 5'])
  t.equal((await send('POST', '/few', [item([1, 2]), { ...item([1, 2]), year: 2 }])).status, 201)
})
