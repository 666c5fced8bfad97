import { defineResource } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { downloader, fileServer, refusedFile } from '../helpers/export-app.js'

const database = await bulkDatabase(t)
await database.query("INSERT INTO tags (slug, name) VALUES ('red', 'Red'), ('green', 'Green')")
const app = await fileServer(t, database, {
  '/tags': defineResource({ model: 'Tag', list: { filters: ['*'], search: ['name'] } })
})
const download = downloader(app)

await t.test('POST /export takes the filters of the list in the query', async t => {
  const body = { file_type: 'csv', includes: ['slug'] }
  t.equal((await download('/tags/export?slug=red', body)).text, 'Slug\r\nred\r\n')
  t.equal((await download('/tags/export?name[contains]=e&ordering=-slug', body)).text, 'Slug\r\nred\r\ngreen\r\n')
  t.equal((await download('/tags/export?ids=2', body)).text, 'Slug\r\ngreen\r\n')
  t.equal((await download('/tags/export', { ...body, filters: { slug: 'red' } })).text, 'Slug\r\nred\r\n')
})

await t.test('not in both, and no page', async t => {
  t.strictSame(await refusedFile(download, '/tags/export?slug=red', { filters: { slug: 'red' } }), [
    400,
    'invalid_parameter',
    'The query parameter "slug" and the member "filters" of the body exclude each other: say which rows in the ' +
      'query or in the body'
  ])
  t.strictSame((await refusedFile(download, '/tags/export?page=2', {})).slice(0, 2), [400, 'unknown_parameter'])
})
