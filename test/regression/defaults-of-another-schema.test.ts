import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve } = await createSchemaApp(
  t,
  `
model Order {
  id    Int      @id @default(autoincrement())
  no    Int      @unique @default(dbgenerated("util.next_no()"))
  code  String   @default(dbgenerated("(util.prefix('A'::text) || 'x'::text)")) @db.VarChar(20)
  day   DateTime @default(dbgenerated("util.today()")) @db.Date
  title String

  @@schema("sales")
}
`,
  `create schema util; create schema sales; create sequence util.numbers;
create function util.next_no() returns int language sql as $$ select nextval('util.numbers')::int $$;
create function util.prefix(x text) returns text language sql as $$ select x || '-' $$;
create function util.today() returns timestamptz language sql as $$ select '2026-02-03'::timestamptz $$;
create table sales."Order" (id serial primary key, no int not null unique default util.next_no(), code varchar(20) not null default (util.prefix('A'::text) || 'x'::text),
day date not null default util.today(), title text not null)`,
  '  schemas = ["sales", "util"]\n'
)
const { app, send, upload } = await serve({ '/orders': { model: 'Order', import: { uniqueFields: ['no'] } } })

await t.test('defaults that call functions of another schema fill what the items leave out', async t => {
  const items = [
    { title: 'a', code: 'own' },
    { title: 'b', no: 100 },
    { title: 'c', day: '2026-01-01' }
  ]
  const stored = [
    { id: 1, no: 1, code: 'own', day: '2026-02-03', title: 'a' },
    { id: 2, no: 100, code: 'A-x', day: '2026-02-03', title: 'b' },
    { id: 3, no: 2, code: 'A-x', day: '2026-01-01', title: 'c' }
  ]
  const { status, body } = await send('POST', '/orders', items)
  t.strictSame([status, body.data], [201, stored])
  t.match(
    await send('PATCH', '/orders?unique_fields=no', [
      { no: 100, title: 'bb' },
      { no: 7, title: 'n' }
    ]),
    {
      status: 200,
      body: {
        data: [
          { ...stored[1], title: 'bb' },
          { no: 7, code: 'A-x', day: '2026-02-03', title: 'n' }
        ]
      }
    }
  )
  t.match(await upload('/orders', (await app.inject('/orders/export')).body), {
    status: 201,
    body: { data: { import_summary: { unchanged: 4 } } }
  })
})
