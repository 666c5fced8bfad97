import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'
import { failureOf, itemsOf } from '../helpers/failure.js'

const { store, serve, doctor, query } = await createSchemaApp(
  t,
  `
model Member {
  id    Int    @id @default(autoincrement())
  email String @unique
  code  Int
  year  Int

  @@unique([code, year])
  @@map("members")
}
`,
  `create table members (id serial primary key, email text not null, code int not null, year int not null);
create unique index "Member_email_key" on members (email); create unique index members_email_key on members (email);
create unique index an_old_name on members (code, year); create unique index of_one_year on members (year) where year > 3000`
)
const model = store.registry.model('Member')
await store.create(model, [{ email: 'a', code: 1, year: 1 }], { rows: null })

await t.test('the item is named whose value another row holds, whatever the index is called', async t => {
  const failure = await failureOf(
    store.create(
      model,
      [
        { email: 'b', code: 2, year: 1 },
        { email: 'a', code: 3, year: 1 }
      ],
      { rows: null }
    )
  )
  t.strictSame(itemsOf(failure), ['1 email unique_violation: Member with this email already exists'])
  const other = await failureOf(store.create(model, [{ email: 'b', code: 1, year: 1 }], { rows: null }))
  t.strictSame(itemsOf(other), ['0 - unique_violation: Member with this code, year already exists'])
})

await t.test('a server and an import tell of it as well', async t => {
  const { send, upload } = await serve({ '/members': { model: 'Member', import: { updateIfExists: false } } })
  t.match(await send('POST', '/members', { email: 'a', code: 3, year: 1 }), {
    status: 409,
    body: { errors: { email: ['Member with this email already exists'] } }
  })
  const { body } = await upload('/members', 'email,code,year\r\nb,2,1\r\nx,1,1\r\na,4,1\r\n')
  t.match(body.data, { import_summary: { failed: 2 } })
  t.match(
    JSON.stringify(body.data),
    /Member with this code, year already exists.*Member with this email already exists/
  )
})

await t.test(
  'an index that the schema does not know at all is a conflict without a field, and the doctor names each',
  async t => {
    await query('delete from members')
    const { send } = await serve({ '/members': { model: 'Member' } })
    t.match(await send('POST', '/members', { email: 'x', code: 3, year: 4000 }), { status: 201 })
    t.match(await send('POST', '/members', { email: 'y', code: 4, year: 4000 }), { status: 409 })
    const { problems, notes } = await doctor()
    t.strictSame(problems, [])
    t.strictSame(
      notes.map(({ code, message, statements }) => [code, message, ...statements]),
      [
        [
          'index_unknown',
          'The unique index "Member_email_key" on "email" is not in the schema',
          'DROP INDEX "Member_email_key";'
        ],
        [
          'index_unknown',
          'The unique index "an_old_name" on "code", "year" is not in the schema',
          'DROP INDEX "an_old_name";'
        ],
        [
          'index_unknown',
          'The unique index "of_one_year" on "year", for rows where (year > 3000), is not in the schema',
          'DROP INDEX "of_one_year";'
        ]
      ]
    )
  }
)
