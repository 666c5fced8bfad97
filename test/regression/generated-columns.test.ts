import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const models = (annotation: string): string => `
enum Direction {
  IN
  OUT
}

model Payment {
  id        Int        @id
  amount    Decimal    @db.Decimal(12, 2)
  ${annotation}
  direction Direction? @default(dbgenerated("x"))
  ${annotation}
  double    Decimal    @db.Decimal(12, 2)
}
`
const sql = `create type "Direction" as enum ('IN', 'OUT'); create table "Payment" (id int primary key, amount numeric(12, 2) not null,
direction "Direction" generated always as (case when amount < 0 then 'IN'::"Direction" else 'OUT'::"Direction" end) stored,
double numeric(12, 2) not null generated always as (amount * 2) stored)`
const options = { import: { uniqueFields: ['id'] } }

await t.test('rows go back as they were read, where the schema says that a column is generated', async t => {
  const { store, serve, doctor, query } = await createSchemaApp(t, models('/// @commons.generated'), sql)
  const model = store.registry.model('Payment')
  const on = { on: model.unique('id')!, update: undefined, onDuplicate: 'error', expected: null, rows: null } as const
  t.match(
    await store.create(
      model,
      [
        { id: 1, amount: '5', direction: 'IN', double: '1' },
        { id: 2, amount: '-5' }
      ],
      { rows: null }
    ),
    { created: 2 }
  )
  const { send, upload, app } = await serve({ '/payments': { model: 'Payment', ...options } })
  const { body } = await send('GET', '/payments')
  const rows = (body.data as { results: object[] }).results
  t.match(rows, [
    { id: 1, direction: 'OUT', double: '10.00' },
    { id: 2, direction: 'IN', double: '-10.00' }
  ])
  t.match(await send('PATCH', '/payments', rows), { status: 200 })
  t.match(await send('PATCH', '/payments/1', { ...rows[0], amount: '7' }), {
    status: 200,
    body: { data: { double: '14.00' } }
  })
  t.match(await send('PUT', '/payments/1', rows[0]), { status: 200, body: { data: { double: '10.00' } } })
  t.match(await send('POST', '/payments', { id: 3, amount: '1' }), {
    status: 201,
    body: { data: { direction: 'OUT', double: '2.00' } }
  })
  t.match(await upload('/payments', (await app.inject('/payments/export')).body), {
    status: 201,
    body: { data: { import_summary: { failed: 0 } } }
  })
  t.match(
    await store.upsert(
      model,
      [
        { id: 3, amount: '-1', double: '5' },
        { id: 4, amount: '2', direction: 'IN' }
      ],
      on
    ),
    { created: 1, updated: 1 }
  )
  t.strictSame(await query('select double::text from "Payment" where id > 2 order by id'), [
    { double: '-2.00' },
    { double: '4.00' }
  ])
  t.strictSame(await doctor(), { problems: [], notes: [] })
  await query('alter table "Payment" alter double drop expression')
  t.match(await doctor(), {
    problems: [{ code: 'column_not_generated', model: 'Payment', message: /^The column "double" is not generated/ }],
    notes: []
  })
})

await t.test(
  'the answer names the column and the doctor the annotation, where the schema does not say so',
  async t => {
    const { serve, doctor, query } = await createSchemaApp(t, models('/// Half of it.'), sql)
    await query('insert into "Payment" values (1, 5)')
    const { send } = await serve({ '/payments': { model: 'Payment', ...options } })
    t.match(await send('PUT', '/payments/1', { amount: '5', direction: 'IN', double: '3' }), {
      status: 400,
      body: { code: 'invalid_value', message: /^The database generates (direction|double): leave it out$/ }
    })
    t.match(await send('POST', '/payments', { id: 2, amount: '5', double: '3' }), {
      status: 400,
      body: { message: 'The database generates double: leave it out' }
    })
    t.match(await doctor(), {
      problems: [],
      notes: [
        {
          code: 'column_generated',
          model: 'Payment',
          hint: 'Add `/// @commons.generated` above the field direction: then it is read-only'
        },
        { code: 'column_generated', model: 'Payment' }
      ]
    })
  }
)
