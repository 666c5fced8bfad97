import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const table = 'a_table_name_that_is_as_long_as_postgresql_lets_names_be_in_all'
const column = 'é_column_name_that_is_as_long_as_postgresql_lets_names_be_in_a'
const { serve, doctor } = await createSchemaApp(
  t,
  `
model Thing {
  id   Int    @id @default(autoincrement())
  code String @unique @map("${column}")
  year Int

  @@unique([code, year], map: "by_code_and_year")
  @@map("${table}")
}
`,
  `create table "${table}" (id serial constraint "${table.slice(0, 58)}_pkey" primary key, "${column}" text not null, year int not null);
create unique index "${table.slice(0, 59)}_key" on "${table}" ("${column}"); create unique index by_code_and_year on "${table}" ("${column}", year)`
)
const { send } = await serve({ '/things': { model: 'Thing' } })

await t.test('a duplicate names its field where Prisma cuts the name of the index at 63 bytes', async t => {
  t.match(
    await send('POST', '/things', [
      { code: 'a', year: 1 },
      { code: 'b', year: 2 }
    ]),
    { status: 201 }
  )
  const errors = { code: ['Thing with this code already exists'] }
  t.match(await send('POST', '/things', { code: 'a', year: 3 }), { status: 409, body: { errors } })
  t.match(await send('PATCH', '/things/1', { code: 'b' }), { status: 409, body: { errors } })
  const items = [{ code: 'b', year: 3 }]
  t.match(await send('PATCH', '/things?unique_fields=code,year', items), {
    status: 409,
    body: { errors: { 0: errors } }
  })
  t.strictSame(await doctor(), { problems: [], notes: [] })
})
