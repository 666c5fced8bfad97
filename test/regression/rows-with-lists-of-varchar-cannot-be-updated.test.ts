import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { sampleItem } from '../helpers/sample.js'

const database = await bulkDatabase(t)
const send = sender(await serve(t, database, { '/samples': { model: 'Sample' } }, { crud: true }))
const item = sampleItem('a', { shorts: ['a', 'NULL', ''], fixeds: ['ab'], raws: [{ a: 1 }], jsons: ['x'] })

await t.test('lists of varchar, char and json are compared and written by updates and upserts', async t => {
  const made = await send(
    'POST',
    '/samples',
    sampleItem('a', { shorts: ['a'], fixeds: ['abcd'], raws: [1], jsons: [{ a: 1 }] })
  )
  t.equal(made.status, 201)
  const change = { shorts: ['b', ''], fixeds: ['ab'], raws: [{ a: 1 }], jsons: ['x'] }
  const shown = { shorts: ['b', ''], fixeds: ['ab  '], raws: [{ a: 1 }], jsons: ['x'] }
  t.match(await send('PATCH', '/samples/1', change), { status: 200, body: { data: shown } })
  t.match(await send('PATCH', '/samples', [{ id: 1, ...change }]), { status: 200, body: { meta: { unchanged: 1 } } })
  t.match(await send('POST', '/samples?unique_fields=code', [item]), {
    status: 200,
    body: { meta: { updated: 1 }, data: [{ shorts: ['a', 'NULL', ''] }] }
  })
  t.match(await send('PUT', '/samples', [{ id: 1, ...item }]), { status: 200, body: { meta: { unchanged: 1 } } })
})
