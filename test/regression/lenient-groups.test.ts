import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { column } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
await database.query("INSERT INTO tags (slug, name) VALUES ('a', 'A'), ('b', 'B')")
const send = sender(
  await serve(t, database, { '/tags': { model: 'Tag', list: { lenientQuery: true } } }, { crud: true })
)

await t.test('groups around unknown filters are ignored with them, where unknown filters are', async t => {
  const found = async (filters: object): Promise<string> =>
    (await column(send, '/tags/query', 'slug', { filters })).join('')
  t.equal(await found({ nope: 1 }), 'ab')
  t.equal(await found({ not: { nope: 1 } }), 'ab')
  t.equal(await found({ not: { not: { nope: 1 } } }), 'ab')
  t.equal(await found({ not: { nope: 1, slug: 'a' } }), 'b')
  t.equal(await found({ or: [{ nope: 1 }, { slug: 'a' }] }), 'a')
  t.equal(await found({ or: [{ nope: 1 }] }), 'ab')
  t.equal(await found({ and: [{ not: { nope: 1 } }, { slug: 'b' }] }), 'b')
  t.equal(await found({ or: [{}, { slug: 'a' }] }), 'ab', 'an empty group holds for every row, as ever')
  t.equal(await found({ not: {} }), '')
})
