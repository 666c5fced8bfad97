import t from 'tap'
import { crud, defineResource, type ResourceOptions } from 'fastify-prisma-commons/crud'
import { avg, count, expression, max, min, sum } from 'fastify-prisma-commons/crud'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import Fastify from 'fastify'
import { Registry } from '../../lib/model/registry.js'
import type { Metadata } from '../../lib/model/meta.js'
import { readListRequest } from '../../lib/resource/list/list-request.js'
import { allRows, Scopes } from '../../lib/scope/scopes.js'
import { readRows } from '../../lib/resource/list/read-rows.js'
import { resolveResource } from '../../lib/resource/definition/resource.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { storeOf } from '../../prisma/binding/store.js'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { column, listOf, refusal } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const { client, query, statements } = database
const app = await serve(
  t,
  database,
  {
    '/tags': { model: 'Tag', list: { search: ['name'], filters: ['id', 'slug', 'name', 'contracts.note'] } },
    '/all': { model: 'Tag', list: { unpaginated: 50, maxOffset: 20, maxIds: 3, maxPageSize: 10 } },
    '/little': { model: 'Tag', list: { unpaginated: 44, defaultOrdering: ['-slug'] } },
    '/numbered': { model: 'Tag', list: { appendIndexes: 'page', defaultOrdering: ['-id'] } },
    '/counted': { model: 'Tag', list: { appendIndexes: 'absolute', unpaginated: 50 } },
    '/specimens': { model: 'Specimen' },
    '/memberships': { model: 'Membership' },
    '/binders': { model: 'Binder', canSeeDeleted: () => true }
  },
  { crud: true }
)
const send = sender(app)

await query("INSERT INTO tags (slug, name) SELECT 't' || i, 'T' || i FROM generate_series(1, 45) i")
t.beforeEach(() => {
  statements.length = 0
})

const ids = async (url: string, body?: unknown): Promise<string> => (await column(send, url, 'id', body)).join()
const invalid = (name: string, problem: string): unknown[] => [
  400,
  'invalid_parameter',
  `The query parameter "${name}" ${problem}`
]
const range = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, i) => from + i).join()

await t.test('limit and offset give any part, with links to those around it', async t => {
  const part = async (url: string): Promise<unknown> => {
    const { count, next, previous, results } = await listOf(send, url)
    return [count, next, previous, results.map(row => row['id']).join()]
  }
  t.strictSame(await part('/tags?limit=3'), [45, '/tags?limit=3&offset=3', null, '1,2,3'])
  t.strictSame(await part('/tags?limit=3&offset=4'), [45, '/tags?limit=3&offset=7', '/tags?limit=3&offset=1', '5,6,7'])
  t.strictSame(await part('/tags?offset=43'), [45, null, '/tags?offset=23&limit=20', '44,45'])
  t.strictSame(await part('/tags?offset=2&limit=3'), [45, '/tags?offset=5&limit=3', '/tags?offset=0&limit=3', '3,4,5'])
  t.strictSame(await part('/tags?offset=99'), [45, null, '/tags?offset=79&limit=20', ''], 'nothing behind the end')
  t.strictSame(
    await part('/all?limit=99&offset=20'),
    [45, '/all?limit=10&offset=30', '/all?limit=10&offset=10', range(21, 30)],
    'as many as a page may have'
  )
  t.strictSame(await part('/tags?id[gte]=40&limit=2&offset=1&ordering=-id'), [
    6,
    '/tags?id%5Bgte%5D=40&limit=2&offset=3&ordering=-id',
    '/tags?id%5Bgte%5D=40&limit=2&offset=0&ordering=-id',
    '44,43'
  ])
})

await t.test('how far pages and offsets reach is limited, cursors go on', async t => {
  t.strictSame(await refusal(send, '/all?offset=21'), invalid('offset', 'must be an integer from 0 to 20'))
  t.strictSame(await refusal(send, '/all?page=4'), [
    404,
    'not_found',
    'There is no page 4: pages end at row 20, a cursor goes on'
  ])
  t.equal(await ids('/all?page=3'), range(21, 30))
  t.strictSame(await refusal(send, '/tags?page=99'), [404, 'not_found', 'There is no page 99'])
})

