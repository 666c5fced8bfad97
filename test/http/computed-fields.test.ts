import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { count, defineResource, expression, max, sum, avg, type ResourceOptions } from 'fastify-prisma-commons/crud'
import { exportPlugin } from 'fastify-prisma-commons/export'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { resource } from 'fastify-prisma-commons/resource'
import t from 'tap'
import type { PrismaClient } from '../../prisma/generated/client/client.js'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { column, listOf, refusal } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
// Rows in `compute` are those of Prisma: instants are Date, decimals are Decimal.
const client = (database.client as unknown as PrismaClient).$extends({
  result: {
    contract: {
      label: {
        needs: { contractNumber: true, year: true },
        compute: ({ contractNumber, year }) => `${contractNumber}/${year}`
      },
      rounded: {
        needs: { amount: true, createdAt: true },
        compute: ({ amount, createdAt }) => ({ amount: amount.round(), on: createdAt })
      }
    }
  }
})
const people: ResourceOptions = {
  model: 'Employee',
  fields: [
    'id',
    'firstName',
    'lastName',
    'middleName',
    'email',
    'dateOfBirth',
    'fullName',
    'initials',
    'age',
    'shortAddress',
    'hasCoordinates',
    'coordinates'
  ],
  bulk: { actionRoutes: true }
}
const contracts: ResourceOptions = {
  model: 'Contract',
  fields: ['*', 'label', 'rounded', 'tagCount', 'noteLength', 'untyped'],
  computed: {
    tagCount: count('tags'),
    noteLength: expression('length({note})', 'Int'),
    untyped: expression('array[{year}]'),
    newestTag: max('tags.slug')
  }
}
const articles: ResourceOptions = {
  model: 'Article',
  actions: ['list', 'export'],
  fields: ['title', 'comments', 'stars', 'mean', 'last'],
  computed: {
    comments: count('comments'),
    stars: sum('comments.rating'),
    mean: avg('comments.rating'),
    last: max('comments.createdAt')
  }
}
const app = await serve(
  t,
  { ...database, client },
  { '/people': people, '/contracts': contracts, '/articles': articles },
  {
    crud: true,
    prepare: async app => {
      await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
    }
  }
)
for (const [prefix, options] of Object.entries({
  '/people': people,
  '/contracts': contracts,
  '/articles': articles
})) {
  await app.register(exportPlugin, { prefix, resource: defineResource(options) })
}
const send = sender(app)

const today = new Date()
const born = (years: number, days: number): string =>
  new Date(Date.UTC(today.getUTCFullYear() - years, today.getUTCMonth(), today.getUTCDate() + days))
    .toISOString()
    .slice(0, 10)

await query(
  `INSERT INTO employees (first_name, last_name, middle_name, email, date_of_birth, city, country, latitude, longitude) VALUES
  ('Ada', 'Lovelace', NULL, 'a@x', $1, 'London', 'GB', 51.5, 0),
  ('  Grace ', E'Hopper\u00a0', 'Brewster', 'g@x', $2, ' ', 'US', 1, NULL),
  ('Jean', 'Bartik', '', 'j@x', NULL, NULL, NULL, NULL, NULL)`,
  [born(30, 0), born(30, 1)]
)
await query(
  "INSERT INTO contracts (contract_number, year, amount, note, updated_at, created_at) VALUES ('A', 2026, 1.6, " +
    "'four', now(), '2026-01-02'), ('B', 2025, 2, NULL, now(), '2026-01-02')"
)
await query("INSERT INTO tags (slug, name) VALUES ('x', 'X'), ('y', 'Y')")
await query('INSERT INTO "_ContractToTag" VALUES (1, 1), (1, 2)')
await query(
  "INSERT INTO articles (id, title, slug, content, updated_at) SELECT ('00000000-0000-7000-8000-00000000000' || " +
    "i)::uuid, 'T' || i, 's' || i, '', now() FROM generate_series(1, 2) i"
)
await query(
  "INSERT INTO comments (article_id, body, rating, created_at) SELECT '00000000-0000-7000-8000-000000000001', '', " +
    "i, '2026-01-01T00:00:00Z' FROM generate_series(1, 4) i"
)

