import t from 'tap'
import { dataToData, manyDataToData } from 'fastify-prisma-commons/resource'
import { createSchemaApp } from '../helpers/schema-app.js'
import { csv } from '../helpers/import-app.js'

const models = `
model Shop {
  id    Int    @id @default(autoincrement())
  /// @commons.value(trim: true, minLength: 2)
  name  String
  items Item[]
}

model Item {
  id     Int      @id @default(autoincrement())
  code   String   @unique
  title  String
  email  String?
  color  String   @default("red")
  /// The stars.
  /// @commons.value(minimum: 0, maximum: 5)
  stars  Int      @default(0)
  price  Decimal  @default(0) @db.Decimal(30, 2)
  views  BigInt   @default(0)
  tags   String[]
  shop   Shop?    @relation(fields: [shopId], references: [id])
  shopId Int?
}
`
const { serve, query } = await createSchemaApp(
  t,
  models,
  `CREATE TABLE "Shop" (id serial PRIMARY KEY, name text NOT NULL);
  CREATE TABLE "Item" (id serial PRIMARY KEY, code text NOT NULL UNIQUE, title text NOT NULL, email text,
    color text NOT NULL DEFAULT 'red', stars int NOT NULL DEFAULT 0, price numeric(30, 2) NOT NULL DEFAULT 0,
    views bigint NOT NULL DEFAULT 0, tags text[], "shopId" int REFERENCES "Shop" (id))`
)

const values = {
  code: { pattern: '^[A-Z]{3}$' },
  title: { minLength: 3, maxLength: 10, trim: true },
  email: { format: 'email' },
  color: { enum: ['red', 'blue'] },
  stars: { maximum: 4 },
  price: { minimum: 0, exclusiveMaximum: 9007199254740991, multipleOf: 0.05 },
  views: { minimum: 9007199254740991 },
  tags: { maxItems: 2, uniqueItems: true }
}
const { send, upload } = await serve({
  '/items': {
    model: 'Item',
    values,
    relations: { shop: dataToData({ values: { name: { maxLength: 5 } }, updateIfExists: true }) },
    bulk: { csvBodies: true },
    import: { uniqueFields: ['code'] }
  },
  '/shops': { model: 'Shop', relations: { items: manyDataToData() } }
})

t.beforeEach(() => query('TRUNCATE "Item", "Shop" RESTART IDENTITY CASCADE'))

const invalid = (pointer: string, keyword: string, limit: unknown, message: string): object => ({
  code: 'invalid_value',
  pointer,
  message,
  params: { problem: message, keyword, limit }
})

await t.test(
  'values that break a rule are reported by item and field, all at once, and nothing is written',
  async t => {
    const bad = [
      {
        code: 'abc',
        title: '  ab  ',
        email: 'nobody',
        color: 'green',
        stars: 5,
        price: '-0.01',
        views: 1,
        tags: ['a']
      },
      { code: 'ABD', title: 'good', stars: -1, price: '0.07', tags: ['a', 'b', 'c'] },
      { code: 'ABE', title: 'long enough', price: '9007199254740991.00', views: '9007199254740990', tags: ['a', 'a'] }
    ]
    const { status, body } = await send('POST', '/items', bad)
    t.equal(status, 400)
    t.match(body['details'], [
      invalid('/0/code', 'pattern', '^[A-Z]{3}$', 'Must match the pattern ^[A-Z]{3}$'),
      invalid('/0/title', 'minLength', 3, 'Must have at least 3 characters'),
      invalid('/0/email', 'format', 'email', 'Must have the format "email"'),
      invalid('/0/color', 'enum', ['red', 'blue'], 'Must be one of "red", "blue"'),
      invalid('/0/stars', 'maximum', 4, 'Must be at most 4'),
      invalid('/0/price', 'minimum', 0, 'Must be at least 0'),
      invalid('/0/views', 'minimum', 9007199254740991, 'Must be at least 9007199254740991'),
      invalid('/1/stars', 'minimum', 0, 'Must be at least 0'),
      invalid('/1/price', 'multipleOf', 0.05, 'Must be a multiple of 0.05'),
      invalid('/1/tags', 'maxItems', 2, 'Must have at most 2 elements'),
      invalid('/2/title', 'maxLength', 10, 'Must have at most 10 characters'),
      invalid('/2/price', 'exclusiveMaximum', 9007199254740991, 'Must be less than 9007199254740991'),
      invalid('/2/views', 'minimum', 9007199254740991, 'Must be at least 9007199254740991'),
      {
        pointer: '/2/tags',
        message: 'Must not have the same element twice',
        params: { problem: 'Must not have the same element twice', keyword: 'uniqueItems' }
      }
    ])
    t.equal((body['details'] as unknown[]).length, 14)
    t.strictSame(await query('SELECT count(*)::int AS n FROM "Item"'), [{ n: 0 }])
  }
)

