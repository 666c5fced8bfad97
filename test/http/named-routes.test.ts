import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { refusal } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  {
    '/tags': { model: 'Tag', list: { maxIds: 3 }, bulk: { actionRoutes: true } },
    '/binders': { model: 'Binder', bulk: { actionRoutes: true }, canSeeDeleted: () => true },
    '/plain': { model: 'Tag' }
  },
  { crud: true }
)
const send = sender(app)
await database.query("INSERT INTO tags (slug, name) SELECT 't' || i, 'T' || i FROM generate_series(1, 5) i")
await database.query('INSERT INTO "Shelf" (name, "updatedAt") VALUES (\'s\', now())')
await database.query('INSERT INTO "Binder" (name, "shelfId", "deletedAt") VALUES (\'a\', 1, NULL), (\'b\', 1, now())')

const tag = (id: number): object => ({ id, slug: `t${id}`, name: `T${id}` })
const found = (results: readonly object[], missing: readonly number[]): object => ({
  count: results.length,
  results,
  operation_type: 'multi_get',
  missing_ids: missing
})

await t.test(
  '/bulk-get gives rows by their ids, from the query or from a body, in the order of the request',
  async t => {
    const answer = await send('GET', '/tags/bulk-get?ids=3,9,1')
    t.strictSame([answer.status, answer.body['data']], [200, found([tag(3), tag(1)], [9])])
    for (const body of [[3, 9, 1], { ids: [3, 9, 1] }]) {
      t.strictSame((await send('POST', '/tags/bulk-get', body)).body['data'], found([tag(3), tag(1)], [9]))
    }
    t.strictSame(
      (await send('GET', '/binders/bulk-get?ids=1,2')).body['data'],
      found([{ id: 1, name: 'a', shelfId: 1, parentId: null, deletedAt: null, deletionId: null }], [2])
    )
    t.match((await send('GET', '/binders/bulk-get?ids=1,2&deleted=include')).body['data'], { count: 2 })
    t.match((await send('POST', '/binders/bulk-get', { ids: [1, 2], deleted: 'only' })).body['data'], {
      count: 1,
      missing_ids: [1]
    })
  }
)

await t.test('/bulk-get refuses what it cannot answer', async t => {
  t.strictSame(await refusal(send, '/tags/bulk-get'), [
    400,
    'invalid_parameter',
    'The query parameter "ids" is missing'
  ])
  t.strictSame(await refusal(send, '/tags/bulk-get?ids=1&page=1'), [
    400,
    'unknown_parameter',
    'Unknown query parameter "page". Known: ids'
  ])
  t.strictSame(await refusal(send, '/tags/bulk-get', { ids: [1], page: 1 }), [
    400,
    'unknown_field',
    'Unknown field "page". Known: ids'
  ])
  t.strictSame(await refusal(send, '/tags/bulk-get', { ids: 1 }), [
    400,
    'invalid_value',
    '"ids" must be a list of ids'
  ])
  t.match(await refusal(send, '/tags/bulk-get', 1), [400, 'invalid_value'])
  t.match(await refusal(send, '/tags/bulk-get?ids=1,2,3,4'), [413, 'batch_size_exceeded'])
  t.match(await refusal(send, '/tags/bulk-get', ['x']), [400, 'invalid_value'])
  t.equal((await send('POST', '/plain/bulk-get', [1])).status, 404, 'without actionRoutes there is none')
})

await t.test('PUT /bulk-replace replaces many by their ids', async t => {
  const answer = await send('PUT', '/tags/bulk-replace', [{ id: 1, slug: 'x', name: 'X' }])
  t.strictSame([answer.status, answer.body['data']], [200, [{ id: 1, slug: 'x', name: 'X' }]])
  t.match((await send('PUT', '/tags/bulk-replace', [{ id: 1, slug: 'x' }])).body, { code: 'required' })
  t.equal((await send('PUT', '/plain/bulk-replace', [])).status, 404)
})
