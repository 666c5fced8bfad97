import { dataToId, flexible, manyDataToData } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
await query("INSERT INTO users (name) VALUES ('u')")
await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now())")
await query("INSERT INTO invoices (number, issued_on, owner_id) VALUES ('I-1', now(), 1)")
await query("INSERT INTO line_items (invoice_id, description, quantity, unit_price) VALUES (1, 'old', 1, 1)")
const send = sender(
  await serve(
    t,
    database,
    {
      '/invoices': {
        model: 'Invoice',
        relations: {
          lineItems: manyDataToData({ mode: 'append', fields: ['id', 'description', 'quantity', 'unitPrice'] })
        }
      },
      '/contracts': {
        model: 'Contract',
        relations: { customer: flexible({ lookup: 'code', fields: ['id', 'code', 'name'] }) }
      },
      '/by-id': { model: 'Contract', relations: { customer: dataToId({ lookup: 'code' }) } }
    },
    { crud: true }
  )
)
const line = { description: 'new', quantity: 2, unitPrice: '3.00' }

await t.test(
  'a dry run shows no id of a related row that it has made, and the ids of those that are there',
  async t => {
    const { body } = await send('PATCH', '/invoices/1?dry_run=true', { lineItems: [line] })
    t.strictSame((body.data as { lineItems: unknown }).lineItems, [
      { id: 1, description: 'old', quantity: 1, unitPrice: '1.00' },
      line
    ])
    const created = await send('POST', '/contracts?dry_run=true', [
      { contractNumber: 'N', year: 1, amount: 1, customer: { code: 'C-9', name: 'New' } },
      { contractNumber: 'N', year: 2, amount: 1, customer: 'C-1' }
    ])
    const [made, named] = created.body.data as Record<string, unknown>[]
    t.strictSame(
      [made!['customer'], 'customerId' in made!, named!['customer'], named!['customerId']],
      [{ code: 'C-9', name: 'New' }, false, { id: 1, code: 'C-1', name: 'One' }, 1]
    )
    const byId = await send('POST', '/by-id?dry_run=true', {
      contractNumber: 'N',
      year: 1,
      amount: 1,
      customer: { code: 'C-9', name: 'New' }
    })
    t.strictSame((byId.body.data as { customer: unknown }).customer, null)
    const partial = await send('POST', '/contracts?dry_run=true&partial_success=true', [
      { contractNumber: 'N', year: 1, amount: 1, customer: { code: 'C-9', name: 'New' } },
      {}
    ])
    t.strictSame((partial.body.data as { results: { data: { customer: unknown } }[] }).results[0]!.data.customer, {
      code: 'C-9',
      name: 'New'
    })
  }
)

await t.test('a write for good shows them', async t => {
  const { body } = await send('PATCH', '/invoices/1', { lineItems: [line] })
  t.strictSame(
    (body.data as { lineItems: { id: number }[] }).lineItems.map(({ id }) => typeof id),
    ['number', 'number']
  )
})