await t.test('values that keep the rules are stored, texts without white space at their ends', async t => {
  const good = {
    code: 'ABC',
    title: '   trimmed \n',
    email: null,
    price: '9007199254740990.95',
    views: '9223372036854775807',
    tags: ['a', 'b']
  }
  t.match(await send('POST', '/items', good), { status: 201 })
  t.strictSame(await query('SELECT title, price::text, views::text FROM "Item"'), [
    { title: 'trimmed', price: '9007199254740990.95', views: '9223372036854775807' }
  ])
})

await t.test('rules hold for every way to write rows', async t => {
  await send('POST', '/items', { code: 'ABC', title: 'first' })
  const problem = { code: 'invalid_value', message: 'Must be at most 4' }
  const full = { code: 'ABC', title: 'first', stars: 9 }
  t.match(await send('PATCH', '/items/1', { stars: 9 }), {
    status: 400,
    body: { details: [{ ...problem, pointer: '/stars' }] }
  })
  t.match(await send('PUT', '/items/1', full), { status: 400, body: { details: [problem] } })
  for (const method of ['PATCH', 'PUT'] as const) {
    const answer = await send(method, '/items', [{ id: 1, ...full }])
    t.match(answer, { status: 400, body: { details: [{ ...problem, pointer: '/0/stars' }] } }, method)
  }
  const upserted = await send('POST', '/items?unique_fields=code', [{ ...full, code: 'abc' }])
  t.match(upserted.body['details'], [{ pointer: '/0/code', params: { keyword: 'pattern' } }, problem])
  t.equal((upserted.body['details'] as unknown[]).length, 2)
  t.strictSame(await query('SELECT stars FROM "Item"'), [{ stars: 0 }])
})

await t.test('rules of a relation, and of the annotations of its model, hold for nested rows', async t => {
  const item = { code: 'ABC', title: 'first' }
  for (const [name, message] of [
    ['  a ', 'Must have at least 2 characters'],
    ['too long', 'Must have at most 5 characters']
  ]) {
    t.match(await send('POST', '/items', [{ ...item, shop: { name } }]), {
      status: 400,
      body: { details: [{ pointer: '/0/shop/name', message }] }
    })
  }
  t.match(await send('POST', '/shops', [{ name: 'Shop', items: [{ ...item, stars: 6 }] }]), {
    status: 400,
    body: { details: [{ pointer: '/0/items/0/stars', message: 'Must be at most 5' }] }
  })
  t.match(await send('POST', '/items', { ...item, shop: { name: ' Shop ' } }), {
    body: { data: { shop: { name: 'Shop' } } }
  })
})

await t.test('an import checks the same rules, by column', async t => {
  const { body } = await upload('/items', csv('code,title,stars,price', 'ABC, good ,4,1.05', 'abc,x,5,-1'))
  t.match(body.data, {
    import_summary: { created: 1, failed: 1 },
    failed_rows: [
      {
        row_number: 3,
        errors: [
          { column: 'code', params: { keyword: 'pattern' } },
          { column: 'title', params: { keyword: 'minLength', limit: 3 } },
          { column: 'stars', message: 'Must be at most 4' },
          { column: 'price', message: 'Must be at least 0' }
        ]
      }
    ]
  })
  t.strictSame(await query('SELECT title, price::text FROM "Item"'), [{ title: 'good', price: '1.05' }])
})

await t.test('a rule that cannot hold is refused at the start, with the field and what is possible', async t => {
  const refused = async (values: object, message: RegExp): Promise<void> => {
    await t.rejects(serve({ '/x': { model: 'Item', values: values as Record<string, object> } }), { message })
  }
  await refused({ titel: { minLength: 1 } }, /option "values" names the unknown field "titel". Did you mean "title"/)
  await refused(
    { title: { minimum: 1 } },
    /"values" of "title": The keyword "minimum" does not fit a field of type String/
  )
  await refused({ stars: { minLength: 1 } }, /The keyword "minLength" does not fit a field of type Int/)
  await refused({ stars: { trim: true } }, /"trim" does not fit a field of type Int/)
  await refused({ tags: { maxLength: 1 } }, /"maxLength" does not fit a field of type String\[\]/)
  await refused({ stars: { minimun: 1 } }, /Unknown keyword "minimun". Did you mean "minimum"/)
  await refused({ stars: { minimum: 'a' } }, /"values" of "stars": .*minimum.* must be number/)
  await refused({ code: { pattern: '(' } }, /"values" of "code": .*regular expression/)
  await refused({ code: { format: 'nothing' } }, /unknown format "nothing"/)
  await refused({ stars: { type: 'string' } }, /The type "string" does not fit a field of type Int/)
  await refused({ stars: { enum: [1, 'two'] } }, /"two" is not a value of the field/)
  await refused({ price: { minimum: '0' } }, /The keyword "minimum" must be a number/)
  await refused({ views: { maximum: 1e300 } }, /"maximum" is beyond 2\^53/)
  await refused({ price: { multipleOf: 0 } }, /The keyword "multipleOf" must be more than 0/)
  await refused({ title: { anyOf: [{ $ref: '#/x' }] } }, /"\$ref" is not taken/)
})
