import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const models = `
model Member {
  id    Int     @id @default(autoincrement())
  email String  @unique @db.Citext
  team  String  @db.Citext
  no    Int
  nick  String?

  @@unique([team, no])
}
`
const sql = `create extension citext; create table "Member" (id serial primary key, email citext not null unique, team citext not null, no int not null, nick text);
create unique index "Member_team_no_key" on "Member" (team, no)`
const rows = [
  { id: 1, email: 'Ann@x', team: 'Red', no: 1, nick: null },
  { id: 2, email: 'bob@x', team: 'red', no: 2, nick: 'Bo' }
]

// The embedded database of the tests comes without the extension.
const skip = process.env.DATABASE_URL === undefined && 'needs a server with citext'

await t.test(
  'values of another case are the same row to upserts, filters, duplicates and imports',
  { skip },
  async t => {
    const { serve } = await createSchemaApp(t, models, sql)
    const { app, send, upload } = await serve({ '/members': { model: 'Member', import: { uniqueFields: ['email'] } } })
    const items = rows.map(({ id, ...item }) => item)
    const created = await send('POST', '/members', items)
    t.strictSame([created.status, created.body.data], [201, rows])
    const upserted = await send('PATCH', '/members?unique_fields=team,no', [{ team: 'RED', no: 1, nick: 'n' }])
    t.match([upserted.status, upserted.body.meta], [200, { created: 0, updated: 1 }])
    t.match(await send('GET', '/members?email=ANN@X'), {
      status: 200,
      body: { data: { count: 1, results: [{ id: 1, email: 'Ann@x' }] } }
    })
    const errors = { email: ['Member with this email already exists'] }
    t.match(await send('PATCH', '/members/1', { email: 'BOB@X' }), { status: 409, body: { errors } })
    const twice = [1, 2].map(no => ({ email: no === 1 ? 'c@x' : 'C@X', team: 'blue', no }))
    t.match(await send('POST', '/members?unique_fields=email', twice), {
      status: 400,
      body: { code: 'duplicate_key' }
    })
    const file = (await app.inject('/members/export')).body.replace('Ann@x', 'ann@x')
    t.match(await upload('/members', file), {
      status: 201,
      body: { data: { import_summary: { created: 0, failed: 0 } } }
    })
  }
)
