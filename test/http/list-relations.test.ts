import t from 'tap'
import { count, expression, max, sum } from 'fastify-prisma-commons/crud'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { column, listOf, refusal } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(
  t,
  database,
  {
    '/contracts': {
      model: 'Contract',
      computed: { tagCount: count('tags') },
      list: {
        filters: ['note', 'customer.code', 'customer.email', 'tags.slug', 'customer.createdBy.name'],
        search: ['contractNumber', 'customer.name', 'tags.name'],
        ordering: ['id', 'customer.code']
      }
    },
    '/tags': { model: 'Tag', list: { filters: ['contracts.note', 'contracts.customer.code'] } },
    '/customers': { model: 'Customer', list: { filters: ['contracts.tags.slug', 'contracts.year'] } },
    '/shelves': {
      model: 'Shelf',
      computed: { binderCount: count('binders'), documentCount: count('binders.documents') },
      list: { filters: ['binders.name', 'binders.documents.title'] }
    },
    '/documents': {
      model: 'Document',
      list: { filters: ['binder.shelf.name', 'title'], ordering: ['title', 'binder.name', 'binder.shelf.name'] }
    },
    '/badges': { model: 'Badge', list: { filters: ['membership.title'], ordering: ['membership.title', 'id'] } },
    '/memberships': {
      model: 'Membership',
      computed: { last: max('badges.label') },
      list: { filters: ['badges.label'] }
    },
    '/categories': { model: 'Category', list: { filters: ['parent.name', 'children.name', 'parent.parent.name'] } },
    '/articles': {
      model: 'Article',
      computed: {
        commentCount: count('comments'),
        ratings: sum('comments.rating'),
        best: max('comments.rating'),
        titleLength: expression('length({title})'),
        braces: expression("{title} = '{{a}}'")
      }
    }
  },
  { crud: true }
)
const send = sender(app)

await query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
await query(
  "INSERT INTO customers (code, name, email, created_by_id, updated_at) VALUES ('C-1', 'Ada', 'a@x', 1, now()), " +
    "('C-2', 'Bob', NULL, 2, now())"
)
await query(
  "INSERT INTO contracts (contract_number, year, amount, note, customer_id, updated_at) VALUES ('N-1', 2024, 1, " +
    "'x', 1, now()), ('N-2', 2025, 2, NULL, 2, now()), ('N-3', 2026, 3, NULL, NULL, now()), ('N-4', 2026, 3, 'y', " +
    '1, now())'
)
await query("INSERT INTO tags (slug, name) VALUES ('red', 'Red'), ('blue', 'Blue')")
await query('INSERT INTO "_ContractToTag" ("A", "B") VALUES (1, 1), (1, 2), (2, 2)')
await query("INSERT INTO \"Shelf\" (name, \"updatedAt\") VALUES ('s1', now()), ('s2', now()), ('s3', now())")
await query(
  'INSERT INTO "Binder" (name, "shelfId", "deletedAt") VALUES (\'b1\', 1, NULL), (\'b2\', 1, now()), (\'b3\', 2, ' +
    "NULL), ('b4', 2, NULL), ('b5', 2, NULL)"
)
await query(
  'INSERT INTO "Document" (id, title, slug, "binderId", "updatedAt", "deletedAt") SELECT ' +
    "('00000000-0000-4000-8000-00000000000' || i)::uuid, 'd' || i, 'd' || i, nullif(i, 6), now(), CASE WHEN " +
    'i = 5 THEN now() END FROM generate_series(1, 6) i'
)
await query(
  'INSERT INTO "Document" (id, title, slug, "binderId", "updatedAt") VALUES ' +
    "('00000000-0000-4000-8000-000000000009', 'd9', 'd9', 1, now())"
)
await query(
  "INSERT INTO \"org memberships\" (org, \"userId\", title) VALUES ('a', 1, 'lead'), ('a', 2, 'member'), ('b', 1, " +
    "'guest')"
)
await query("INSERT INTO badges (org, \"userId\", label) VALUES ('a', 1, 'gold'), ('b', 1, 'silver'), ('a', 1, 'tin')")
await query(
  "INSERT INTO \"Category\" (name, \"parentId\") VALUES ('root', NULL), ('left', 1), ('right', 1), ('leaf', 2)"
)
await query(
  'INSERT INTO articles (id, title, slug, content, updated_at, deleted_at) SELECT ' +
    "('00000000-0000-4000-8000-00000000000' || i)::uuid, repeat('t', 10 - i), 'a' || i, '', now(), CASE WHEN i = 5 " +
    'THEN now() END FROM generate_series(1, 5) i'
)
await query(
  "INSERT INTO comments (article_id, body, rating) SELECT ('00000000-0000-4000-8000-00000000000' || i)::uuid, '', " +
    'j FROM generate_series(1, 4) i, generate_series(1, 5) j WHERE j <= i % 3'
)

const found = async (url: string, name = 'id'): Promise<string> => (await column(send, url, name)).join()

