import t from 'tap'
import { idToData, manyIdToData } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
const app = await serve(
  t,
  database,
  {
    '/by-key': {
      model: 'Contract',
      readOnly: ['customerId'],
      relations: { customer: idToData(), tags: manyIdToData() }
    },
    '/by-relation': {
      model: 'Contract',
      readOnly: ['customer', 'tags'],
      relations: { customer: idToData(), tags: manyIdToData() }
    }
  },
  { crud: true }
)
const send = sender(app)
await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now()), ('C-2', 'Two', now())")
await query("INSERT INTO tags (slug, name) VALUES ('red', 'Red')")
await query(
  "INSERT INTO contracts (contract_number, year, amount, customer_id, updated_at) VALUES ('N-1', 2026, 1, 1, now())"
)

for (const prefix of ['/by-key', '/by-relation']) {
  for (const name of ['customer', 'customerId']) {
    await t.test(`${prefix}: a read-only key is ignored under the name ${name} in every write`, async t => {
      const item = { contractNumber: `${prefix}-${name}`, year: 1, amount: 1, [name]: 2 }
      const answers = [
        await send('POST', prefix, item),
        await send('POST', prefix, [{ ...item, year: 2 }]),
        await send('PATCH', `${prefix}/1`, { [name]: 2 }),
        await send('PATCH', prefix, [{ id: 1, [name]: 2 }]),
        await send('PUT', `${prefix}/1`, { contractNumber: 'N-1', year: 2026, amount: 1, [name]: 2 }),
        await send('POST', `${prefix}?unique_fields=contractNumber,year`, [
          { contractNumber: 'N-1', year: 2026, amount: 1, [name]: 2 }
        ])
      ]
      t.strictSame(
        answers.map(({ status }) => status),
        [201, 201, 200, 200, 200, 200]
      )
      t.strictSame(await query('SELECT DISTINCT customer_id FROM contracts WHERE customer_id IS NOT NULL'), [
        { customer_id: 1 }
      ])
      const named = await send('POST', `${prefix}?unique_fields=contractNumber,year&update_fields=${name}`, [item])
      t.equal(named.status, 400, 'it is no field to update')
    })
  }
}

await t.test('a read-only list is shown, and ignored in writes', async t => {
  const { status, body } = await send('PATCH', '/by-relation/1', { tags: [1] })
  t.equal(status, 200)
  t.strictSame((body.data as { tags: unknown }).tags, [])
})

await t.test('the document says so', async t => {
  const described = await serve(
    t,
    database,
    { '/x': { model: 'Contract', readOnly: ['customer'], relations: { customer: idToData() } } },
    {
      prepare (app) {
        app.addHook('onRoute', ({ method, schema }) => {
          if (method !== 'POST') return
          const text = JSON.stringify(schema?.body)
          t.match(text, /"customer":\{[^}]*"readOnly":true|"readOnly":true[^}]*\}/)
        })
      }
    }
  )
  await described.ready()
})