await t.test('all rows at once are given where the resource allows it, up to a limit', async t => {
  const { count, next, previous, results } = await listOf(send, '/all?paginated=false')
  t.strictSame([count, next, previous, results.length], [45, null, null, 45])
  t.strictSame(await refusal(send, '/little?paginated=false'), [
    413,
    'batch_size_exceeded',
    'The list has 45 rows, which are more than the limit of 44 without pages'
  ])
  t.equal((await listOf(send, '/little?paginated=false&id[gt]=1')).results.length, 44)
  t.equal((await listOf(send, '/little?paginated=true')).results.length, 20)
  t.strictSame(await refusal(send, '/tags?paginated=false'), invalid('paginated', 'may not be false here'))
  for (const junk of ['', '0', 'no', 'False']) {
    t.strictSame(await refusal(send, `/all?paginated=${junk}`), invalid('paginated', 'must be true or false'))
  }
})

await t.test('the ways to ask for a part exclude each other', async t => {
  t.strictSame(await refusal(send, '/tags?page=1&offset=2'), invalid('offset', 'does not go with page'))
  t.strictSame(await refusal(send, '/tags?page=1&limit=2'), invalid('limit', 'does not go with page'))
  t.strictSame(await refusal(send, '/tags?page=1&cursor='), invalid('cursor', 'does not go with page'))
  t.strictSame(await refusal(send, '/tags?limit=1&cursor='), invalid('cursor', 'does not go with limit'))
  t.strictSame(await refusal(send, '/tags?limit=1&page_size=2'), invalid('page_size', 'does not go with limit'))
  t.strictSame(await refusal(send, '/all?paginated=false&page=1'), invalid('paginated', 'does not go with page'))
  t.strictSame(
    await refusal(send, '/all?paginated=false&page_size=1'),
    invalid('page_size', 'does not go with paginated')
  )
  for (const [name, value] of [
    ['limit', '0'],
    ['limit', 'x'],
    ['limit', '-1']
  ] as const) {
    t.strictSame(await refusal(send, `/tags?${name}=${value}`), invalid(name, 'must be a positive integer'))
  }
  for (const value of ['-1', 'x', '', '1.5']) {
    t.strictSame(
      await refusal(send, `/tags?offset=${value}`),
      invalid('offset', 'must be an integer from 0 to 1000000')
    )
  }
  t.strictSame(statements, [])
})

await t.test('rows are numbered in the page or in the whole', async t => {
  const numbers = async (url: string): Promise<unknown> =>
    (await listOf(send, url)).results.map(row => `${String(row['index'])}:${String(row['id'])}`).join(' ')
  t.strictSame(
    [
      await numbers('/numbered?page=2&page_size=2'),
      await numbers('/counted?page=2&page_size=2'),
      await numbers('/counted?offset=40&limit=2'),
      await numbers('/numbered?offset=40&limit=2')
    ],
    ['1:43 2:42', '3:3 4:4', '41:41 42:42', '1:5 2:4']
  )
  t.strictSame(
    [
      await numbers('/counted?ids=7,5'),
      await numbers('/counted?cursor=&page_size=2'),
      ((await numbers('/counted?paginated=false')) as string).slice(-5)
    ],
    ['1:7 2:5', '1:1 2:2', '45:45']
  )
})

await t.test('ids give their rows in the order of the request', async t => {
  const answer = await send('GET', '/tags?ids=3,1,2,2,99')
  t.strictSame(
    [answer.status, answer.body['message'], answer.body.data],
    [
      200,
      'Tags retrieved successfully',
      {
        count: 3,
        results: [3, 1, 2].map(id => ({ id, slug: `t${id}`, name: `T${id}` })),
        operation_type: 'multi_get',
        missing_ids: [99]
      }
    ]
  )
  t.equal(statements.length, 1)
  t.strictSame(await listOf(send, '/tags?ids=99,98,99'), {
    count: 0,
    results: [],
    operation_type: 'multi_get',
    missing_ids: [99, 98]
  })
  t.equal(await ids('/tags?ids=[3,1]'), '3,1')
  t.equal(await ids('/tags/query', { ids: [3, '1'] }), '3,1')
})

