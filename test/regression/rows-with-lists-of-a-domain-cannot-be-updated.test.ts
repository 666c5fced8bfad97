import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve } = await createSchemaApp(
  t,
  `
model Person {
  id    Int      @id
  email String   @unique
  price Decimal  @default(1)
  tags  String[]
}
`,
  `create domain email as text check (value ~ '@'); create domain price as numeric(10, 2); create domain tag as text;
create table "Person" (id int primary key, email email not null unique, price price not null default 1, tags tag[])`
)
const { app, send, upload } = await serve({ '/people': { model: 'Person', import: { uniqueFields: ['id'] } } })
const row = { id: 1, email: 'a@b', price: '2.50', tags: ['x', 'y'] }

await t.test('columns of domains are written, looked for, exported and imported', async t => {
  t.match(await send('POST', '/people', row), { status: 201, body: { data: row } })
  t.match(await send('PUT', '/people/1', row), { status: 200, body: { meta: { unchanged: 1 } } })
  const changed = { ...row, tags: ['z'] }
  t.match(await send('PATCH', '/people/1', { tags: ['z'] }), { status: 200, body: { data: changed } })
  const items = [changed, { ...row, id: 2, email: 'b@b' }]
  const upserted = await send('PATCH', '/people?unique_fields=email', items)
  t.match([upserted.status, upserted.body.meta], [200, { created: 1, unchanged: 1 }])
  t.match(await send('GET', '/people?price=2.5&ordering=-email'), {
    status: 200,
    body: { data: { results: [items[1], items[0]] } }
  })
  t.match(await upload('/people', (await app.inject('/people/export')).body), {
    status: 201,
    body: { data: { import_summary: { unchanged: 2 } } }
  })
})

await t.test('the check of a domain refuses a value', async t => {
  t.match(await send('PATCH', '/people/1', { email: 'none' }), { status: 400, body: { code: 'check_violation' } })
})
