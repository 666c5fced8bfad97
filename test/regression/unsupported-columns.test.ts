import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'
import { failureOf, itemsOf } from '../helpers/failure.js'

const { store, serve, query } = await createSchemaApp(
  t,
  `
model Booking {
  id     Int                       @id @default(autoincrement())
  guest  String                    @unique
  nights Unsupported("daterange")
  note   Unsupported("tsvector")?
  made   Unsupported("tsvector")   @default(dbgenerated("''::tsvector"))
}

model Hidden {
  id     Int    @id
  secret String @ignore
  shown  String
}
`,
  `create table "Booking" (id serial primary key, guest text not null unique, nights daterange not null, note tsvector, made tsvector default '');
create table "Hidden" (id int primary key, secret text not null, shown text not null); insert into "Booking" (guest, nights) values ('a', '[2020-01-01,2020-01-02]')`
)

await t.test(
  'a model whose required column Prisma leaves out offers no creation, and its rows can be changed',
  async t => {
    const { send, app } = await serve({ '/bookings': { model: 'Booking' }, '/hidden': { model: 'Hidden' } })
    t.strictSame(
      ['/bookings', '/hidden'].map(url => app.hasRoute({ method: 'POST', url })),
      [false, false]
    )
    t.match(await send('GET', '/bookings'), { status: 200, body: { data: { results: [{ id: 1, guest: 'a' }] } } })
    t.match(await send('PATCH', '/bookings/1', { guest: 'b' }), { status: 200, body: { data: { guest: 'b' } } })
    await t.rejects(serve({ '/bookings': { model: 'Booking', actions: ['list', 'import'], import: {} } }), {
      message:
        /^resource Booking: import: no row of Booking can be created: Prisma leaves out its required column "nights"/
    })
  }
)

await t.test('bulk operations name the column that new rows lack', async t => {
  const model = store.registry.model('Booking')
  t.strictSame(itemsOf(await failureOf(store.create(model, [{ guest: 'c' }], { rows: null }))), [
    '0 nights required: This field is required'
  ])
  t.strictSame(
    itemsOf(
      await failureOf(
        store.upsert(model, [{ guest: 'c' }], {
          on: model.unique('guest')!,
          update: undefined,
          onDuplicate: 'error',
          expected: null,
          rows: null
        })
      )
    ),
    ['0 nights required: This field is required']
  )
  t.strictSame(await query('select guest from "Booking"'), [{ guest: 'b' }])
})