await t.test('computed fields of features stand in lists, single rows and the answers of writes', async t => {
  const {
    results: [ada, grace, jean]
  } = await listOf(send, '/people')
  const expected = [
    {
      fullName: 'Ada Lovelace',
      initials: 'AL',
      age: 30,
      shortAddress: 'London, GB',
      hasCoordinates: true,
      coordinates: [51.5, 0]
    },
    {
      fullName: 'Grace Brewster Hopper',
      initials: 'GBH',
      age: 29,
      shortAddress: 'US',
      hasCoordinates: false,
      coordinates: null
    },
    { fullName: 'Jean Bartik', initials: 'JB', age: null, shortAddress: '', hasCoordinates: false, coordinates: null }
  ]
  t.match([ada, grace, jean], expected)
  t.notOk('latitude' in ada!, 'what a value is made of is not shown for it')
  t.match((await send('GET', '/people/1')).body.data, expected[0])
  const made = await send('POST', '/people', {
    firstName: 'New',
    lastName: 'One',
    email: 'n@x',
    fullName: 'ignored',
    age: 99
  })
  t.match([made.status, made.body.data], [201, { fullName: 'New One', age: null }])
  t.match((await send('PATCH', `/people/${(made.body.data as { id: number }).id}`, { lastName: 'Two' })).body.data, {
    fullName: 'New Two'
  })
  t.match((await send('PATCH', '/people', [{ id: 1, firstName: 'Ada' }])).body.data, [{ fullName: 'Ada Lovelace' }])
  t.match(
    (await send('PUT', '/people?unique_fields=email', [{ ...ada, fullName: 'ignored' }])).status,
    200,
    'a row comes back as it was read'
  )
  t.equal((await send('DELETE', '/people', [4])).status, 200)
})

await t.test('they are filtered and ordered by where SQL has them, to the same values', async t => {
  t.strictSame(await column(send, '/people?ordering=-fullName', 'fullName'), [
    'Jean Bartik',
    'Grace Brewster Hopper',
    'Ada Lovelace'
  ])
  t.strictSame(await column(send, '/people?age[gte]=30', 'id'), [1])
  t.strictSame(await column(send, '/people?age[isnull]=true', 'id'), [3])
  t.strictSame(await column(send, '/people?hasCoordinates=true', 'id'), [1])
  t.strictSame(await column(send, '/people?fullName[contains]=brew', 'id'), [2])
  for (const row of (await listOf(send, '/people')).results) {
    const url = `/people?fullName=${encodeURIComponent(String(row['fullName']))}&shortAddress=${encodeURIComponent(String(row['shortAddress']))}&hasCoordinates=${String(row['hasCoordinates'])}`
    t.strictSame(await column(send, url, 'id'), [row['id']], String(row['fullName']))
  }
  t.strictSame(
    await column(send, '/people/query', 'id', { filters: { or: [{ age: 29 }, { fullName: 'Jean Bartik' }] } }),
    [2, 3]
  )
  const { next } = await listOf(send, '/people?ordering=age&page_size=1&cursor=')
  t.strictSame(await column(send, next!, 'id'), [1], 'a cursor goes on')
  t.match(await refusal(send, '/people?initials=AL'), [400, 'unknown_parameter'])
  t.match(await refusal(send, '/people?ordering=initials'), [400, 'invalid_parameter'])
})

await t.test('result extensions of the client stand in rows, with the values that Prisma would give them', async t => {
  const {
    results: [first]
  } = await listOf(send, '/contracts?ordering=id')
  t.match(first, { label: 'A/2026', rounded: { amount: '2', on: '2026-01-02T00:00:00.000Z' } })
  t.match((await send('PATCH', '/contracts/1', { year: 2027 })).body.data, { label: 'A/2027', tagCount: 2 })
  await send('PATCH', '/contracts/1', { year: 2026 })
})

