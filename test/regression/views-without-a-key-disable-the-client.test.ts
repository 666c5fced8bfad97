import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'
import { failureOf } from '../helpers/failure.js'

const { store, serve, query, doctor } = await createSchemaApp(
  t,
  `
model Shop {
  id   Int    @id @default(autoincrement())
  name String
}

view ShopTotal {
  shopId Int?
  total  Decimal?
}

view ShopName {
  id    Int    @unique
  upper String
}

view ShopEntry {
  id   Int    @unique
  name String
}
`,
  `create table "Shop" (id serial primary key, name text not null);
create view "ShopTotal" as select 1 as "shopId", 2.5::numeric as total;
create view "ShopName" as select id, string_agg(upper(name), '') as upper from "Shop" group by id;
create view "ShopEntry" as select id, name from (select * from "Shop") s limit 100;
create function enter() returns trigger language plpgsql as $$ begin insert into "Shop" values (new.id, new.name); return new; end $$;
create trigger enter instead of insert on "ShopEntry" for each row execute function enter()`
)

await t.test('the other models work beside a view without a unique field', async t => {
  t.match(await store.create(store.registry.model('Shop'), [{ name: 'a' }], { rows: null }), { created: 1 })
  t.strictSame((await doctor()).problems, [])
})

await t.test('a view without a unique field says why it can be neither served nor deleted from', async t => {
  const message = /^Model ShopTotal has neither a primary key nor a unique constraint of required fields/
  await t.rejects(serve({ '/totals': { model: 'ShopTotal' } }), { message })
  t.match(
    await failureOf(
      (async () =>
        await store.delete(store.registry.model('ShopTotal'), [{ shopId: 1 }], { rows: null, unmatched: 'report' }))()
    ),
    { code: 'invalid_unique_fields' }
  )
})

await t.test(
  'a view with a unique field is served; a write that it does not take is 400, one by its trigger works',
  async t => {
    const { send } = await serve({ '/names': { model: 'ShopName' }, '/entries': { model: 'ShopEntry' } })
    t.match(await send('GET', '/names'), { status: 200, body: { data: { results: [{ id: 1, upper: 'A' }] } } })
    t.match(await send('GET', '/names/1'), { status: 200, body: { data: { upper: 'A' } } })
    t.match(await send('PATCH', '/names/1', { upper: 'B' }), {
      status: 400,
      body: { message: 'The rows of this view cannot be written' }
    })
    t.match(await send('PATCH', '/names?unique_fields=id', [{ id: 1, upper: 'B' }]), {
      status: 400,
      body: { code: 'invalid_unique_fields', message: /^The database has no unique constraint on these fields/ }
    })
    t.match(await send('DELETE', '/names/1'), {
      status: 400,
      body: { message: 'The rows of this view cannot be written' }
    })
    t.match(await send('POST', '/entries', { id: 7, name: 'by trigger' }), {
      status: 201,
      body: { data: { id: 7, name: 'by trigger' } }
    })
    t.strictSame(await query('select name from "Shop" order by id'), [{ name: 'a' }, { name: 'by trigger' }])
  }
)
