import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)

await t.test('answers and errors of a resource say that they depend on who asks', async t => {
  const send = sender(await serve(t, database, { '/tags': { model: 'Tag' } }, { crud: true }))
  for (const [method, url, body] of [
    ['GET', '/tags', undefined],
    ['GET', '/tags/1', undefined],
    ['POST', '/tags', { slug: 'a', name: 'A' }],
    ['POST', '/tags', [{}]]
  ] as const) {
    const { headers } = await send(method, url, body)
    t.equal(headers['cache-control'], 'private, no-cache', url)
    t.match(headers['vary'], /\bAuthorization\b/)
  }
})

await t.test('a resource may have another Cache-Control or none, and hooks win', async t => {
  const app = await serve(
    t,
    database,
    {
      '/tags': { model: 'Tag', cacheControl: 'public, max-age=60' },
      '/contracts': { model: 'Contract', cacheControl: false }
    },
    {
      crud: true,
      prepare: app => {
        app.addHook('onRequest', async (request, reply) => {
          if (request.url.includes('own')) reply.header('cache-control', 'no-store')
        })
      }
    }
  )
  const send = sender(app)
  t.equal((await send('GET', '/tags')).headers['cache-control'], 'public, max-age=60')
  t.equal((await send('GET', '/tags?search=own')).headers['cache-control'], 'no-store')
  const { headers } = await send('GET', '/contracts')
  t.strictSame([headers['cache-control'], headers['vary']], [undefined, undefined])
})
