import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'
import { failureOf } from '../helpers/failure.js'

const { store, serve, query } = await createSchemaApp(
  t,
  `
model Shop {
  id   String @id @default(dbgenerated("gen_random_uuid()"))
  name String @unique @default(dbgenerated("now()"))
}

model Ticket {
  id     Int    @id
  serial String @default(dbgenerated("gen_random_uuid()"))
  code   String @default(dbgenerated("(10 + 5)")) @db.VarChar(4)
}

model Counted {
  id   Int    @id @default(autoincrement())
  name String
}

model Numbered {
  id   Int    @id @default(autoincrement())
  name String
}
`,
  `create table "Shop" (id text primary key default gen_random_uuid(), name text not null unique default now());
create table "Ticket" (id int primary key, serial text not null default gen_random_uuid(), code varchar(4) not null default (10 + 5));
create sequence tally start 41; create table "Counted" (id int primary key default nextval('tally'), name text not null);
create table "Numbered" (id int generated always as identity primary key, name text not null)`
)
const uuid = /^[0-9a-f-]{36}$/

await t.test(
  'a text column whose default is a UUID or a time gets it, also where some items name the column',
  async t => {
    const { send } = await serve({ '/shops': { model: 'Shop' }, '/tickets': { model: 'Ticket' } })
    t.match(await send('POST', '/shops', { name: 'one' }), { status: 201, body: { data: { id: uuid, name: 'one' } } })
    t.match(await send('POST', '/shops', {}), { status: 201, body: { data: { id: uuid, name: /^\d{4}-/ } } })
    t.match(
      await store.create(store.registry.model('Shop'), [{ id: 'own', name: 'e' }, { name: 'f' }], { rows: null }),
      { created: 2 }
    )
    t.match(await send('POST', '/tickets', [{ id: 1, serial: 'own' }, { id: 2 }]), {
      status: 201,
      body: {
        data: [
          { serial: 'own', code: '15' },
          { serial: uuid, code: '15' }
        ]
      }
    })
    t.match(
      await send('PATCH', '/tickets?unique_fields=id', [
        { id: 3, serial: 'own' },
        { id: 4, code: '1' }
      ]),
      { status: 200 }
    )
    t.match(await query('select serial, code from "Ticket" where id > 2 order by id'), [
      { serial: 'own', code: '15' },
      { serial: uuid, code: '1' }
    ])
  }
)

await t.test('keys of a sequence that belongs to no column are counted by it', async t => {
  const { send } = await serve({ '/counted': { model: 'Counted' } })
  t.match(await send('POST', '/counted', [{ name: 'a' }, { name: 'b' }]), {
    status: 201,
    body: { data: [{ id: 41 }, { id: 42 }] }
  })
})

await t.test('keys that are GENERATED ALWAYS AS IDENTITY are counted, and refused when a row names them', async t => {
  const { send } = await serve({ '/numbered': { model: 'Numbered' } })
  t.match(await send('POST', '/numbered', [{ name: 'a' }, { name: 'b' }]), {
    status: 201,
    body: { data: [{ id: 1 }, { id: 2 }] }
  })
  const failure = await failureOf(
    store.create(store.registry.model('Numbered'), [{ id: 7, name: 'c' }], { rows: null })
  )
  t.match(failure, { code: 'invalid_value', status: 400, message: 'The database generates id: leave it out' })
})
