import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve, query } = await createSchemaApp(
  t,
  `
model Note {
  id   String @id @default(cuid())
  text String
}

model Task {
  id   Int    @id @default(autoincrement())
  text String
}
`,
  'create table "Note" (id text primary key, text text not null); create table "Task" (id serial primary key, text text not null)'
)

await t.test('an edited export comes back by the generated key, which uniqueFields names', async t => {
  const { send, upload, app } = await serve({
    '/notes': { model: 'Note', import: { uniqueFields: ['id'] } },
    '/tasks': { model: 'Task', import: { uniqueFields: ['id'] } }
  })
  for (const path of ['/notes', '/tasks']) {
    t.match(await send('POST', path, [{ text: 'a' }, { text: 'b' }]), { status: 201 })
    const file = (await app.inject(`${path}/export`)).body
    t.match(await upload(path, file.replace(/(.*,)b(?=\r?\n)/, '$1edited')), {
      status: 201,
      body: { data: { import_summary: { updated: 1, failed: 0 } } }
    })
  }
  t.strictSame(
    (await query('select text from "Note" union all select text from "Task"')).map(({ text }) => String(text)).sort(),
    ['a', 'a', 'edited', 'edited']
  )
})

await t.test('a key that the fields of the import leave out is told, with the way out', async t => {
  await t.rejects(serve({ '/notes': { model: 'Note', import: { fields: ['text'], uniqueFields: ['id'] } } }), {
    message: 'resource Note: import: option "uniqueFields" names "id", which gets no value: add it to "fields"'
  })
})
