import Fastify from 'fastify'
import t from 'tap'
import { bulkAnswer, bulkDatabase, counts, refused, sender, serve } from '../helpers/bulk-app.js'
import type { Answer } from '../helpers/bulk-app.js'
import { clock, timestamp, wrapped } from '../helpers/envelope-app.js'
import { bulk, defineResource, presets } from 'fastify-prisma-commons/bulk'
import crud from 'fastify-prisma-commons/crud'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { envelope } from 'fastify-prisma-commons/envelope'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'

const database = await bulkDatabase(t)
const { query, client } = database
const canSeeDeleted = async ({
  headers
}: {
  readonly headers: { readonly authorization?: string | undefined }
}): Promise<boolean> => headers.authorization === 'admin'
const app = await serve(
  t,
  database,
  {
    '/articles': {
      model: 'Article',
      actions: presets.bulk.filter(action => action !== 'create' && action !== 'bulkCreate'),
      fields: ['id', 'title', 'slug', 'deletedAt', 'isActive', 'version'],
      canSeeDeleted
    },
    '/shelves': { model: 'Shelf', requireIfMatch: true, canSeeDeleted: () => true },
    '/documents': { model: 'Document' },
    '/tags': { model: 'Tag' }
  },
  { crud: true }
)
const send = sender(app)
const admin = { authorization: 'admin' }

const idOf = (n: number): string => `00000000-0000-7000-8000-00000000000${n}`
const earlier = '2025-01-01T00:00:00.000Z'
const live = (n: number): object => ({
  id: idOf(n),
  title: `T${n}`,
  slug: `s${n}`,
  deletedAt: null,
  isActive: true,
  version: 1
})
const marked = (n: number, at = earlier, version = 1): object => ({
  ...live(n),
  deletedAt: at,
  isActive: false,
  version
})

// Articles 1 and 2 are there, 3 and 4 were deleted a year ago.
t.beforeEach(async () => {
  await query('TRUNCATE articles, comments, "Shelf", "Document", "Hold" RESTART IDENTITY CASCADE')
  for (const n of [1, 2, 3, 4]) {
    await query(
      "INSERT INTO articles (id, title, slug, content, updated_at, deleted_at, is_active) VALUES ($1, $2, $3, '', " +
        'now(), $4, $5)',
      [idOf(n), `T${n}`, `s${n}`, n > 2 ? earlier : null, n <= 2]
    )
  }
})

async function stored (n: number): Promise<unknown> {
  return (
    await query('SELECT deleted_at AS at, is_active AS active, version FROM articles WHERE id = $1', [idOf(n)])
  )[0]
}

const outcome = ({ status, body, headers }: Answer): readonly unknown[] => [status, headers['etag'], body]
const plain = (code: string, message: string, params?: object): object => ({
  ...refused(code, message, params === undefined ? [] : [{ code, message, params }]),
  errors: {}
})
const notFound = (n: number): object =>
  plain('object_not_found', `No Article with id ${idOf(n)}`, { model: 'Article', key: 'id', value: idOf(n) })

await t.test('rows that are marked as deleted are not there', async t => {
  t.strictSame((await send('GET', '/articles')).body.data, {
    count: 2,
    next: null,
    previous: null,
    results: [live(1), live(2)]
  })
  t.strictSame((await send('GET', `/articles/${idOf(1)}`)).body.data, live(1))
  for (const [method, url, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { title: 'x' }],
    ['PUT', '', { title: 'x', slug: 'x', content: '' }],
    ['DELETE', '', undefined],
    ['GET', '?deleted=exclude', undefined]
  ] as const) {
    const { title, ...hidden } = { title: 'x' }
    const given = method === 'PUT' ? { title, slug: 'x', ...hidden } : body
    t.strictSame(
      outcome(await send(method, `/articles/${idOf(3)}${url}`, given)),
      [404, undefined, notFound(3)],
      `${method} ${url}`
    )
  }
  t.equal((await send('PATCH', '/articles', [{ id: idOf(3), title: 'x' }])).status, 404)
  t.strictSame(await stored(3), { at: new Date(earlier), active: false, version: 1 })
})

