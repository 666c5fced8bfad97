import t from 'tap'
import { defineResource } from 'fastify-prisma-commons/bulk'
import type { ResourceOptions } from 'fastify-prisma-commons/bulk'
import { bulkAnswer, bulkDatabase, contract, counts, refused, sender, serve } from '../helpers/bulk-app.js'
import type { Sender } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, tags RESTART IDENTITY CASCADE')
})

const tag = (slug: string): object => ({ slug, name: slug.toUpperCase() })
const row = (id: number, slug: string): object => ({ id, ...tag(slug) })

async function serveTags (t: Parameters<typeof serve>[0], options: Omit<ResourceOptions, 'model'>): Promise<Sender> {
  return sender(await serve(t, database, { '/tags': { model: 'Tag', ...options } }))
}

await t.test('maxItems limits every list, and 413 tells limit and actual number', async t => {
  const send = await serveTags(t, { bulk: { maxItems: 2 } })
  const three = ['a', 'b', 'c'].map(tag)
  const message = '3 items are more than the limit of 2'
  const tooMany = {
    ...refused('batch_size_exceeded', message, [
      { code: 'batch_size_exceeded', message, params: { actual: 3, limit: 2 } }
    ]),
    errors: {}
  }
  for (const [method, url, body] of [
    ['POST', '/tags', three],
    ['POST', '/tags?unique_fields=slug', three],
    ['PATCH', '/tags', three],
    ['PUT', '/tags', three],
    ['DELETE', '/tags', [1, 2, 3]],
    ['DELETE', '/tags?ids=1,2,3', undefined]
  ] as const) {
    const answer = await send(method, url, body)
    t.strictSame([answer.status, answer.body], [413, tooMany], `${method} ${url}`)
  }
  t.equal((await send('POST', '/tags', three.slice(1))).status, 201)

  const unlimited = await serveTags(t, {})
  const thousand = Array.from({ length: 1000 }, (_, i) => tag(`t${i}`))
  t.equal(
    (await unlimited('POST', '/tags', [...thousand, tag('x')])).body.message,
    '1001 items are more than the limit of 1000'
  )
  t.equal((await unlimited('POST', '/tags', thousand, { prefer: 'return=minimal' })).status, 201)
})

await t.test('bodyLimit holds for the routes of the resource alone', async t => {
  const app = await serve(t, database, { '/small': { model: 'Tag', bodyLimit: 100 }, '/tags': { model: 'Tag' } })
  const body = [tag('a'.repeat(60))]
  const refusal = await sender(app)('POST', '/small', body)
  const message = 'The body is larger than the limit of 100 bytes'
  t.strictSame(
    [refusal.status, refusal.body],
    [
      413,
      {
        ...refused('body_too_large', message, [{ code: 'body_too_large', message, params: { limit: 100 } }]),
        errors: {}
      }
    ]
  )
  t.equal((await sender(app)('POST', '/tags', body)).status, 201)
})

await t.test('allowEmpty answers an empty list with an empty list instead of 400', async t => {
  const strict = await serveTags(t, {})
  const lenient = await serveTags(t, { bulk: { allowEmpty: true } })
  const empty = { ...refused('empty_batch', 'The list of items is empty', []), errors: {} }
  const nothing = { created: 0, updated: 0, unchanged: 0 }
  const cases = [
    ['POST', '/tags', 201, 'created'],
    ['POST', '/tags?unique_fields=slug', 200, 'upserted'],
    ['PATCH', '/tags', 200, 'updated'],
    ['PUT', '/tags', 200, 'replaced'],
    ['PUT', '/tags?unique_fields=slug', 200, 'upserted']
  ] as const
  for (const [method, url, status, participle] of cases) {
    const refusal = await strict(method, url, [])
    t.strictSame([refusal.status, refusal.body], [400, empty], `${method} ${url}`)
    const answer = await lenient(method, url, [])
    t.strictSame(
      [answer.status, answer.body],
      [status, bulkAnswer(`Tags ${participle} successfully`, nothing, [])],
      `${method} ${url}`
    )
    const counted = await lenient(method, url, [], { prefer: 'return=minimal' })
    t.strictSame(
      [counted.status, counted.body],
      [status, counts(`Tags ${participle} successfully`, participle, 0, nothing)],
      `${method} ${url}`
    )
  }
  t.strictSame((await strict('DELETE', '/tags', [])).body, empty)
  t.strictSame((await lenient('DELETE', '/tags', { ids: [] })).body.data, {
    requested_count: 0,
    count: 0,
    missing_ids: [],
    missing_count: 0
  })
})

await t.test('fields limits what is shown and taken', async t => {
  const app = await serve(t, database, {
    '/contracts': { model: 'Contract', fields: ['contractNumber', 'year', 'amount'] }
  })
  const item = { contractNumber: 'N-1', year: 1, amount: 1 }
  t.strictSame((await sender(app)('POST', '/contracts', [item])).body.data, [
    { contractNumber: 'N-1', year: 1, amount: '1.00' }
  ])
  for (const hidden of ['note', 'customer', 'customerId', 'id', 'version']) {
    const { status, body } = await sender(app)('POST', '/contracts', [{ ...item, [hidden]: 1 }])
    t.strictSame([status, body.code], [400, 'unknown_field'], hidden)
  }
})