await t.test('ids are of whatever type the key is', async t => {
  const made = (await send('POST', '/specimens', [{ code: 'a' }, { code: 'b' }])).body.data as { id: string }[]
  const [a, b] = made.map(({ id }) => id)
  const other = '00000000-0000-4000-8000-000000000001'
  const {
    results,
    missing_ids: missing,
    count
  } = await listOf(send, `/specimens?ids=${b!.toUpperCase()},${other},${a!},${b!}`)
  t.strictSame([results.map(row => row['id']), missing, count], [[b, a], [other], 2])

  await send('POST', '/memberships', [
    { org: 'a', userId: 1 },
    { org: 'b', userId: 2 }
  ])
  const members = await listOf(
    send,
    `/memberships?ids=${encodeURIComponent('[{"org":"b","userId":2},{"org":"a","userId":"1"},{"org":"a","userId":3}]')}`
  )
  t.strictSame([members.results.map(row => row['org']), members.missing_ids], [['b', 'a'], [{ org: 'a', userId: 3 }]])
})

await t.test('what is no id is refused by name', async t => {
  t.strictSame(
    await refusal(send, '/tags?ids=1,x,y'),
    invalid('ids', 'holds "x" at index 1, which is no id: Expected an integer from -2147483648 to 2147483647')
  )
  t.strictSame(
    ((await send('GET', '/tags?ids=1,x,y')).body['details'] as { index: number }[]).map(({ index }) => index),
    [1, 2]
  )
  t.strictSame(
    await refusal(send, '/tags?ids=2147483648'),
    invalid('ids', 'holds "2147483648" at index 0, which is no id: Expected an integer from -2147483648 to 2147483647')
  )
  t.strictSame(
    await refusal(send, '/specimens?ids=1'),
    invalid('ids', 'holds "1" at index 0, which is no id: Expected a UUID')
  )
  t.strictSame(
    await refusal(send, '/memberships?ids=a'),
    invalid('ids', 'holds "a" at index 0, which is no id: Expected an object of org, userId')
  )
  t.strictSame(
    await refusal(send, '/memberships?ids=[{"org":"a"}]'),
    invalid('ids', 'holds {"org":"a"} at index 0, which is no id: This field is required')
  )
  t.strictSame(await refusal(send, '/tags?ids='), invalid('ids', 'holds no id'))
  t.strictSame(
    (await refusal(send, '/tags?ids=1,,2'))[2],
    'The query parameter "ids" holds "" at index 1, which is no id: Expected an integer from -2147483648 to 2147483647'
  )
  t.strictSame(await refusal(send, '/tags?ids=1&ids=2'), invalid('ids', 'stands more than once'))
  t.strictSame(await refusal(send, '/all?ids=1,2,3,4'), [
    413,
    'batch_size_exceeded',
    '4 items are more than the limit of 3'
  ])
  t.strictSame(await refusal(send, `/tags?ids=${range(1, 1001)}`), [
    413,
    'batch_size_exceeded',
    '1001 items are more than the limit of 1000'
  ])
  for (const name of ['name', 'page', 'ordering', 'search', 'foo']) {
    t.strictSame(await refusal(send, `/tags?ids=1&${name}=1`), invalid(name, 'does not go with ids'))
  }
  t.strictSame(statements, [])
})

await t.test('rows that are marked as deleted are missing, unless they are asked for', async t => {
  await query('INSERT INTO "Shelf" (name, "updatedAt") VALUES (\'s\', now())')
  await query('INSERT INTO "Binder" (name, "shelfId", "deletedAt") VALUES (\'a\', 1, NULL), (\'b\', 1, now())')
  t.strictSame((await listOf(send, '/binders?ids=2,1')).missing_ids, [2])
  t.strictSame(
    [await ids('/binders?ids=2,1&deleted=include'), await ids('/binders?ids=2,1&deleted=only')],
    ['2,1', '2']
  )
  t.strictSame(
    [
      await ids('/binders'),
      await ids('/binders?deleted=only'),
      await ids('/binders/query', { deleted: 'include' }),
      await ids('/binders?deleted=include&cursor=')
    ],
    ['1', '2', '1,2', '1,2']
  )
})