await t.test('those who may see them ask for them beside the others, or alone', async t => {
  const results = async (deleted: string): Promise<unknown> =>
    (await send('GET', `/articles?deleted=${deleted}&page_size=2`, undefined, admin)).body.data
  t.strictSame(await results('include'), {
    count: 4,
    next: '/articles?deleted=include&page_size=2&page=2',
    previous: null,
    results: [live(1), live(2)]
  })
  t.strictSame(await results('only'), { count: 2, next: null, previous: null, results: [marked(3), marked(4)] })
  t.strictSame(await results('exclude'), { count: 2, next: null, previous: null, results: [live(1), live(2)] })
  const one = async (n: number, deleted: string): Promise<unknown> => {
    const { status, body, headers } = await send('GET', `/articles/${idOf(n)}?deleted=${deleted}`, undefined, admin)
    return status === 404 ? 404 : [body.data, headers['etag']]
  }
  t.strictSame(
    [
      await one(1, 'include'),
      await one(1, 'only'),
      await one(3, 'include'),
      await one(3, 'only'),
      await one(3, 'exclude')
    ],
    [[live(1), '"1"'], 404, [marked(3), '"1"'], [marked(3), '"1"'], 404]
  )
})

await t.test('others are refused, and nobody may by default', async t => {
  const forbidden = plain('forbidden', 'Not allowed')
  for (const path of [
    '/articles',
    `/articles/${idOf(3)}`,
    `/articles/${idOf(1)}`,
    '/documents',
    `/documents/${idOf(1)}`
  ]) {
    for (const deleted of ['include', 'only']) {
      t.strictSame(
        outcome(await send('GET', `${path}?deleted=${deleted}`)),
        [403, undefined, forbidden],
        `${path} ${deleted}`
      )
    }
    t.not((await send('GET', `${path}?deleted=exclude`)).status, 403)
  }
  for (const value of ['', 'yes', 'true', 'Only', 'only,include']) {
    const parameter = { parameter: 'deleted', problem: 'must be one of exclude, include, only' }
    const message = 'The query parameter "deleted" must be one of exclude, include, only'
    t.strictSame(
      outcome(await send('GET', `/articles?deleted=${value}`, undefined, admin)),
      [400, undefined, plain('invalid_parameter', message, parameter)],
      value
    )
    t.equal((await send('GET', `/articles/${idOf(1)}?deleted=${value}`)).status, 400)
  }
  t.equal((await send('GET', '/tags?deleted=only', undefined, admin)).body.code, 'unknown_parameter')
})

await t.test('DELETE marks a row once', async t => {
  const url = `/articles/${idOf(1)}`
  t.strictSame(outcome(await send('DELETE', url)), [200, undefined, wrapped(null, 'Article deleted successfully')])
  t.strictSame(await stored(1), { at: new Date(timestamp), active: false, version: 2 })
  t.strictSame(outcome(await send('DELETE', url)), [404, undefined, notFound(1)])
  t.strictSame(await stored(1), { at: new Date(timestamp), active: false, version: 2 }, 'the first stamp stays')
  t.equal((await send('DELETE', `/articles/${idOf(2)}`, undefined, { 'if-match': '"7"' })).status, 412)
  t.equal((await send('DELETE', `/articles/${idOf(2)}`, undefined, { 'if-match': '"1"' })).status, 200)
})

