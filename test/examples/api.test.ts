import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { sender } from '../helpers/bulk-app.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const { query } = database
const app = await buildApp({ database })
t.after(() => app.close())
const send = sender(app)
const as = (user: string): { authorization: string } => ({ authorization: `Bearer ${user}` })
const articleId = (i: number): string => `01940000-0000-7000-8000-${String(i).padStart(12, '0')}`

await t.test('customers, contracts and articles are listed page by page', async t => {
  const page = async (url: string): Promise<unknown> => {
    const { count, next, previous, results } = (await send('GET', url)).body.data as {
      count: number
      next: string | null
      previous: string | null
      results: unknown[]
    }
    return [count, next, previous, results.length]
  }
  t.strictSame(await page('/api/customers'), [3, null, null, 3])
  t.strictSame(await page('/api/contracts'), [0, null, null, 0])
  t.strictSame(await page('/api/articles?page=2'), [25, null, '/api/articles?page=1&page_size=20', 5])
  t.equal((await send('GET', '/api/articles', undefined, as('mallory'))).status, 401)
})

await t.test('articles are filtered by any field, and ordered by title, date and number of comments', async t => {
  const found = async (query: string): Promise<unknown[]> => {
    const { results } = (await send('GET', `/api/articles?${query}`)).body.data as {
      results: { id: string; title: string }[]
    }
    return results.map(({ id }) => Number(id.slice(-2)))
  }
  t.strictSame(await found('ordering=-commentCount&page_size=3'), [23, 19, 15])
  t.strictSame(await found('ordering=commentCount&page_size=3'), [4, 8, 12])
  t.strictSame(await found('slug[in]=article-3,article-1&ordering=-title'), [3, 1])
  t.strictSame(
    await found('tags[has]=topic-2&title[contains]=ARTICLE%202&ordering=createdAt'),
    await found('tags[has]=topic-2&search=article+2&title[startsWith]=Article%202')
  )
  t.strictSame(await found(`ids=${articleId(9)},${articleId(2)}`), [9, 2])
  t.equal((await send('GET', '/api/articles?ordering=content')).status, 400)
})

await t.test('a contract is written by users in turn, each with the tag it has read', async t => {
  const made = await send(
    'POST',
    '/api/contracts',
    { contractNumber: 'N-1', year: 2026, amount: '9.5', customer: 1 },
    as('alice')
  )
  t.match(made, {
    status: 201,
    headers: { etag: '"1"' },
    body: { data: { id: 1, amount: '9.50', version: 1, createdById: 1, updatedById: 1 } }
  })
  const read = await send('GET', '/api/contracts/1')
  t.match(read, { status: 200, headers: { etag: '"1"', 'cache-control': 'private, no-cache' } })
  t.equal(
    (await app.inject({ url: '/api/contracts/1', headers: { 'if-none-match': String(read.headers['etag']) } }))
      .statusCode,
    304
  )
  const changed = await send('PATCH', '/api/contracts/1', { note: 'signed' }, { ...as('bob'), 'if-match': '"1"' })
  t.match(changed, {
    status: 200,
    headers: { etag: '"2"' },
    body: { data: { note: 'signed', version: 2, createdById: 1, updatedById: 2 } }
  })
  const late = await send('PATCH', '/api/contracts/1', { note: 'mine' }, { ...as('alice'), 'if-match': '"1"' })
  t.match(late, {
    status: 412,
    headers: { etag: '"2"' },
    body: { code: 'precondition_failed', details: [{ params: { header: 'If-Match', current: 2, fields: ['note'] } }] }
  })
})

