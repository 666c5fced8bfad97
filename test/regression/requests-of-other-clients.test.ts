import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  { '/contracts': { model: 'Contract' }, '/weak': { model: 'Contract', weakIfMatch: true } },
  { crud: true }
)
const send = sender(app)
const patchType = { 'content-type': 'application/merge-patch+json' }
await send('POST', '/contracts', { contractNumber: 'A', year: 1, amount: 1 })

await t.test('PATCH takes a body of application/merge-patch+json, other methods do not', async t => {
  t.match(await send('PATCH', '/contracts/1', { note: 'x' }, patchType), {
    status: 200,
    body: { data: { note: 'x' } }
  })
  t.match(
    await send('PATCH', '/contracts', [{ id: 1, note: null }], {
      'content-type': 'application/merge-patch+json; charset=utf-8'
    }),
    { status: 200, body: { data: [{ note: null }] } }
  )
  t.match(await send('PATCH', '/contracts/1', '{"note":', patchType), {
    status: 400,
    body: { code: 'malformed_body' }
  })
  t.match(await send('POST', '/contracts', { contractNumber: 'B', year: 1, amount: 1 }, patchType), {
    status: 415,
    body: { code: 'unsupported_media_type' }
  })
})

await t.test('weak tags in If-Match fit where the option says so alone', async t => {
  const { version } = (await send('GET', '/contracts/1')).body.data as { readonly version: number }
  const condition = { 'if-match': `W/"${version}"` }
  t.equal((await send('PATCH', '/contracts/1', { note: 'y' }, condition)).status, 412)
  t.equal((await send('PATCH', '/contracts', [{ id: 1, note: 'y' }], condition)).status, 412)
  t.equal((await send('PATCH', '/weak/1', { note: 'y' }, condition)).status, 200)
  t.equal((await send('PATCH', '/weak/1', { note: 'z' }, condition)).status, 412, 'the row has another version by now')
  t.equal((await send('PATCH', '/weak', [{ id: 1, note: 'z' }], { 'if-match': `W/"${version + 1}"` })).status, 200)
  t.equal((await send('GET', '/weak/1', undefined, { 'if-match': `W/"${version + 2}"` })).status, 200)
})