await t.test('DELETE of many marks them, and those that were marked before are missing', async t => {
  const { status, body } = await send('DELETE', '/articles', [idOf(1), idOf(3), idOf(9), idOf(1)])
  t.strictSame(
    [status, body],
    [
      200,
      bulkAnswer(
        'Articles deleted successfully',
        { deleted: 1, missing: 2 },
        {
          requested_count: 4,
          count: 1,
          missing_ids: [idOf(3), idOf(9)],
          missing_count: 2
        }
      )
    ]
  )
  t.strictSame(
    [await stored(1), await stored(3)],
    [
      { at: new Date(timestamp), active: false, version: 2 },
      { at: new Date(earlier), active: false, version: 1 }
    ]
  )
})

await t.test('restore brings a row back, and leaves one as it is that was never gone', async t => {
  const restored = { ...live(3), version: 2 }
  const url = `/articles/${idOf(3)}/restore`
  t.strictSame(outcome(await send('POST', url)), [
    200,
    '"2"',
    bulkAnswer('Article restored successfully', { restored: 1, unchanged: 0 }, restored)
  ])
  t.strictSame(outcome(await send('POST', url)), [
    200,
    '"2"',
    bulkAnswer('Article restored successfully', { restored: 0, unchanged: 1 }, restored)
  ])
  t.strictSame((await send('GET', `/articles/${idOf(3)}`)).body.data, restored)
  t.strictSame(outcome(await send('POST', `/articles/${idOf(9)}/restore`)), [404, undefined, notFound(9)])
  t.equal((await send('POST', '/articles/x/restore')).status, 404)
  const minimal = await send('POST', `/articles/${idOf(4)}/restore`, {}, { prefer: 'return=minimal' })
  t.strictSame(
    [minimal.status, minimal.headers['preference-applied'], minimal.headers['etag'], minimal.body],
    [
      200,
      'return=minimal',
      '"2"',
      bulkAnswer(
        'Article restored successfully',
        { restored: 1, unchanged: 0 },
        {
          message: 'Successfully restored 1 instance',
          count: 1,
          restored: 1,
          unchanged: 0,
          serialization_skipped: true
        }
      )
    ]
  )
  t.equal((await send('POST', url, { version: 1 })).body.message, 'Expected no body')
  t.equal((await send('POST', `${url}?force=true`)).body.code, 'unknown_parameter')
  t.equal((await send('POST', '/tags/1/restore')).status, 404, 'models without the feature have no such route')
  t.equal((await send('POST', '/tags/bulk-restore', [1])).status, 404)
  t.equal(
    (await send('DELETE', '/tags/bulk-soft-delete', [1])).body.code,
    'object_not_found',
    'nor these: it is the path of a row'
  )
})

await t.test('a unique value that was taken meanwhile gives 409', async t => {
  await query("UPDATE articles SET slug = 's1' WHERE id = $1", [idOf(3)])
  const message = 'Article with this slug already exists'
  t.strictSame(outcome(await send('POST', `/articles/${idOf(3)}/restore`)), [
    409,
    undefined,
    refused('unique_violation', message, [
      { field: 'slug', code: 'unique_violation', message, params: { model: 'Article', fields: ['slug'] } }
    ])
  ])
  const many = await send('POST', '/articles/bulk-restore', [idOf(4), idOf(3)])
  t.strictSame(
    [many.status, many.body],
    [
      409,
      refused('unique_violation', '1 item is not valid; nothing was written', [
        {
          index: 1,
          field: 'slug',
          pointer: '/1',
          code: 'unique_violation',
          message,
          params: { model: 'Article', fields: ['slug'] }
        }
      ])
    ]
  )
  t.strictSame(
    [await stored(3), await stored(4)],
    [3, 4].map(() => ({ at: new Date(earlier), active: false, version: 1 }))
  )
})

