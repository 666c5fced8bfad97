import t from 'tap'
import { defineResource } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { fileServer } from '../helpers/export-app.js'
import { form } from '../helpers/import-app.js'
import { sampleItem } from '../helpers/sample.js'

const database = await bulkDatabase(t)
const app = await fileServer(t, database, {
  '/samples': defineResource({ model: 'Sample', bulk: { csvBodies: true }, import: { uniqueFields: ['code'] } })
})
const send = sender(app)

const list = ['null', '[1]', 'text', '', null, 1, { a: 'null' }]
const row = sampleItem('a', {
  json: null,
  raw: 'null',
  jsons: list,
  raws: list,
  bytes: '',
  maybeBytes: '',
  maybeText: '',
  texts: ['', 'null'],
  maybeBig: '1234000000000000000',
  maybeNumeric: '12340000000000000000000'
})
const stored = async (): Promise<unknown> =>
  await database.query(
    'SELECT json::text, raw::text, jsons::text, raws::text, bytes::text, "maybeBytes"::text, "maybeJson"::text, ' +
      '"maybeText", "maybeBig"::text, "maybeNumeric"::text FROM samples'
  )

await t.test('items with JSON nulls, in lists and in required columns, are stored as such', async t => {
  t.match(await send('POST', '/samples', [row]), {
    status: 201,
    body: { data: [{ json: null, jsons: list, bytes: '' }] }
  })
  t.match(await stored(), [
    {
      json: 'null',
      raw: '"null"',
      jsons: '{"\\"null\\"","\\"[1]\\"","\\"text\\"","\\"\\"","null",1,"{\\"a\\": \\"null\\"}"}',
      bytes: '\\x',
      maybeBytes: '\\x',
      maybeJson: null,
      maybeText: ''
    }
  ])
  const { id, ...shown } = ((await send('GET', '/samples')).body.data as { results: Record<string, unknown>[] })
    .results[0]!
  t.match(await send('PATCH', '/samples', [{ id, ...shown }]), { status: 200, body: { meta: { unchanged: 1 } } })
})

for (const format of ['csv', 'xlsx']) {
  await t.test(
    `texts in lists of JSON, JSON nulls, empty bytes and long integers come back from ${format} as they were`,
    async t => {
      const before = await stored()
      const file = await app.inject(`/samples/export?file_type=${format}`)
      const load = async (): Promise<unknown> =>
        (
          await app.inject({
            method: 'POST',
            url: '/samples/import-from-file',
            ...form({ append_data: 'true' }, file.rawPayload)
          })
        ).json()
      t.match(await load(), { data: { import_summary: { unchanged: 1, failed: 0 } } })
      await database.query('DELETE FROM samples')
      t.match(await load(), { data: { import_summary: { created: 1, failed: 0 } } })
      t.strictSame(await stored(), before)
    }
  )
}

await t.test('a list of JSON in a cell is JSON, and nothing else', async t => {
  const { id } = ((await send('GET', '/samples')).body.data as { results: Record<string, unknown>[] }).results[0]!
  const body = `id,jsons\r\n${String(id)},"[""1"",1]"\r\n`
  const patched = await app.inject({
    method: 'PATCH',
    url: '/samples',
    headers: { 'content-type': 'text/csv' },
    payload: body
  })
  t.match([patched.statusCode, patched.json()], [200, { data: [{ jsons: ['1', 1] }] }])
  const refused = await app.inject({
    method: 'PATCH',
    url: '/samples',
    headers: { 'content-type': 'text/csv' },
    payload: `id,jsons\r\n${String(id)},"a,b"\r\n`
  })
  t.match([refused.statusCode, refused.json()], [400, { details: [{ pointer: '/0/jsons' }] }])
})
