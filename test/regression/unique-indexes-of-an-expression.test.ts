import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve, doctor } = await createSchemaApp(
  t,
  'model Member {\n  id    Int    @id @default(autoincrement())\n  email String\n}\n',
  `create table "Member" (id serial primary key, email text not null);
create unique index "Member_email_key" on "Member" (lower(email))`
)
const { send } = await serve({ '/members': { model: 'Member' } })

await t.test(
  'a duplicate in a unique index of an expression is a conflict, and the doctor names the index',
  async t => {
    t.match(await send('POST', '/members', [{ email: 'A@x' }, { email: 'b@x' }]), { status: 201 })
    const conflict = {
      status: 409,
      body: { code: 'unique_violation', message: 'Member with this value already exists' }
    }
    t.match(await send('POST', '/members', { email: 'a@X' }), conflict)
    t.match(await send('PATCH', '/members/1', { email: 'B@X' }), conflict)
    t.match(await doctor(), { problems: [], notes: [{ code: 'index_unknown', model: 'Member' }] })
  }
)
