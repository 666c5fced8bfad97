import swagger from '@fastify/swagger'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const fields = ['id', 'title', 'slug', 'content']
const app = await serve(
  t,
  database,
  {
    '/articles': { model: 'Article', fields },
    '/documents': { model: 'Document', fields: ['code', 'title', 'slug', 'edition'] }
  },
  {
    prepare: async app => {
      await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
    }
  }
)
const send = sender(app)

t.beforeEach(async () => {
  await query('TRUNCATE articles, "Document" RESTART IDENTITY CASCADE')
  statements.length = 0
})

const slugsOf = (data: unknown) => [data].flat().map(row => (row as { readonly slug: string }).slug)

await t.test('rows are created without slugs, with empty ones, or with their own', async t => {
  const { status, body } = await send('POST', '/articles', [
    { title: 'Hello, World!', content: '' },
    { title: 'Hello World', content: '', slug: null },
    { title: 'Hello World', content: '', slug: '' },
    { title: 'Hello World', content: '', slug: 'mine' }
  ])
  t.strictSame([status, slugsOf(body.data)], [201, ['hello-world', 'hello-world-1', 'hello-world-2', 'mine']])
  t.equal(statements.length, 2, 'the slugs, the rows')
  const single = await send('POST', '/articles', { title: 'Hello World', content: '' })
  t.strictSame([single.status, slugsOf(single.body.data)], [201, ['hello-world-3']])
})

await t.test('a given slug that is taken is a conflict of its item', async t => {
  await send('POST', '/articles', { title: 'X', content: '' })
  const { status, body } = await send('POST', '/articles', [
    { title: 'X', content: '' },
    { title: 'Y', content: '', slug: 'x' }
  ])
  t.strictSame([status, body['errors']], [409, { 1: { slug: ['Article with this slug already exists'] } }])
})

await t.test('upserts give slugs to new rows and leave those of others', async t => {
  await send('POST', '/documents', { code: 'A', title: 'X' })
  for (const method of ['POST', 'PATCH', 'PUT'] as const) {
    const { status, body } = await send(method, '/documents?unique_fields=code', [
      { code: 'A', title: method },
      { code: method, title: 'X' }
    ])
    t.strictSame([status, slugsOf(body.data)[0]], [200, 'x'], method)
  }
  t.strictSame(
    (await query('SELECT code, slug FROM "Document" ORDER BY slug')).map(({ code, slug }) => `${code} ${slug}`),
    ['A x', 'POST x-1', 'PATCH x-2', 'PUT x-3']
  )
})

await t.test('a replaced row that names no slug keeps its own', async t => {
  const { body } = await send('POST', '/articles', { title: 'X', content: '' })
  const { id } = body.data as { readonly id: string }
  const { status, body: answer } = await send('PUT', '/articles', [{ id, title: 'Y', content: '' }])
  t.strictSame([status, slugsOf(answer.data)], [200, ['x']])
})

await t.test('a slug that a resource does not show is generated too', async t => {
  const hidden = await serve(t, database, { '/articles': { model: 'Article', fields: ['title', 'content'] } })
  t.equal((await sender(hidden)('POST', '/articles', { title: 'Hidden', content: '' })).status, 201)
  t.strictSame(await query('SELECT slug FROM articles'), [{ slug: 'hidden' }])
})

await t.test('OpenAPI asks for no slug', async t => {
  const paths = app.swagger().paths as Record<
    string,
    Record<string, { requestBody: { content: Record<string, { schema: { anyOf: { required?: string[] }[] } }> } }>
  >
  const bodies = paths['/articles']!['post']!.requestBody.content['application/json']!.schema.anyOf
  t.strictSame(bodies[0]!.required, ['title', 'content'])
})
