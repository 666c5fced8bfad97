import t from 'tap'
import { createSchemaApp, metadataOf } from '../helpers/schema-app.js'

const models = `
enum Color {
  red
  green @map("deep green")

  @@map("color")
  @@schema("shared")
}

enum Size {
  small

  @@schema("sales")
}

model Shop {
  id     Int     @id @default(autoincrement())
  name   String  @unique
  color  Color   @default(green)
  colors Color[]
  size   Size?

  @@schema("sales")
}
`
const schemas = '  schemas = ["shared", "sales"]\n'
const { store, serve, query } = await createSchemaApp(
  t,
  models,
  `create schema shared; create schema sales;
create type shared.color as enum ('red', 'deep green'); create type sales."Size" as enum ('small');
create table sales."Shop" (id serial primary key, name text not null unique, color shared.color not null, colors shared.color[], size sales."Size")`,
  schemas
)
const model = store.registry.model('Shop')

await t.test('values of an enum of another schema than its model can be written and looked for', async t => {
  const row = { name: 'a', color: 'red', colors: ['red', 'green'], size: 'small' }
  t.match(await store.create(model, [row, { name: 'b' }], { rows: null }), { created: 2 })
  t.match(
    await store.upsert(
      model,
      [
        { name: 'a', color: 'green' },
        { name: 'c', size: null }
      ],
      { on: model.unique('name')!, update: undefined, onDuplicate: 'error', expected: null, rows: null }
    ),
    { created: 1, updated: 1 }
  )
  t.strictSame(await query('select name, color::text, colors::text, size::text from sales."Shop" order by name'), [
    { name: 'a', color: 'deep green', colors: '{red,"deep green"}', size: 'small' },
    { name: 'b', color: 'deep green', colors: null, size: null },
    { name: 'c', color: 'deep green', colors: null, size: null }
  ])
  const { send } = await serve({ '/shops': { model: 'Shop' } })
  t.match(await send('PATCH', '/shops/1', { color: 'red' }), { status: 200, body: { data: { color: 'red' } } })
  t.match(await send('GET', '/shops?color=red&size=small'), {
    status: 200,
    body: { data: { results: [{ name: 'a' }] } }
  })
})

await t.test('metadata tells the schema of an enum, and nothing where there are no schemas', t => {
  t.equal(metadataOf(models, schemas).enums['Color']?.schema, 'shared')
  t.strictSame(metadataOf('enum Color {\n  red\n}\n').enums, {
    Color: { name: 'Color', dbName: 'Color', values: { red: 'red' } }
  })
  t.end()
})