await t.test('a body asks what no query can', async t => {
  t.equal(await ids('/tags/query', {}), range(1, 20))
  t.equal(
    await ids('/tags/query', { filters: { id: { gte: 3, lt: 6 }, not: { slug: 't4' } }, ordering: ['-id'] }),
    '5,3'
  )
  t.equal(
    await ids('/tags/query', {
      filters: { or: [{ id: 1 }, { and: [{ slug: { in: ['t7', 't8'] } }, { name: { ne: 'T8' } }] }] }
    }),
    '1,7'
  )
  t.equal(await ids('/tags/query', { filters: { not: { or: [{ id: { gt: 2 } }, { slug: 't1' }] } } }), '2')
  t.equal(await ids('/tags/query', { filters: { or: [{}, { id: 1 }] }, page_size: 2 }), '1,2')
  t.equal(await ids('/tags/query', { filters: { 'contracts.note': null } }), '')
  t.equal(await ids('/tags/query', { search: 't4', ordering: 'id', limit: 2, offset: 1 }), '40,41')
  t.equal(statements.length, 7)
  const specimens = async (filters: object): Promise<string> =>
    (await column(send, '/specimens/query', 'code', { filters, ordering: ['code'] })).join('')
  t.strictSame(
    [
      await specimens({ int: null }),
      await specimens({ int: { ne: null } }),
      await specimens({ texts: { has: 'x' } }),
      await specimens({ bool: { isnull: true }, code: { contains: 'A' } })
    ],
    ['ab', '', '', 'a']
  )
})

await t.test('pages of a body go on by the same body', async t => {
  const body = { filters: { id: { gt: 5 } }, ordering: ['-slug'], page_size: 7 }
  const walk = async (start: object): Promise<string> => {
    let url: string | null = '/tags/query'
    const found: unknown[] = []
    for (let sent: object = start; url !== null;) {
      const { next, results }: Awaited<ReturnType<typeof listOf>> = await listOf(send, url, sent)
      found.push(...results.map(row => row['id']))
      url = next
    }
    return found.join()
  }
  const whole = await ids('/tags/query', { ...body, page_size: 100 })
  t.strictSame([await walk(body), await walk({ ...body, cursor: '' })], [whole, whole])
  const { next } = await listOf(send, '/tags?id[gt]=5&ordering=-slug&page_size=7&cursor=')
  t.equal(
    (
      await listOf(
        send,
        `/tags/query?${next!
          .split('?')[1]!
          .split('&')
          .filter(one => /^(cursor|page_size)/.test(one))
          .join('&')}`,
        body
      )
    ).results.length,
    7,
    'a query and a body that ask the same share cursors'
  )
})

