import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { store, serve, query, doctor } = await createSchemaApp(
  t,
  `
model Reading {
  id    Int
  day   Int
  value String?

  @@id([id, day])
  @@map("readings")
}
`,
  `create table readings (id int, day int, value text, primary key (id, day)) partition by range (day);
create table readings_1 partition of readings for values from (0) to (10); create table readings_2 partition of readings for values from (10) to (20)`
)
const model = store.registry.model('Reading')
const on = model.primaryKey
const fields = model.meta.fields

await t.test('rows of a partitioned table are created, updated and counted, with rows and without', async t => {
  const options = { on, update: undefined, onDuplicate: 'error', expected: null } as const
  t.match(
    await store.upsert(
      model,
      [
        { id: 1, day: 1, value: 'a' },
        { id: 1, day: 11, value: 'b' }
      ],
      { ...options, rows: null }
    ),
    { created: 2, updated: 0, unchanged: 0 }
  )
  t.match(
    await store.upsert(
      model,
      [
        { id: 1, day: 1, value: 'a' },
        { id: 1, day: 11, value: 'c' },
        { id: 2, day: 2, value: 'd' }
      ],
      { ...options, rows: { fields, form: 'prisma' } }
    ),
    {
      created: 1,
      updated: 1,
      unchanged: 1,
      rows: [{ value: 'a' }, { value: 'c' }, { value: 'd' }]
    }
  )
  t.match(
    await store.upsert(
      model,
      [
        { id: 1, day: 1 },
        { id: 3, day: 2, value: 'e' }
      ],
      { ...options, rows: null }
    ),
    { created: 1, unchanged: 1 }
  )
  t.strictSame((await doctor()).problems, [])
})

await t.test('a day of no partition is 400; other writes reach all partitions', async t => {
  const { send } = await serve({ '/readings': { model: 'Reading' } })
  t.match(await send('PATCH', '/readings?unique_fields=id,day', [{ id: 1, day: 99, value: 'x' }]), {
    status: 400,
    body: { code: 'check_violation' }
  })
  t.match(
    await store.update(model, [{ where: { id_day: { id: 1, day: 11 } }, data: { value: 'z' } }], {
      mode: 'sparse',
      unmatched: 'error',
      rows: null
    }),
    { updated: 1 }
  )
  t.match(await store.delete(model, [{ id_day: { id: 3, day: 2 } }], { rows: null, unmatched: 'error' }), {
    deleted: 1
  })
  t.strictSame(await query('select value from readings order by id, day'), [
    { value: 'a' },
    { value: 'z' },
    { value: 'd' }
  ])
})
