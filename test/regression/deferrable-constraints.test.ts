import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve, doctor } = await createSchemaApp(
  t,
  `
model Page {
  id       Int    @id @default(autoincrement())
  bookId   Int
  position Int
  title    String

  @@unique([bookId, position])
}
`,
  'create table "Page" (id serial primary key, "bookId" int not null, position int not null, title text not null, ' +
    'constraint "Page_bookId_position_key" unique ("bookId", position) deferrable initially deferred)'
)

await t.test('an upsert by a deferrable constraint is 400 and says why; other writes keep it', async t => {
  const { send } = await serve({ '/pages': { model: 'Page' } })
  const page = { bookId: 1, position: 1, title: 'a' }
  t.match(await send('POST', '/pages', page), { status: 201 })
  t.match(await send('PATCH', '/pages?unique_fields=bookId,position', [page]), {
    status: 400,
    body: {
      code: 'invalid_unique_fields',
      message: 'This unique constraint is deferrable in the database, so rows cannot be upserted by it'
    }
  })
  t.match(await send('POST', '/pages', page), { status: 409 })
  t.match(await send('POST', '/pages', [{ ...page, position: 2 }, page]), { status: 409 })
})

await t.test('the doctor names the constraint', async t => {
  t.match(await doctor(), {
    problems: [],
    notes: [
      {
        code: 'constraint_deferrable',
        model: 'Page',
        message: 'The unique constraint bookId_position is deferrable: rows cannot be upserted by it'
      }
    ]
  })
})