await t.test('a body that asks wrongly learns where', async t => {
  const refused = async (body: unknown, url = '/tags/query'): Promise<unknown> => {
    const answer = await send('POST', url, body)
    const [detail] = answer.body['details'] as { pointer: string; message: string }[]
    return [answer.status, answer.body['code'], detail?.pointer, answer.body['message']]
  }
  const nest = (depth: number): object => (depth === 0 ? { id: 1 } : { not: nest(depth - 1) })
  const cases: readonly (readonly [unknown, readonly unknown[]])[] = [
    [[], [400, 'invalid_value', '', 'The body must be an object']],
    [{ filter: {} }, [400, 'unknown_field', '/filter', 'Unknown field "filter". Did you mean "filters"?']],
    [{ filters: [] }, [400, 'invalid_value', '/filters', '"filters" must be an object of filters']],
    [
      { filters: { nam: 1 } },
      [400, 'unknown_field', '/filters/nam', 'Unknown field "filters.nam". Did you mean "name"?']
    ],
    [
      { filters: { 'contracts.nope': 1 } },
      [
        400,
        'unknown_field',
        '/filters/contracts.nope',
        'Unknown field "filters.contracts.nope". Did you mean "contracts.note"?'
      ]
    ],
    [
      { filters: { or: [{ id: { gtee: 1 } }] } },
      [400, 'unknown_field', '/filters/or/0/id/gtee', 'Unknown field "filters.or.0.id.gtee". Did you mean "gte"?']
    ],
    [
      { filters: { id: '1' } },
      [400, 'invalid_value', '/filters/id', '"filters.id" must be an integer from -2147483648 to 2147483647']
    ],
    [
      { filters: { id: { gt: null } } },
      [
        400,
        'invalid_value',
        '/filters/id/gt',
        '"filters.id.gt" must be an integer from -2147483648 to 2147483647; isnull asks for null'
      ]
    ],
    [
      { filters: { id: [1] } },
      [400, 'invalid_value', '/filters/id', '"filters.id" must be an integer from -2147483648 to 2147483647']
    ],
    [{ filters: { id: {} } }, [400, 'invalid_value', '/filters/id', '"filters.id" names no operator']],
    [
      { filters: { id: { in: '1,2' } } },
      [400, 'invalid_value', '/filters/id/in', '"filters.id.in" must be a list of values']
    ],
    [{ filters: { id: { in: [] } } }, [400, 'invalid_value', '/filters/id/in', '"filters.id.in" holds no value']],
    [
      { filters: { id: { in: [1, null] } } },
      [
        400,
        'invalid_value',
        '/filters/id/in',
        '"filters.id.in" must be an integer from -2147483648 to 2147483647, at index 1; isnull asks for null'
      ]
    ],
    [
      { filters: { id: { isnull: 'true' } } },
      [400, 'invalid_value', '/filters/id/isnull', '"filters.id.isnull" must be true or false']
    ],
    [
      { filters: { or: [] } },
      [400, 'invalid_value', '/filters/or', '"filters.or" must be a list of filters that is not empty']
    ],
    [
      { filters: { or: { id: 1 } } },
      [400, 'invalid_value', '/filters/or', '"filters.or" must be a list of filters that is not empty']
    ],
    [{ filters: { or: [1] } }, [400, 'invalid_value', '/filters/or/0', '"filters.or.0" must be an object of filters']],
    [
      { filters: nest(5) },
      [
        400,
        'invalid_value',
        '/filters/not/not/not/not/not',
        '"filters.not.not.not.not.not" is nested deeper than 5 levels'
      ]
    ],
    [
      { filters: { or: Array.from({ length: 50 }, () => ({ id: 1, slug: 't' })) } },
      [
        400,
        'invalid_value',
        '/filters/or/16/slug',
        '"filters.or.16.slug" is more than the 50 comparisons and groups that a request may have'
      ]
    ],
    [
      { filters: { or: Array.from({ length: 51 }, () => ({})) } },
      [
        400,
        'invalid_value',
        '/filters/or/50',
        '"filters.or.50" is more than the 50 comparisons and groups that a request may have'
      ]
    ],
    [
      { ordering: ['nope'] },
      [
        400,
        'invalid_value',
        '/ordering',
        '"ordering" names "nope", which the list cannot be ordered by. Did you mean "name"?'
      ]
    ],
    [{ ordering: [1] }, [400, 'invalid_value', '/ordering', '"ordering" must be a list of names']],
    [{ page: 0 }, [400, 'invalid_value', '/page', '"page" must be an integer from 1 to 2147483647']],
    [{ page: {} }, [400, 'invalid_value', '/page', '"page" must be a string, a number, true or false']],
    [{ page: 1, cursor: '' }, [400, 'invalid_value', '/cursor', '"cursor" does not go with page']],
    [{ search: {} }, [400, 'invalid_value', '/search', '"search" must be a string, a number, true or false']],
    [{ ids: [1], page: 1 }, [400, 'invalid_value', '/page', '"page" does not go with ids']],
    [{ ids: 1 }, [400, 'invalid_value', '/ids', '"ids" must be a list of ids']],
    [
      { ids: [{}] },
      [
        400,
        'invalid_value',
        '/ids/0',
        '"ids" holds {} at index 0, which is no id: Expected an integer from -2147483648 to 2147483647'
      ]
    ]
  ]
  for (const [body, expected] of cases) t.match(await refused(body), expected, JSON.stringify(body).slice(0, 60))
  t.strictSame(await refused({}, '/tags/query?id=1'), [
    400,
    'unknown_parameter',
    '',
    'Unknown query parameter "id". Known: page, page_size, limit, offset, cursor, paginated'
  ])
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  for (const name of ['ids', 'ordering', 'search', 'page']) {
    t.equal((await send('POST', '/tags/query', `{ "${name}": ${deep} }`)).status, 400, name)
  }
  for (const filters of [`{ "id": ${deep} }`, `{ "or": ${deep} }`, `{ "id": { "in": ${deep} } }`, deep]) {
    t.equal((await send('POST', '/tags/query', `{ "filters": ${filters} }`)).status, 400, filters.slice(0, 10))
  }
  t.equal((await send('POST', '/tags/query', '{ "filters": { "__proto__": 1 } }')).body['code'], 'forbidden_key')
  t.ok(await ids('/tags/query', { filters: nest(4) }))
  t.equal(statements.length, 1)
})

