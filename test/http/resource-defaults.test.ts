import Fastify from 'fastify'
import t from 'tap'
import { defineResource } from 'fastify-prisma-commons'
import { suite, type SuiteOptions } from 'fastify-prisma-commons/suite'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'

const { client: prisma } = await bulkDatabase(t)
const connection = { connect: false, disconnect: false, requireCurrentUser: false }
const base = { prisma, connection, currentUser: false } as const

async function serve (defaults: SuiteOptions['defaults']): Promise<ReturnType<typeof sender>> {
  const app = Fastify()
  t.after(() => app.close())
  const resources = {
    '/tags': defineResource({ model: 'Tag' }),
    '/own': defineResource({ model: 'Tag', list: { pageSize: 2 }, bulk: { maxItems: 3 }, authorize: () => true }),
    '/contracts': defineResource({ model: 'Contract' }),
    '/imported': defineResource({ model: 'Tag', import: { fields: ['slug', 'name'] } })
  }
  await app.register(suite, { ...base, resources, ...(defaults && { defaults }) })
  return sender(app)
}

const tags = (...slugs: readonly string[]): object[] => slugs.map(slug => ({ slug, name: slug }))

await t.test('defaults hold for all resources, and what a resource says itself wins option by option', async t => {
  const send = await serve({
    authorize: (_request, action) => action !== 'bulkDelete',
    requireIfMatch: true,
    list: { pageSize: 1, maxPageSize: 2 },
    bulk: { maxItems: 2 }
  })
  const rowsOf = async (url: string): Promise<number> =>
    ((await send('GET', url)).body.data as { readonly results: readonly object[] }).results.length
  t.equal((await send('POST', '/tags', tags('a', 'b', 'c'))).status, 413)
  t.equal((await send('POST', '/own', tags('a', 'b', 'c'))).status, 201)
  t.equal(await rowsOf('/tags'), 1)
  t.equal(await rowsOf('/own'), 2)
  t.equal(await rowsOf('/own?page_size=9'), 2, 'a limit that it does not say')
  t.equal((await send('DELETE', '/tags', [1])).status, 403)
  t.equal((await send('DELETE', '/own', [1])).status, 200)
  t.equal((await send('PATCH', '/tags/2', { name: 'B' })).status, 200, 'a model without a version needs no If-Match')
  t.equal((await send('PATCH', '/contracts/1', { note: 'x' })).status, 428)
  t.equal((await send('GET', '/tags/import-template')).status, 404, 'imports are for resources that say how')
})

await t.test('defaults that name fields, or do not exist, stop the start', async t => {
  await t.rejects(serve({ list: { search: ['name'] } } as never), { message: /unknown option "defaults.list.search"/ })
  await t.rejects(serve({ bulk: { maxItems: 0 }, model: 'Tag' } as never), {
    message: [
      'prisma: unknown option "defaults.model". Known: authorize, canSeeDeleted, maxRelated, maxRelatedTotal, bodyLimit, requireIfMatch, weakIfMatch, idempotency, cacheControl, decimals, returnDataOnCreate, returnDataOnUpdate, list, bulk, async, export, import',
      'prisma: option "defaults.bulk.maxItems" must be an integer of at least 1, not 0'
    ].join('\n')
  })
  await t.rejects(serve({ export: { formats: [] } }), { message: /option "export": option "formats" must be/ })
  await t.rejects(serve({ import: { chunkSize: 0 } }), { message: /option "chunkSize" must be an integer/ })
})

await t.test('defaults of files hold for exports, and for resources that have imports', async t => {
  const send = await serve({ export: { formats: ['csv'] }, import: { formats: ['csv'] } })
  t.equal((await send('GET', '/tags/export?file_type=xlsx')).status, 400)
  t.equal((await send('GET', '/imported/import-template?file_type=xlsx')).status, 400)
  t.equal((await send('GET', '/tags/import-template')).status, 404)
})
