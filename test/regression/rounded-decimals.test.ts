import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { Prisma } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { csv, importServer } from '../helpers/import-app.js'
import { manyDataToData } from 'fastify-prisma-commons/bulk'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  {
    '/contracts': { model: 'Contract' },
    '/rounded': { model: 'Contract', decimals: 'round' },
    '/coded': {
      model: 'Contract',
      codecs: { amount: { expected: 'cents', read: value => Number(value) / 100, show: value => value } }
    },
    '/invoices': { model: 'Invoice', relations: { lineItems: manyDataToData() } }
  },
  { crud: true }
)
const send = sender(app)
const problem = 'Expected at most 2 digits after the decimal point'
const contract = (amount: unknown): object => ({ contractNumber: `N${String(amount)}`, year: 1, amount })

await t.test('a decimal with more digits behind the point than its column is refused', async t => {
  for (const amount of ['19.999', 19.999, '1e-3', '0.0010', '-0.005', '1.23456e2']) {
    const { status, body } = await send('POST', '/contracts', contract(amount))
    t.match(
      [status, body['details']],
      [400, [{ code: 'invalid_value', pointer: '/amount', params: { problem } }]],
      String(amount)
    )
  }
  for (const [amount, stored] of [
    ['19.990000', '19.99'],
    ['1999e-2', '19.99'],
    [19.9, '19.90'],
    ['1.2E1', '12.00'],
    ['0.000', '0.00']
  ] as const) {
    const { status, body } = await send('POST', '/contracts', contract(amount))
    t.match([status, body.data], [201, { amount: stored }], String(amount))
  }
  t.match((await send('PATCH', '/contracts/1', { amount: '1.005' })).body, { details: [{ params: { problem } }] })
  t.match((await send('PATCH', '/contracts', [{ id: 1, amount: '1.005' }])).body, {
    details: [{ pointer: '/0/amount', params: { problem } }]
  })
  t.match((await send('PATCH', '/contracts?unique_fields=contractNumber,year', [contract('1.005')])).body, {
    details: [{ pointer: '/0/amount', params: { problem } }]
  })
  t.match((await send('POST', '/coded', contract(100.5))).body, {
    details: [{ pointer: '/amount', params: { problem } }]
  })
  await database.query("INSERT INTO users (name) VALUES ('u')")
  t.match(
    (
      await send('POST', '/invoices', {
        number: '1',
        issuedOn: '2026-01-01',
        ownerId: 1,
        lineItems: [{ description: 'd', quantity: 1, unitPrice: '1.005' }]
      })
    ).body,
    { details: [{ pointer: '/lineItems/0/unitPrice' }] }
  )
  t.equal((await send('GET', '/contracts?amount[lt]=19.9901')).status, 200, 'filters compare values as they are')
})

await t.test('with decimals: round the database rounds', async t => {
  t.match((await send('POST', '/rounded', contract('29.999'))).body.data, { amount: '30.00' })
})

await t.test('imports refuse them too, and round where the resource does', async t => {
  const file = csv('contractNumber,year,amount', 'I,1,1.005')
  const exact = await importServer(t, database, {
    model: 'Contract',
    import: { fields: ['contractNumber', 'year', 'amount'] }
  })
  t.match(await exact.send(file), { status: 422, body: { data: { failed_rows: [{ row_number: 2 }] } } })
  const rounding = await importServer(t, database, {
    model: 'Contract',
    decimals: 'round',
    import: { fields: ['contractNumber', 'year', 'amount'] }
  })
  t.equal((await rounding.send(file)).status, 201)
  t.strictSame(
    await database
      .query("SELECT amount::text FROM contracts WHERE contract_number = 'I'")
      .then(found => JSON.stringify(found).includes('1.01')),
    true
  )
})

await t.test('the bulk methods refuse them by item and field, and round when they are asked to', async t => {
  const prisma = database.prisma.$extends(commons({ metadata }))
  const data = [
    { contractNumber: 'E', year: 1, amount: '1.5' },
    { contractNumber: 'E', year: 2, amount: new Prisma.Decimal('1.005') }
  ]
  const refused = {
    details: [{ code: 'invalid_value', index: 1, field: 'amount', params: { problem } }]
  } as unknown as Error
  await t.rejects(prisma.contract.bulkCreate({ data }), refused)
  await t.rejects(prisma.contract.bulkUpsert({ data, on: 'contractNumber_year' }), refused)
  const { rows } = await prisma.contract.bulkCreate({ data, decimals: 'round', select: true })
  t.strictSame(
    rows.map(({ amount }) => String(amount)),
    ['1.5', '1.01']
  )
  const items = rows.map(({ id }, i) => ({
    where: { id },
    data: { contractNumber: 'E', year: i, amount: ['2', 2.005][i]! }
  }))
  await t.rejects(prisma.contract.bulkUpdate({ data: items }), refused)
  await t.rejects(prisma.contract.bulkReplace({ data: items }), refused)
  t.equal((await prisma.contract.bulkUpdate({ data: items, decimals: 'round' })).updated, 2)
  t.equal((await prisma.contract.bulkUpsert({ data, on: 'contractNumber_year', decimals: 'round' })).count, 2)
  await t.rejects(prisma.contract.bulkCreate({ data, decimals: 'floor' as 'round' }), {
    message: 'Contract.bulkCreate: decimals takes "exact" or "round"'
  })
})