await t.test('restoring may ask for a version', async t => {
  const url = `/articles/${idOf(3)}/restore`
  const message = "The row's version does not match If-Match"
  const failed = (header: string, current: number): object =>
    plain('precondition_failed', header === 'If-None-Match' ? 'The row is there already' : message, {
      header,
      current
    })
  t.strictSame(outcome(await send('POST', url, undefined, { 'if-match': '"7"' })), [412, '"1"', failed('If-Match', 1)])
  t.strictSame(outcome(await send('POST', url, undefined, { 'if-match': 'W/"1"' })), [
    412,
    '"1"',
    failed('If-Match', 1)
  ])
  t.strictSame(outcome(await send('POST', url, undefined, { 'if-none-match': '*' })), [
    412,
    '"1"',
    failed('If-None-Match', 1)
  ])
  t.strictSame(await stored(3), { at: new Date(earlier), active: false, version: 1 })
  t.equal((await send('POST', url, undefined, { 'if-match': '"5", "1"' })).status, 200)
  t.strictSame(
    outcome(await send('POST', url, undefined, { 'if-match': '"1"' })),
    [412, '"2"', failed('If-Match', 2)],
    'of a live row as well'
  )
  await send('POST', '/shelves', { name: 'A' })
  await send('DELETE', '/shelves/1', undefined, { 'if-match': '*' })
  t.equal((await send('POST', '/shelves/1/restore')).status, 428)
  t.equal((await send('POST', '/shelves/1/restore', undefined, { 'if-match': '"2"' })).status, 200)
})

await t.test('bulk-soft-delete marks those that are not, whatever actionRoutes says', async t => {
  for (const [url, body] of [
    ['/articles/bulk-soft-delete', [idOf(1), idOf(3), idOf(9)]],
    ['/articles/bulk-soft-delete', { ids: [idOf(1), idOf(3), idOf(9)] }],
    [`/articles/bulk-soft-delete?ids=${idOf(1)},${idOf(3)},${idOf(9)}`, undefined]
  ] as const) {
    await query('UPDATE articles SET deleted_at = NULL, is_active = true, version = 1 WHERE id = $1', [idOf(1)])
    const { status, body: answer } = await send('DELETE', url, body)
    t.strictSame(
      [status, answer],
      [
        200,
        bulkAnswer(
          'Articles deleted successfully',
          { deleted: 1, unchanged: 1, missing: 1 },
          {
            requested_count: 3,
            count: 2,
            missing_ids: [idOf(9)],
            missing_count: 1
          }
        )
      ],
      url
    )
    t.strictSame(
      [await stored(1), await stored(3)],
      [
        { at: new Date(timestamp), active: false, version: 2 },
        { at: new Date(earlier), active: false, version: 1 }
      ]
    )
  }
  const minimal = await send('DELETE', '/articles/bulk-soft-delete', [idOf(2)], { prefer: 'return=minimal' })
  t.strictSame(minimal.body.data, {
    message: 'Successfully deleted 1 instance',
    requested_count: 1,
    count: 1,
    missing_count: 0,
    serialization_skipped: true
  })
})

await t.test('bulk-restore takes the marks away, and tells what became of each', async t => {
  const { status, body } = await send('POST', '/articles/bulk-restore', [idOf(1), idOf(3), idOf(4), idOf(9)])
  t.strictSame(
    [status, body],
    [
      200,
      bulkAnswer(
        'Articles restored successfully',
        { restored: 2, unchanged: 1, missing: 1 },
        {
          requested_count: 4,
          count: 3,
          missing_ids: [idOf(9)],
          missing_count: 1
        }
      )
    ]
  )
  t.strictSame(
    [await stored(1), await stored(3)],
    [
      { at: null, active: true, version: 1 },
      { at: null, active: true, version: 2 }
    ]
  )
  t.equal((await send('POST', '/articles/bulk-restore', [])).body.code, 'empty_batch')
  t.equal((await send('POST', '/articles/bulk-restore', ['x'])).body.code, 'invalid_type')
  t.equal((await send('POST', '/articles/bulk-restore', { id: [1] })).body.code, 'unknown_field')
  t.strictSame((await send('POST', '/articles/bulk-restore?ids=', undefined)).status, 400)
})