await t.test('a scope hides rows from lists and from ids', async t => {
  const store = storeOf(client as never)
  const registry = new Registry(metadata as Metadata)
  const resource = resolveResource(defineResource({ model: 'Tag' }), registry)
  const list = async (url: Record<string, string>, scope: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const listing = await readRows(resource, store, readListRequest(resource, url), new Scopes(scope, null))
    return { ...listing, rows: listing.rows.map(row => row['id']).join() }
  }
  const scope = { name: 'T7' }
  t.strictSame(await list({}, scope), { kind: 'counted', count: 1, rows: '7' })
  t.strictSame(await list({ slug: 't8' }, scope), { kind: 'counted', count: 0, rows: '' })
  t.strictSame(await list({ ids: '8,7' }, scope), { kind: 'found', rows: '7', missing: [8] })
  t.strictSame(await list({ cursor: '' }, scope), { kind: 'sought', rows: '7', next: null, previous: null })
  t.strictSame(await list({}, { name: "' OR true; --" }), { kind: 'counted', count: 0, rows: '' })
  const { next } = (await readRows(
    resource,
    store,
    readListRequest(resource, { cursor: '', page_size: '1' }),
    allRows
  )) as { next: string }
  await t.rejects(list({ cursor: next }, scope), { code: 'invalid_parameter' }, 'a cursor of other rows')
  const contracts = resolveResource(defineResource({ model: 'Contract' }), registry)
  const counted = async (scope: Readonly<Record<string, unknown>>): Promise<number> =>
    ((await readRows(contracts, store, readListRequest(contracts, {}), new Scopes(scope, null))) as { count: number })
      .count
  await query("INSERT INTO contracts (contract_number, year, amount, updated_at) VALUES ('N-1', 2024, 1, now())")
  t.strictSame([await counted({ customerId: null }), await counted({ customerId: 1 })], [1, 0])
})

