import t from 'tap'
import { createSchemaApp, metadataOf } from '../helpers/schema-app.js'
import { failureOf, itemsOf } from '../helpers/failure.js'

const { store, query } = await createSchemaApp(
  t,
  `
/// @commons.audit
model Order {
  id          Int       @id
  text        String?
  createdAt   DateTime?
  updatedAt   DateTime?
  createdById Int
}
`,
  'create table "Order" (id int primary key, text text, "createdAt" timestamp(3), "updatedAt" timestamp(3), ' +
    '"createdById" int not null)'
)
const model = store.registry.model('Order')

await t.test(
  'optional times and a required creator are stamped; without an actor the row gives the creator',
  async t => {
    t.match(await store.create(model, [{ id: 1, createdById: 7 }], { rows: null }), { created: 1 })
    t.strictSame(itemsOf(await failureOf(store.create(model, [{ id: 2 }], { rows: null }))), [
      '0 createdById required: This field is required'
    ])
    await query('update "Order" set "updatedAt" = null')
    t.match(
      await store.update(model, [{ where: { id: 1 }, data: { text: 'x' } }], {
        mode: 'sparse',
        unmatched: 'error',
        rows: null
      }),
      { updated: 1 }
    )
    t.match(
      await query(
        'select "createdAt" is not null as created, "updatedAt" is not null as updated, "createdById" from "Order"'
      ),
      [{ created: true, updated: true, createdById: 7 }]
    )
  }
)

await t.test('columns of other types are refused as before', t => {
  t.throws(
    () =>
      metadataOf('/// @commons.audit\nmodel Order {\n  id Int @id\n  createdAt String\n  updatedAt DateTime?\n}\n'),
    { message: /"createdAt" is String, but must be a single DateTime/ }
  )
  t.end()
})
