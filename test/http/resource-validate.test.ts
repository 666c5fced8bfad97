import { flexible, manyDataToData, manyIdToData, type ActionItem } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now()), ('C-2', 'Two', now())")
await query("INSERT INTO tags (slug, name) VALUES ('red', 'Red'), ('green', 'Green')")

await t.test('validate checks each item: a text is about the item, field → text about fields', async t => {
  const send = sender(
    await serve(
      t,
      database,
      {
        '/tags': {
          model: 'Tag',
          validate: ({ data }) =>
            data!['slug'] === data!['name']
              ? { slug: 'must differ from the name', name: 'must differ from the slug' }
              : data!['name'] === 'x'
                ? 'Not this one'
                : undefined
        }
      },
      { crud: true }
    )
  )
  const { status, body } = await send('POST', '/tags', [
    { slug: 'a', name: 'b' },
    { slug: 'c', name: 'c' },
    { slug: 'd', name: 'x' }
  ])
  t.equal(status, 400)
  t.strictSame(
    (body['details'] as { pointer: string; message: string }[]).map(({ pointer, message }) => `${pointer} ${message}`),
    ['/1/slug must differ from the name', '/1/name must differ from the slug', '/2 Not this one']
  )
  t.strictSame(await query('SELECT count(*)::integer AS count FROM tags'), [{ count: 2 }], 'nothing was written')
  t.equal((await send('PATCH', '/tags/1', { slug: 'r', name: 'r' })).status, 400)
  t.equal((await send('DELETE', '/tags', [2])).status, 200, 'deletions write no data')
})

await t.test('in a partial request an invalid item fails alone, and hooks see the others', async t => {
  const seen: unknown[] = []
  const send = sender(
    await serve(t, database, {
      '/tags': {
        model: 'Tag',
        validate: async ({ data }) => (data!['name'] === 'bad' ? 'Bad' : undefined),
        before: {
          bulkCreate: ({ items }) => {
            seen.push(items.map(({ index }) => index))
          }
        },
        after: {
          bulkCreate: ({ items, rows }) => {
            seen.push([items.map(({ index }) => index), rows.length])
          }
        }
      }
    })
  )
  const { status, body } = await send('POST', '/tags?partial_success=true', [
    { slug: 'p', name: 'bad' },
    { slug: 'q', name: 'good' },
    { slug: 's', name: 'bad' }
  ])
  t.equal(status, 207)
  t.strictSame(
    (body.data as { results: { status: number }[] }).results.map(({ status }) => status),
    [400, 201, 400]
  )
  t.strictSame(seen, [[1], [[1], 1]])
})

await t.test('rules get the related rows that items name or nest, whole and by relation', async t => {
  const seen: Record<string, ActionItem['related'][]> = {}
  const note =
    (rule: string) =>
      ({ items }: { readonly items: readonly ActionItem[] }): void => {
        seen[rule] = items.map(({ related }) => related)
      }
  const send = sender(
    await serve(t, database, {
      '/contracts': {
        model: 'Contract',
        relations: { customer: flexible({ lookup: 'code' }), tags: manyIdToData() },
        authorize: (_request, _action, items) => note('authorize')({ items }),
        validate: item => {
          seen['validate'] = [...(seen['validate'] ?? []), item.related]
        },
        before: { bulkCreate: note('before') },
        after: { bulkCreate: note('after') }
      }
    })
  )
  const item = { contractNumber: 'R', amount: 1 }
  const { status } = await send('POST', '/contracts', [
    { ...item, year: 1, customerId: 1 },
    { ...item, year: 2, customer: 'C-2', tags: [1] },
    { ...item, year: 3, customer: { code: 'C-9', name: 'New' } },
    { ...item, year: 4, customer: null }
  ])
  t.equal(status, 201)
  const [byKey, byText, nested, cleared] = seen['authorize'] as unknown as readonly Record<
    string,
    readonly { current: Record<string, unknown> | null; data: unknown }[]
  >[]
  t.match(byKey, { customer: [{ current: { id: 1, code: 'C-1', name: 'One' }, data: null }] })
  t.match(byText, {
    customer: [{ current: { code: 'C-2' }, data: null }],
    tags: [{ current: { slug: 'r' }, data: null }]
  })
  t.strictSame(nested, { customer: [{ current: null, data: { code: 'C-9', name: 'New' } }] })
  t.strictSame(cleared, {})
  for (const rule of ['validate', 'before', 'after']) t.strictSame(seen[rule]!.length, 4, rule)
})

await t.test('children that an item writes come with their rows', async t => {
  await query("INSERT INTO users (name) VALUES ('u')")
  await query("INSERT INTO invoices (number, issued_on, owner_id) VALUES ('I-1', now(), 1)")
  await query("INSERT INTO line_items (invoice_id, description, quantity, unit_price) VALUES (1, 'old', 1, 1)")
  let seen: unknown
  const send = sender(
    await serve(
      t,
      database,
      {
        '/invoices': {
          model: 'Invoice',
          relations: { lineItems: manyDataToData() },
          validate: ({ related }) => {
            seen = related['lineItems']
          }
        }
      },
      { crud: true }
    )
  )
  t.equal(
    (
      await send('PATCH', '/invoices/1', {
        lineItems: [
          { id: 1, description: 'new' },
          { description: 'more', quantity: 2, unitPrice: 3 }
        ]
      })
    ).status,
    200
  )
  t.match(seen, [
    { current: { id: 1, description: 'old' }, data: { description: 'new' } },
    { current: null, data: { description: 'more' } }
  ])
})

await t.test('an error that validate throws fails the request', async t => {
  const send = sender(
    await serve(t, database, {
      '/tags': {
        model: 'Tag',
        validate: () => {
          throw new Error('broken')
        }
      }
    })
  )
  t.equal((await send('POST', '/tags?partial_success=true', [{ slug: 'e', name: 'e' }])).status, 500)
})