await t.test('rows that hold a deletion back are told', async t => {
  await query('INSERT INTO "Document" (id, title, slug, "updatedAt") VALUES ($1, \'T\', \'s\', now())', [idOf(1)])
  await query('INSERT INTO "Hold" ("documentId", reason) VALUES ($1, \'x\')', [idOf(1)])
  for (const [method, url, body] of [
    ['DELETE', `/documents/${idOf(1)}`, undefined],
    ['DELETE', '/documents/bulk-soft-delete', [idOf(1)]],
    ['DELETE', '/documents', [idOf(1)]]
  ] as const) {
    const answer = await send(method, url, body)
    t.strictSame([answer.status, answer.body.code], [409, 'foreign_key_restricted'], url)
  }
})

await t.test('hooks know the actions, and rows are stamped with who acts', async t => {
  const seen: unknown[] = []
  const app = Fastify()
  t.after(() => app.close())
  await app.register(envelope, { clock })
  await app.register(currentUser, {
    resolve: ({ headers }) => (headers.authorization === undefined ? null : { id: Number(headers.authorization) })
  })
  await app.register(prismaPlugin, { client, connect: false, disconnect: false })
  app.addHook('preHandler', async ({ action }) => {
    seen.push(action)
  })
  const resource = defineResource({ model: 'Shelf', bulk: { actionRoutes: true } })
  await app.register(bulk, { prefix: '/shelves', resource })
  await app.register(crud, { prefix: '/shelves', resource })
  const send = sender(app)
  const stamps = async (): Promise<unknown> =>
    (
      await query(
        'SELECT "createdById" c, "updatedById" u, "deletedById" d, "restoredById" r FROM "Shelf" ORDER BY id LIMIT 1'
      )
    )[0]
  const as = (id: number) => ({ authorization: String(id) })
  await send('POST', '/shelves', { name: 'A' }, as(1))
  t.strictSame(await stamps(), { c: 1, u: 1, d: null, r: null })
  await send('DELETE', '/shelves/1', undefined, as(2))
  t.strictSame(await stamps(), { c: 1, u: 2, d: 2, r: null })
  await send('POST', '/shelves/1/restore', undefined, as(3))
  t.strictSame(await stamps(), { c: 1, u: 3, d: null, r: 3 })
  await send('PATCH', '/shelves/1', { name: 'B' }, as(4))
  await send('PUT', '/shelves/1', { name: 'C' })
  t.strictSame(await stamps(), { c: 1, u: 4, d: null, r: 3 }, 'an anonymous change leaves the last writer')
  await send('DELETE', '/shelves/bulk-soft-delete', [1], as(5))
  t.strictSame(await stamps(), { c: 1, u: 5, d: 5, r: 3 })
  await send('POST', '/shelves/bulk-restore', [1], as(6))
  t.strictSame(await stamps(), { c: 1, u: 6, d: null, r: 6 })
  await send('DELETE', '/shelves/bulk-delete', [1], as(7))
  t.strictSame(await stamps(), { c: 1, u: 7, d: 7, r: 6 })
  t.strictSame(seen, [
    'create',
    'destroy',
    'restore',
    'update',
    'replace',
    'bulkSoftDelete',
    'bulkRestore',
    'bulkDelete'
  ])
})

await t.test('counts are in the singular and plural of the resource', async t => {
  const send = sender(await serve(t, database, { '/posts': { model: 'Article', singular: 'Post' } }, { crud: true }))
  const nothing = { created: 0, updated: 1, unchanged: 0 }
  t.strictSame(
    (await send('PATCH', `/posts/${idOf(1)}`, { title: 'x' }, { prefer: 'return=minimal' })).body,
    counts('Post updated successfully', 'updated', 1, nothing)
  )
  t.equal((await send('POST', '/posts/bulk-restore', [idOf(3)])).body.message, 'Posts restored successfully')
  t.equal((await send('GET', '/posts')).body.message, 'Posts retrieved successfully')
})