await t.test('readOnly fields are read over', async t => {
  const app = await serve(t, database, { '/contracts': { model: 'Contract', readOnly: ['status', 'note'] } })
  const send = sender(app)
  const item = { contractNumber: 'N-1', year: 2026, amount: 10, status: 'closed', note: 'mine' }
  t.strictSame((await send('POST', '/contracts', item)).body.data, contract({}))
  t.strictSame((await send('PATCH', '/contracts', [{ id: 1, note: 'mine', status: 7 }])).body.data, [contract({})])
  t.strictSame((await send('PUT', '/contracts?unique_fields=contractNumber,year', item)).body.data, contract({}))
  const { body } = await send('POST', '/contracts?unique_fields=contractNumber,year&update_fields=note', item)
  t.strictSame(
    [body.code, body.message],
    [
      'invalid_parameter',
      'The query parameter "update_fields" names no writable field "note". Known: contractNumber, year, ' +
        'externalRef, amount, customerId, customer'
    ]
  )
})

await t.test('singular and plural stand in messages and operation ids', async t => {
  const send = await serveTags(t, { singular: 'Label', plural: 'Labels of things' })
  t.equal((await send('POST', '/tags', tag('a'))).body.message, 'Label created successfully')
  t.equal((await send('POST', '/tags', [tag('b')])).body.message, 'Labels of things created successfully')
  t.equal((await send('DELETE', '/tags', [1])).body.message, 'Labels of things deleted successfully')
})

await t.test('actionRoutes adds a route for each action, which does nothing else', async t => {
  const send = await serveTags(t, { bulk: { actionRoutes: true, uniqueFields: ['slug'] } })
  const [a, b] = [tag('a'), tag('b')]
  const created = await send('POST', '/tags/bulk-create', [a, b])
  t.strictSame(
    [created.status, created.body],
    [
      201,
      bulkAnswer('Tags created successfully', { created: 2, updated: 0, unchanged: 0 }, [row(1, 'a'), row(2, 'b')])
    ]
  )
  const updated = await send('PATCH', '/tags/bulk-update', [{ id: 1, name: 'x' }])
  t.strictSame(
    [updated.status, updated.body],
    [
      200,
      bulkAnswer('Tags updated successfully', { created: 0, updated: 1, unchanged: 0 }, [
        { id: 1, slug: 'a', name: 'x' }
      ])
    ]
  )
  const replaced = await send('PUT', '/tags/bulk-update?include_results=false', [{ id: 1, ...a }])
  t.strictSame(
    [replaced.status, replaced.body],
    [200, counts('Tags replaced successfully', 'replaced', 1, { created: 0, updated: 1, unchanged: 0 })]
  )
  const deleted = await send('DELETE', '/tags/bulk-delete', { ids: [1, 2, 3] })
  t.strictSame(
    [deleted.status, deleted.body.data],
    [200, { requested_count: 3, count: 2, missing_ids: [3], missing_count: 1 }]
  )

  const cases = [
    ['POST', '/tags/bulk-create', a, 'Expected a list of objects as the body'],
    [
      'POST',
      '/tags/bulk-create?unique_fields=slug',
      [a],
      'Unknown query parameter "unique_fields". Known: include_results, dry_run, partial_success'
    ],
    [
      'PATCH',
      '/tags/bulk-update',
      { id: 1 },
      'Expected a list of objects with their ids as the body, or unique_fields in the query'
    ],
    ['PATCH', '/tags/bulk-update', [a], '1 item is not valid; nothing was written']
  ] as const
  for (const [method, url, body, message] of cases) {
    const answer = await send(method, url, body)
    t.strictSame([answer.status, answer.body.message], [400, message], `${method} ${url}`)
  }

  const without = await serveTags(t, {})
  t.equal((await without('POST', '/tags/bulk-create', [a])).status, 404)
})

await t.test('defineResource refuses options that do not exist or are of another type', async t => {
  t.throws(
    () =>
      defineResource({
        model: 'Tag',
        bodyLimt: 5,
        maxItems: 5,
        bulk: { maxItems: 0, allowEmpty: 'no', actionRoutes: 1, uniqueFields: {} },
        bodyLimit: 1.5,
        fields: 'id',
        readOnly: [1],
        singular: '',
        plural: null
      } as never),
    {
      name: 'TypeError',
      message: [
        'unknown option "bodyLimt". Did you mean "bodyLimit"?',
        'unknown option "maxItems". Write bulk: { maxItems }',
        'option "fields" must be a list of names, not "id"',
        'option "readOnly" must be a list of names, not an array',
        'option "bodyLimit" must be an integer of at least 1, not 1.5',
        'option "singular" must be a string that is not empty, not ""',
        'option "plural" must be a string that is not empty, not null',
        'option "bulk.maxItems" must be an integer of at least 1, not 0',
        'option "bulk.allowEmpty" must be true or false, not "no"',
        'option "bulk.uniqueFields" must be a list of names, not an object',
        'option "bulk.actionRoutes" must be true or false, not 1'
      ]
        .map(problem => `resource Tag: ${problem}`)
        .join('\n')
    }
  )
  t.throws(() => defineResource({} as never), {
    message: 'resource: option "model" is required: a string that is not empty'
  })
})