await t.test('rows are found by the rows that they lead to', async t => {
  t.strictSame(
    {
      'to one': await found('/contracts?customer.code=C-1'),
      'not that one, but one': await found('/contracts?customer.code[ne]=C-1'),
      'one without a value': await found('/contracts?customer.email[isnull]=true'),
      'two away': await found('/contracts?customer.createdBy.name=bob'),
      'to many, by a join table': await found('/contracts?tags.slug=blue'),
      'some of them fits': await found('/contracts?tags.slug[ne]=blue'),
      'each condition by some of them': await found('/contracts?tags.slug=blue&tags.slug[in]=red'),
      'from the other side': await found('/tags?contracts.note=x'),
      'on from there': await found('/tags?contracts.customer.code=C-2'),
      'to many, by their key': await found('/customers?contracts.year[gte]=2026'),
      'through two lists': await found('/customers?contracts.tags.slug=red'),
      'a composite key': await found('/badges?membership.title=lead'),
      'a composite key from the other side': await found('/memberships?badges.label=silver', 'org'),
      'a parent of the same model': await found('/categories?parent.name=root'),
      'its parent': await found('/categories?parent.parent.name=root'),
      children: await found('/categories?children.name=leaf')
    },
    {
      'to one': '1,4',
      'not that one, but one': '2',
      'one without a value': '2',
      'two away': '2',
      'to many, by a join table': '1,2',
      'some of them fits': '1',
      'each condition by some of them': '1',
      'from the other side': '1,2',
      'on from there': '2',
      'to many, by their key': '1',
      'through two lists': '1',
      'a composite key': '1,3',
      'a composite key from the other side': 'b',
      'a parent of the same model': '2,3',
      'its parent': '4',
      children: '2'
    }
  )
})

await t.test('rows that are marked as deleted lead to nothing, and nothing to them', async t => {
  t.strictSame([await found('/shelves?binders.name=b1'), await found('/shelves?binders.name=b2')], ['1', ''])
  t.strictSame(
    [
      await found('/shelves?binders.documents.title=d2'),
      await found('/shelves?binders.documents.title=d5'),
      await found('/shelves?binders.documents.title=d3')
    ],
    ['', '', '2']
  )
  t.strictSame(await found('/documents?binder.shelf.name=s1', 'title'), 'd1,d9')
})

await t.test('a search looks in related rows', async t => {
  t.strictSame(
    [
      await found('/contracts?search=ada'),
      await found('/contracts?search=blue+ada'),
      await found('/contracts?search=red+n-2'),
      await found('/contracts?search=bob')
    ],
    ['1,4', '1', '', '2']
  )
})

await t.test('rows are ordered by the rows that they lead to; null is larger than all', async t => {
  t.strictSame(
    [await found('/contracts?ordering=customer.code,id'), await found('/contracts?ordering=-customer.code,id')],
    ['1,4,2,3', '3,2,1,4']
  )
  // The binder of d2 is marked as deleted, d6 has none.
  t.strictSame(await found('/documents?ordering=binder.name,title', 'title'), 'd1,d9,d3,d4,d2,d6')
  t.strictSame(await found('/documents?ordering=binder.shelf.name,-title', 'title'), 'd9,d1,d4,d3,d6,d2')
  t.strictSame(await found('/badges?ordering=-membership.title,id'), '1,3,2')
})

await t.test('and by computed values, for which deleted rows do not count', async t => {
  t.strictSame(
    [await found('/contracts?ordering=tagCount,id'), await found('/contracts?ordering=-tagCount,id')],
    ['3,4,2,1', '1,2,3,4']
  )
  t.strictSame(
    [await found('/shelves?ordering=-binderCount'), await found('/shelves?ordering=-documentCount')],
    ['2,1,3', '2,1,3']
  )
  t.strictSame(await found('/memberships?ordering=last', 'org'), 'b,a,a')
  const articles = async (ordering: string): Promise<string> =>
    (await column(send, `/articles?ordering=${ordering}`, 'id')).map(id => String(id).at(-1)).join('')
  t.strictSame(
    [
      await articles('commentCount'),
      await articles('-commentCount,titleLength'),
      await articles('ratings'),
      await articles('best'),
      await articles('-best')
    ],
    ['3142', '2413', '3142', '1423', '3241']
  )
  t.strictSame(
    [await articles('titleLength'), await articles('-titleLength'), await articles('braces')],
    ['4321', '1234', '1234']
  )
  statements.length = 0
  const { count, results } = await listOf(send, '/articles?ordering=-commentCount&page_size=1&page=2')
  t.strictSame([count, results.length, statements.length], [4, 1, 1])
})

await t.test('only what the resource names is to be ordered by', async t => {
  const refused = async (path: string, ordering: string): Promise<unknown> =>
    (await refusal(send, `${path}?ordering=${ordering}`)).slice(1).join(': ')
  const problem = (text: string): string => `invalid_parameter: The query parameter "ordering" ${text}`
  t.strictSame(
    [
      await refused('/contracts', 'year'),
      await refused('/contracts', 'tagCont'),
      await refused('/contracts', 'id,-id'),
      await refused('/contracts', 'id,,id'),
      await refused('/contracts', ''),
      await refused('/contracts', '--id'),
      await refused('/contracts', 'a,b,c,d,e,f'),
      await refused('/articles', 'metadata'),
      await refused('/articles', '__proto__')
    ],
    [
      problem('names "year", which the list cannot be ordered by. Known: id, customer.code, tagCount'),
      problem('names "tagCont", which the list cannot be ordered by. Did you mean "tagCount"?'),
      problem('names "id" twice'),
      problem('holds an empty element'),
      problem('holds an empty element'),
      problem('names "-id", which the list cannot be ordered by. Did you mean "id"?'),
      problem('names 6 fields, which are more than the limit of 5'),
      problem(
        'names "metadata", which the list cannot be ordered by. Known: id, title, slug, content, published, ' +
          'authorId, notes, version, createdAt, updatedAt, createdById, updatedById, isActive, deletedAt, ' +
          'commentCount, ratings, best, titleLength, braces'
      ),
      problem(
        'names "__proto__", which the list cannot be ordered by. Known: id, title, slug, content, published, ' +
          'authorId, notes, version, createdAt, updatedAt, createdById, updatedById, isActive, deletedAt, ' +
          'commentCount, ratings, best, titleLength, braces'
      )
    ]
  )
})