await t.test('options of the list are checked against the model', async t => {
  const problem = async (options: ResourceOptions): Promise<string> => {
    const app = Fastify()
    await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
    try {
      await app.register(crud, { resource: defineResource(options) })
      return 'none'
    } catch (error) {
      return String(error)
    } finally {
      await app.close()
    }
  }
  const contract = (options: Omit<ResourceOptions, 'model'>): Promise<string> =>
    problem({ model: 'Contract', ...options })
  t.strictSame(
    [
      await contract({ list: { filters: ['amont'] } }),
      await contract({ list: { filters: ['customer'] } }),
      await contract({ list: { filters: ['customer.cod'] } }),
      await contract({ list: { filters: ['custmer.code'] } }),
      await problem({ model: 'Specimen', list: { filters: ['jsons'] } }),
      await problem({ model: 'Badge', list: { filters: ['membership.badges.membership.badges.label'] } }),
      await contract({ list: { search: ['year'] } }),
      await contract({ list: { ordering: ['tags.slug'] } }),
      await problem({ model: 'Article', list: { ordering: ['metadata'] } }),
      await contract({ list: { defaultOrdering: ['-yeer'] } }),
      await contract({ computed: { n: count('tag') } }),
      await contract({ computed: { n: count('tags.slug') } }),
      await contract({ computed: { n: sum('tags.slug') } }),
      await contract({ computed: { n: avg('tags') } }),
      await contract({ computed: { n: min('tags.nope') } }),
      await contract({ computed: { n: max('year') } }),
      await contract({ computed: { year: count('tags') } }),
      await contract({ computed: { 'a-b': count('tags') } }),
      await contract({ computed: { n: expression('length({titel})') } }),
      await contract({ computed: { n: expression('{year') } }),
      await contract({ computed: { n: expression('') } })
    ],
    [
      'TypeError: resource Contract: option "list.filters" names the unknown field "amont". Did you mean "amount"?',
      'TypeError: resource Contract: option "list.filters" names the relation "customer" without a field: ' +
        'customer.id, customer.code, customer.name, customer.email, customer.createdAt, customer.updatedAt, ' +
        'customer.createdById, customer.updatedById',
      'TypeError: resource Contract: option "list.filters" names "customer.cod", but "cod" is unknown. Did you ' +
        'mean "code"?',
      'TypeError: resource Contract: option "list.filters" names "custmer.code", but "custmer" is unknown. Did you ' +
        'mean "customer"?',
      'TypeError: resource Specimen: option "list.filters" names "jsons", whose values cannot be compared',
      'TypeError: resource Badge: option "list.filters" names "membership.badges.membership.badges.label", which ' +
        'is more than 3 relations away',
      'TypeError: resource Contract: option "list.search" names "year", which is not a text field',
      'TypeError: resource Contract: option "list.ordering" names "tags.slug", but "tags" leads to several rows: ' +
        "order by min('tags.slug') or max('tags.slug') in \"computed\"",
      'TypeError: resource Article: option "list.ordering" names "metadata", whose values have no order',
      'TypeError: resource Contract: option "list.defaultOrdering" names the unknown field "yeer". Did you mean ' +
        '"year"?',
      'TypeError: resource Contract: option "computed.n" is count(\'tag\'), which names no relation. Did you mean ' +
        '"tags"?',
      'TypeError: resource Contract: option "computed.n" is count(\'tags.slug\'), but "slug" is no relation. ' +
        'Known: contracts',
      'TypeError: resource Contract: option "computed.n" is sum(\'tags.slug\'), which "slug" of type String does ' +
        'not have',
      'TypeError: resource Contract: option "computed.n" is avg(\'tags\'), which lacks a field of Tag. Known: id, ' +
        'slug, name',
      'TypeError: resource Contract: option "computed.n" is min(\'tags.nope\'), but "nope" is unknown. Did you ' +
        'mean "name"?',
      'TypeError: resource Contract: option "computed.n" is max(\'year\'), which names no relation. Known: ' +
        'customer, tags, createdBy, updatedBy',
      'TypeError: resource Contract: option "computed" names "year", which is a field',
      'TypeError: resource Contract: option "computed" names "a-b", which is no word that a request could name',
      'TypeError: resource Contract: option "computed.n" is expression("length({titel})"), which names the unknown ' +
        'field "titel". Known: id, contractNumber, year, externalRef, amount, status, note, customerId, version, ' +
        'createdAt, updatedAt, createdById, updatedById',
      'TypeError: resource Contract: option "computed.n" is expression("{year"), which has a brace without its ' +
        'other half: write {{ or }} for a brace of SQL',
      'TypeError: resource Contract: option "computed.n" is expression(""), which is empty'
    ]
  )
  t.throws(
    () =>
      defineResource({
        model: 'Tag',
        list: {
          filters: 'id',
          orderings: { n: 1 },
          unpaginated: 0,
          maxOffset: -1,
          appendIndexes: 'all',
          cursorSecret: 'short',
          lenientQuery: 1
        }
      } as never),
    {
      message: [
        'option "list.filters" must be a list of names, not "id"',
        'option "list.orderings" must be an object of lists of names, not an object',
        'option "list.lenientQuery" must be true or false, not 1',
        'option "list.unpaginated" must be an integer of at least 1, not 0',
        'option "list.maxOffset" must be an integer from 0 to 2147483647, not -1',
        'option "list.appendIndexes" must be one of "page", "absolute", not "all"',
        'option "list.cursorSecret" must be a string of at least 16 characters, not "short"'
      ]
        .map(problem => `resource Tag: ${problem}`)
        .join('\n')
    }
  )
  t.throws(() => defineResource({ model: 'Tag', computed: { n: 1 } } as never), {
    message:
      'resource Tag: option "computed" must be an object of what count, sum, avg, min, max and expression give, ' +
      'not an object'
  })
})