await t.test('computed orderings stand in rows, and are filtered by', async t => {
  statements.length = 0
  const { results } = await listOf(send, '/contracts?ordering=-tagCount')
  t.equal(statements.length, 2, 'one query more, however many values')
  t.match(results, [
    { tagCount: 2, noteLength: 4, untyped: [2026] },
    { tagCount: 0, noteLength: null, untyped: [2025] }
  ])
  t.strictSame(await column(send, '/contracts?tagCount[gte]=1', 'id'), [1])
  t.strictSame(await column(send, '/contracts?noteLength[isnull]=true', 'id'), [2])
  t.strictSame(await column(send, '/contracts?tagCount[in]=0,7', 'id'), [2])
  t.match(await refusal(send, '/contracts?tagCount=many'), [400, 'invalid_parameter'])
  t.match(
    await refusal(send, '/contracts?untyped=1'),
    [400, 'unknown_parameter'],
    'without a type nothing can be compared'
  )
  t.match(
    await refusal(send, '/contracts?newestTag=x'),
    [400, 'unknown_parameter'],
    'what is not shown is not filtered by'
  )
  t.strictSame((await listOf(send, '/articles?ordering=title')).results, [
    { title: 'T1', comments: 4, stars: 10, mean: 2.5, last: '2026-01-01T00:00:00.000Z' },
    { title: 'T2', comments: 0, stars: 0, mean: null, last: null }
  ])
  t.strictSame(await column(send, '/articles?stars[gt]=9&mean[lt]=2.6&last[gte]=2026-01-01', 'title'), ['T1'])
})

await t.test('files have them as columns, and read no more than the columns need', async t => {
  const file = async (url: string): Promise<string> => (await app.inject({ url })).body
  t.equal(
    await file('/people/export?file_type=csv&includes=id,fullName,age'),
    'Id,Full Name,Age\r\n1,Ada Lovelace,30\r\n2,Grace Brewster Hopper,29\r\n3,Jean Bartik,\r\n'
  )
  t.equal(
    await file('/articles/export?file_type=csv&ordering=title&stars[gte]=1'),
    'Title,Comments,Stars,Mean,Last\r\nT1,4,10,2.5,2026-01-01T00:00:00.000Z\r\n'
  )
  statements.length = 0
  await file('/contracts/export?file_type=csv&includes=label')
  t.equal(statements.filter(text => text.includes('_ContractToTag')).length, 0)
})

await t.test('the OpenAPI document has them, as read-only members of bodies', async t => {
  await app.ready()
  const document = app.swagger() as unknown as {
    paths: Record<
      string,
      Record<string, { parameters?: { name: string }[]; requestBody?: object; responses: Record<string, object> }>
    >
  }
  const { get } = document.paths['/contracts']!
  t.match(JSON.stringify(get!.responses['200']), /"tagCount":\{"type":"integer"\}/)
  t.ok(get!.parameters!.some(({ name }) => name === 'tagCount[gte]'))
  t.match(
    JSON.stringify(document.paths['/people']!['post']!.requestBody),
    /"fullName":\{"type":"string","readOnly":true\}/
  )
})

await t.test('lists without computed fields are read as ever', async t => {
  const app = await serve(
    t,
    database,
    { '/plain': { model: 'Contract', computed: { tagCount: count('tags') } } },
    { crud: true }
  )
  const send = sender(app)
  statements.length = 0
  await listOf(send, '/plain')
  t.equal(statements.length, 1)
  t.notMatch(statements[0], /lateral/)
})

await t.test('names that nothing computes are refused at the start', async t => {
  const refused = async (options: ResourceOptions, message: string | RegExp): Promise<void> => {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
    await t.rejects(
      async () => await app.register(resource, { resource: defineResource({ actions: ['list'], ...options }) }),
      { message }
    )
  }
  await refused(
    { model: 'Employee', fields: ['fulName'] },
    'resource Employee: option "fields" names the unknown field "fulName". Did you mean "fullName"?'
  )
  await refused({ model: 'Department', fields: ['id', 'fullName'] }, /unknown field "fullName"/)
  await refused(
    { model: 'Employee', list: { filters: ['initials'] } },
    'resource Employee: option "list.filters" names "initials", whose values cannot be compared'
  )
  await refused(
    { model: 'Employee', list: { ordering: ['initials'] } },
    'resource Employee: option "list.ordering" names "initials", which the database cannot order by'
  )
  t.throws(
    () => defineResource({ model: 'Tag', computed: { odd: expression('1', 'Number' as 'Int') } }),
    /option "computed" must be/
  )
})
