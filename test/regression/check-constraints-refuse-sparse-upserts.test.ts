import t from 'tap'
import { failureOf } from '../helpers/failure.js'
import { createSchemaApp } from '../helpers/schema-app.js'

const schema = `model Target {
  id      Int     @id
  kind    String
  url     String?
  queue   String?
  note    String?
  version Int     @default(1)
}`
const app = await createSchemaApp(
  t,
  schema,
  `CREATE TABLE "Target" (id int PRIMARY KEY, kind text NOT NULL, url text, queue text, note text, version int NOT NULL DEFAULT 1,
  CONSTRAINT shape CHECK (CASE kind WHEN 'http' THEN url IS NOT NULL AND queue IS NULL ELSE url IS NULL AND queue IS NOT NULL END))`
)
const { query, store } = app
const { send } = await app.serve({
  '/targets': { model: 'Target' },
  '/guarded': { model: 'Target', authorize: () => true }
})
const model = store.registry.model('Target')
const on = model.primaryKey
const upsert = async (data: object[]): Promise<unknown> => {
  const { created, updated, unchanged } = await store.upsert(model, data as never, {
    on,
    update: undefined,
    onDuplicate: 'error',
    expected: null,
    rows: null
  })
  return { created, updated, unchanged }
}
const stored = async (): Promise<unknown> => await query('SELECT id, kind, url, queue, note FROM "Target" ORDER BY id')

t.beforeEach(async () => {
  await query(
    "TRUNCATE \"Target\"; INSERT INTO \"Target\" VALUES (1, 'http', 'https://a', NULL, 'old'), (2, 'sqs', NULL, " +
      "'q', 'old')"
  )
})

await t.test('an upsert of one item that names few fields updates its row', async t => {
  t.strictSame(await upsert([{ id: 1, kind: 'http', note: 'new' }]), { created: 0, updated: 1, unchanged: 0 })
  t.strictSame(await stored(), [
    { id: 1, kind: 'http', url: 'https://a', queue: null, note: 'new' },
    { id: 2, kind: 'sqs', url: null, queue: 'q', note: 'old' }
  ])
})

await t.test('an upsert of sparse items, full items and new rows counts and writes each', async t => {
  const data = [
    { id: 3, kind: 'http', url: 'https://c' },
    { id: 1, kind: 'http', note: 'new' },
    { id: 2, kind: 'sqs', queue: 'q2' }
  ]
  t.strictSame(await upsert(data), { created: 1, updated: 2, unchanged: 0 })
  t.strictSame(await stored(), [
    { id: 1, kind: 'http', url: 'https://a', queue: null, note: 'new' },
    { id: 2, kind: 'sqs', url: null, queue: 'q2', note: 'old' },
    { id: 3, kind: 'http', url: 'https://c', queue: null, note: null }
  ])
})

await t.test('PATCH by a unique constraint updates the row, with and without rules', async t => {
  for (const path of ['/targets', '/guarded']) {
    const answer = await send('PATCH', `${path}?unique_fields=id`, [{ id: 1, kind: 'http', note: path }])
    t.equal(answer.status, 200, JSON.stringify(answer.body))
  }
  t.match(await stored(), [{ id: 1, note: '/guarded', url: 'https://a' }])
})

await t.test('rows that would break the constraint are refused as a whole, stored or new', async t => {
  const before = await stored()
  for (const item of [
    { id: 1, kind: 'sqs' },
    { id: 9, kind: 'http' }
  ]) {
    t.match(await failureOf(upsert([{ id: 2, kind: 'sqs', note: 'new' }, item])), { code: 'check_violation' })
    t.strictSame(await stored(), before)
  }
})
