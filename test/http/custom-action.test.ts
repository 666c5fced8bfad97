import { count, defineAction, defineResource, presets } from 'fastify-prisma-commons/resource'
import { bulk } from 'fastify-prisma-commons/bulk'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database

/** Sets the name of a tag to its slug; refuses one tag. */
const rename = defineAction({
  name: 'bulkNameBySlug',
  participle: 'renamed',
  set: (tag, { request, action }) => {
    if (tag['slug'] === 'stop') throw new Error('stopped')
    return tag['name'] === tag['slug']
      ? null
      : { name: `${String(tag['slug'])}${request === null ? ` ${action}` : ''}` }
  }
})

async function tags (...slugs: readonly string[]): Promise<readonly number[]> {
  await query('DELETE FROM tags')
  const rows: number[] = []
  for (const slug of slugs) {
    const [row] = await query(`INSERT INTO tags (slug, name) VALUES ('${slug}', 'new') RETURNING id`)
    rows.push(row!['id'] as number)
  }
  return rows
}

const names = async (): Promise<readonly unknown[]> =>
  (await query('SELECT name FROM tags ORDER BY id')).map(({ name }) => name)

await t.test('an action of defineAction writes the rows of its ids, and reports those that are missing', async t => {
  const send = sender(await serve(t, database, { '/tags': { model: 'Tag', actions: [...presets.bulk, rename] } }))
  const [a, b] = await tags('a', 'b')
  t.match(await send('POST', '/tags/bulk-name-by-slug', [a, 999_999, b]), {
    status: 200,
    body: {
      message: 'Tags renamed successfully',
      data: { requested_count: 3, count: 2, missing_ids: [999_999], missing_count: 1 },
      meta: { updated: 2, unchanged: 0, missing: 1 }
    }
  })
  t.strictSame(await names(), ['a', 'b'])
  t.match(await send('POST', '/tags/bulk-name-by-slug', { ids: [a] }), {
    body: { meta: { updated: 0, unchanged: 1 } }
  })
})

await t.test('an error in the function of an action writes nothing', async t => {
  const send = sender(await serve(t, database, { '/tags': { model: 'Tag', actions: [rename] } }))
  const ids = await tags('a', 'stop')
  t.equal((await send('POST', '/tags/bulk-name-by-slug', ids)).status, 500)
  t.strictSame(await names(), ['new', 'new'])
  t.equal((await send('DELETE', '/tags', ids)).status, 404, 'no other action is served')
})

await t.test('permission, partial success and dry run hold for an action of defineAction', async t => {
  const asked: unknown[] = []
  const app = await serve(t, database, {
    '/tags': {
      model: 'Tag',
      actions: [rename],
      authorize: (_, action, items) => {
        asked.push([action, items.map(({ current }) => current!['slug'])])
        return items.every(({ current }) => current!['slug'] !== 'secret')
      }
    }
  })
  const send = sender(app)
  const [a, secret] = await tags('a', 'secret')
  t.equal((await send('POST', '/tags/bulk-name-by-slug', [a, secret])).status, 403)
  t.strictSame(asked, [['bulkNameBySlug', ['a', 'secret']]])
  t.strictSame(await names(), ['new', 'new'])
  t.match(await send('POST', '/tags/bulk-name-by-slug?dry_run=true', [a]), {
    status: 200,
    body: { data: { count: 1 } }
  })
  t.strictSame(await names(), ['new', 'new'])
  t.match(await send('POST', '/tags/bulk-name-by-slug?partial_success=true', [a, 999_999]), {
    status: 207,
    body: {
      data: {
        results: [
          { status: 200, result: 'updated' },
          { status: 404, result: 'failed' }
        ]
      }
    }
  })
  t.strictSame(await names(), ['a', 'new'])
})

await t.test('rows of another scope are missing for an action of defineAction', async t => {
  const send = sender(
    await serve(t, database, { '/tags': { model: 'Tag', actions: [rename], scope: { slug: () => 'a' } } })
  )
  const [a, b] = await tags('a', 'b')
  t.match(await send('POST', '/tags/bulk-name-by-slug', [a, b]), { body: { data: { missing_ids: [b] } } })
  t.strictSame(await names(), ['a', 'new'])
})

await t.test('an action of defineAction runs without HTTP', async t => {
  const resource = defineResource({ model: 'Tag', actions: [rename] })
  const app = await serve(t, database, {})
  await app.register(bulk, { prefix: '/tags', resource })
  const [a] = await tags('a')
  t.match(await app.bulk.of(resource).run(rename, [a, 999_999]), { requested: 2, missing: [999_999] })
  t.strictSame(await names(), ['a bulkNameBySlug'])
})

await t.test('options that are not valid stop the start', t => {
  const options = { name: 'bulkArchive', participle: 'archived', set: () => null }
  t.throws(
    () => defineAction({ ...options, name: 'Bulk archive' }),
    /defineAction: option "name" must be a name in camel/
  )
  t.throws(() => defineAction({ ...options, url: '/a/:id' }), /option "url" must be a path of one segment/)
  t.throws(() => defineResource({ model: 'Tag', actions: [count('x') as never] }), /option "actions" must be a list/)
  t.end()
})

await t.test('two actions of one name stop the start', async t => {
  const create = defineAction({ name: 'bulkCreate', participle: 'created', set: () => null })
  for (const actions of [[create], [rename, rename]]) {
    await t.rejects(serve(t, database, { '/tags': { model: 'Tag', actions } }), /has two actions of the name/)
  }
})