await t.test('relations are taken by id, code or as nested rows, and shown as rows', async t => {
  const contract = await send('POST', '/api/contracts', {
    contractNumber: 'R-1',
    year: 2026,
    amount: 1,
    customer: 2,
    tags: [1, 3]
  })
  const { customer, tags } = contract.body.data as { customer: object; tags: object[] }
  t.match([contract.status, customer, tags], [201, { id: 2, code: 'C-2' }, [{ slug: 'red' }, { slug: 'blue' }]])
  t.match((await send('GET', `/api/articles/${articleId(2)}`)).body.data, { author: { id: 2, name: 'bob' } })

  const employee = (email: string, department: unknown): object => ({
    firstName: 'E',
    lastName: 'M',
    email,
    department
  })
  const employees = await send('POST', '/api/employees', [
    employee('a@x', 'D-2'),
    employee('b@x', 3),
    employee('c@x', { code: 'D-9', name: 'Nine' }),
    employee('d@x', null)
  ])
  t.strictSame(
    (employees.body.data as { department: { code: string } | null }[]).map(({ department }) => department?.code),
    ['D-2', 'D-3', 'D-9', undefined]
  )

  const invoice = {
    number: 'I-1',
    issuedOn: '2026-01-01',
    lineItems: [
      { description: 'a', quantity: 1, unitPrice: '2' },
      { description: 'b', quantity: 2, unitPrice: '3' }
    ]
  }
  const made = await send('POST', '/api/invoices', [invoice], as('alice'))
  const [row] = made.body.data as { id: number; lineItems: { id: number; unitPrice: string }[] }[]
  t.strictSame([made.status, row!.lineItems.map(({ unitPrice }) => unitPrice)], [201, ['2.00', '3.00']])
  const changed = await send(
    'PATCH',
    `/api/invoices/${row!.id}`,
    { lineItems: [{ id: row!.lineItems[1]!.id, quantity: 5 }] },
    as('alice')
  )
  t.match(changed.body.data, { lineItems: [{ description: 'b', quantity: 5, unitPrice: '3.00' }] })
  t.equal((await query('SELECT 1 FROM line_items')).length, 1, 'the other one is deleted')
  t.equal((await send('PATCH', `/api/invoices/${row!.id}`, { lineItems: [] }, as('bob'))).status, 404)
})

await t.test('an article is marked, seen by the admin alone, and comes back', async t => {
  const url = `/api/articles/${articleId(7)}`
  t.match(await send('GET', url), {
    status: 200,
    headers: { etag: '"1"' },
    body: {
      data: { slug: 'article-7', published: false, authorId: 1, metadata: null, tags: ['topic-2'], notes: null }
    }
  })
  t.strictSame((await send('DELETE', url, undefined, as('alice'))).body.data, null)
  t.strictSame(
    await query('SELECT deleted_at IS NOT NULL AS marked, updated_by_id AS by FROM articles WHERE id = $1', [
      articleId(7)
    ]),
    [{ marked: true, by: 1 }]
  )
  t.equal((await send('GET', url)).status, 404)
  for (const user of ['alice', 'bob']) {
    t.equal((await send('GET', `${url}?deleted=only`, undefined, as(user))).status, 403)
  }
  t.equal((await send('GET', '/api/articles?deleted=include')).status, 403)
  t.match(await send('GET', '/api/articles?deleted=only', undefined, as('admin')), {
    status: 200,
    body: { data: { count: 1, results: [{ id: articleId(7), isActive: false }] } }
  })
  t.match(await send('POST', `${url}/restore`, undefined, as('bob')), {
    status: 200,
    headers: { etag: '"3"' },
    body: { data: { deletedAt: null, isActive: true, updatedById: 2 }, meta: { restored: 1 } }
  })
  t.equal((await send('GET', url)).status, 200)
})

await t.test('articles have routes by the names of their actions', async t => {
  const gone = await send('DELETE', '/api/articles/bulk-soft-delete', [articleId(1), articleId(2)])
  t.match(gone.body, {
    data: { requested_count: 2, count: 2, missing_ids: [], missing_count: 0 },
    meta: { deleted: 2, unchanged: 0, missing: 0 }
  })
  t.match(
    (await send('POST', '/api/articles/bulk-restore', { ids: [articleId(1), articleId(2), articleId(3)] })).body,
    { meta: { restored: 2, unchanged: 1, missing: 0 } }
  )
  const made = await send(
    'POST',
    '/api/articles/bulk-create',
    [{ title: 'New', slug: 'new', content: 'x', author: 2, metadata: { a: [1] }, tags: ['x'] }],
    as('admin')
  )
  t.match(made, {
    status: 201,
    body: { data: [{ slug: 'new', authorId: 2, metadata: { a: [1] }, tags: ['x'], createdById: 3, version: 1 }] }
  })
})

await t.test('the documentation has all of it', async t => {
  const { paths } = (await app.inject('/docs/json')).json() as {
    paths: Record<string, Record<string, { operationId: string }>>
  }
  const operations = Object.values(paths).flatMap(path => Object.values(path).map(({ operationId }) => operationId))
  t.strictSame(
    ['listCustomers', 'retrieveContract', 'restoreArticle', 'bulkSoftDeleteArticles', 'bulkCreateArticles'].filter(
      id => !operations.includes(id)
    ),
    []
  )
})
