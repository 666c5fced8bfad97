import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const schema = `model Parent {
  id       Int     @id
  code     String? @unique
  children Child[]
}
model Child {
  id         Int     @id
  parentCode String?
  parent     Parent? @relation(fields: [parentCode], references: [code])
}
model Entry {
  id       Int     @id
  tenantId Int
  listId   Int?
  pos      Int
  code     String?
  mark     String  @unique
  @@unique([tenantId, code])
  @@unique([listId, pos])
}`
const { query, serve } = await createSchemaApp(
  t,
  schema,
  `CREATE TABLE "Parent" (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE "Child" (id int PRIMARY KEY, "parentCode" text REFERENCES "Parent" (code) ON UPDATE CASCADE ON DELETE SET NULL);
CREATE TABLE "Entry" (id int PRIMARY KEY, "tenantId" int NOT NULL, "listId" int, pos int NOT NULL, code text, mark text NOT NULL CONSTRAINT "Entry_mark_key" UNIQUE,
  CONSTRAINT "Entry_tenantId_code_key" UNIQUE ("tenantId", code), CONSTRAINT "Entry_listId_pos_key" UNIQUE ("listId", pos))`
)
const { send } = await serve({
  '/parents': { model: 'Parent' },
  '/entries': { model: 'Entry' },
  '/scoped': { model: 'Entry', scope: { tenantId: () => 1 } }
})
const entries = async (): Promise<unknown> =>
  (await query<{ line: string }>('SELECT concat_ws(\' \', id, pos, code, mark) AS line FROM "Entry" ORDER BY id')).map(
    ({ line }) => line
  )

t.beforeEach(async () => {
  await query(`TRUNCATE "Parent", "Child", "Entry"; INSERT INTO "Parent" VALUES (1, 'a'), (2, 'b'); INSERT INTO "Child" VALUES (1, 'a'), (2, 'b');
    INSERT INTO "Entry" VALUES (1, 1, 7, 1, 'a', 'x'), (2, 1, 7, 2, 'b', 'y'), (3, 2, 9, 2147483647, 'z', 'z')`)
})

await t.test('a swap of values that other rows refer to is refused, and they keep what they refer to', async t => {
  const { status, body } = await send('PATCH', '/parents', [
    { id: 1, code: 'b' },
    { id: 2, code: 'a' }
  ])
  t.strictSame([status, body.code], [409, 'unique_violation'])
  t.strictSame(await query('SELECT id, "parentCode" FROM "Child" ORDER BY id'), [
    { id: 1, parentCode: 'a' },
    { id: 2, parentCode: 'b' }
  ])
})

await t.test('a shift of values that other rows refer to takes these along', async t => {
  const { status } = await send('PATCH', '/parents', [
    { id: 2, code: 'a' },
    { id: 1, code: 'c' }
  ])
  t.equal(status, 200)
  t.strictSame(await query('SELECT id, "parentCode" FROM "Child" ORDER BY id'), [
    { id: 1, parentCode: 'c' },
    { id: 2, parentCode: 'a' }
  ])
})

await t.test('codes within a tenant swap, where the scope gives the tenant', async t => {
  const { status, body } = await send('PATCH', '/scoped', [
    { id: 1, code: 'b' },
    { id: 2, code: 'a' }
  ])
  t.equal(status, 200, JSON.stringify(body))
  t.strictSame(await entries(), ['1 1 b x', '2 2 a y', '3 2147483647 z z'])
})

await t.test('positions within a list swap', async t => {
  await query('UPDATE "Entry" SET pos = 3 WHERE id = 3')
  const { status, body } = await send('PATCH', '/entries', [
    { id: 1, pos: 2 },
    { id: 2, pos: 1 }
  ])
  t.equal(status, 200, JSON.stringify(body))
  t.strictSame(await entries(), ['1 2 a x', '2 1 b y', '3 3 z z'])
})

await t.test(
  'where no position is free for a moment, the swap is a taken value and not an internal fault',
  async t => {
    const { status, body } = await send('PATCH', '/entries', [
      { id: 1, pos: 2 },
      { id: 2, pos: 1 }
    ])
    t.strictSame([status, body.code], [409, 'unique_violation'])
    t.strictSame(await entries(), ['1 1 a x', '2 2 b y', '3 2147483647 z z'])
  }
)

await t.test('rows that wait for each other by two constraints are written', async t => {
  const { status, body } = await send('PATCH', '/entries', [
    { id: 1, code: 'b', mark: 'new' },
    { id: 2, code: 'c', mark: 'x' }
  ])
  t.equal(status, 200, JSON.stringify(body))
  t.strictSame(await entries(), ['1 1 b new', '2 2 c x', '3 2147483647 z z'])
})
