import t from 'tap'
import { crud, count, defineResource, type ListOptions } from 'fastify-prisma-commons/crud'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import Fastify from 'fastify'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { column, listOf, refusal } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  {
    '/contracts': {
      model: 'Contract',
      computed: { tagCount: count('tags') },
      list: {
        ordering: ['year'],
        orderings: { newest: ['-year', 'contractNumber'], busiest: ['-tagCount', 'customer.code', '-contractNumber'] },
        defaultOrdering: ['-newest']
      }
    }
  },
  { crud: true }
)
const send = sender(app)
await database.query("INSERT INTO customers (code, name, updated_at) VALUES ('A', 'A', now()), ('B', 'B', now())")
await database.query(`INSERT INTO contracts (contract_number, year, amount, customer_id, updated_at) VALUES
  ('a', 2025, 1, 1, now()), ('b', 2025, 1, 2, now()), ('c', 2026, 1, 1, now()), ('d', 2026, 1, 1, now())`)
await database.query("INSERT INTO tags (slug, name) VALUES ('t', 'T')")
await database.query('INSERT INTO "_ContractToTag" SELECT 2, 1')

const order = async (ordering: string): Promise<string> =>
  (await column(send, `/contracts?ordering=${ordering}`, 'contractNumber')).join('')

await t.test('a named order is the list of its names, and a minus turns all of them around', async t => {
  t.equal(await order('newest'), 'cdab')
  t.equal(await order('-newest'), 'badc')
  t.equal(await order('busiest'), 'bdca')
  t.equal(await order('-busiest'), 'acdb')
  t.equal(await order('year,-newest'), 'badc', 'a term that comes again decides nothing')
  t.equal((await column(send, '/contracts', 'contractNumber')).join(''), 'badc', 'defaultOrdering names it too')
  t.equal((await column(send, '/contracts/query', 'contractNumber', { ordering: ['newest'] })).join(''), 'cdab')
})

await t.test('a cursor walks through a named order in both directions', async t => {
  for (const name of ['newest', '-newest', 'busiest', '-busiest']) {
    const seen: unknown[] = []
    let url: string | null = `/contracts?ordering=${name}&page_size=1&cursor=`
    let last = ''
    while (url !== null) {
      const { results, next }: Awaited<ReturnType<typeof listOf>> = await listOf(send, url)
      seen.push(...results.map(row => row['contractNumber']))
      last = url
      url = next
    }
    t.equal(seen.join(''), await order(name), name)
    const { previous } = await listOf(send, last)
    t.equal((await column(send, previous!, 'contractNumber')).join(''), seen.at(-2), `${name}, and back`)
  }
})

await t.test('what no list can be ordered by is refused, by requests and at the start', async t => {
  t.match(await refusal(send, '/contracts?ordering=newest,newest'), [400, 'invalid_parameter', /names "newest" twice/])
  t.match(await refusal(send, '/contracts?ordering=newst'), [400, 'invalid_parameter', /Did you mean "newest"/])

  const refused = async (orderings: Exclude<ListOptions['orderings'], undefined>, message: string): Promise<void> => {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(prismaPlugin, {
      client: database.client,
      connect: false,
      disconnect: false,
      requireCurrentUser: false
    })
    await t.rejects(
      async () => await app.register(crud, { resource: defineResource({ model: 'Contract', list: { orderings } }) }),
      { message }
    )
  }
  await refused({ newest: [] }, 'resource Contract: option "list.orderings.newest" has 0 names: write 1 to 5')
  await refused(
    { newest: ['year', 'note', 'amount', 'id', 'status', 'version'] },
    'resource Contract: option "list.orderings.newest" has 6 names: write 1 to 5'
  )
  await refused({ newest: ['year', '-year'] }, 'resource Contract: option "list.orderings.newest" names "year" twice')
  await refused(
    { newest: ['yaer'] },
    'resource Contract: option "list.orderings.newest" names the unknown field "yaer". Did you mean "year"?'
  )
  await refused(
    { newest: ['year'], odd: ['newest'] },
    'resource Contract: option "list.orderings.odd" names the unknown field "newest". Known: id, contractNumber, ' +
      'year, externalRef, amount, status, note, customerId, version, createdAt, updatedAt, createdById, updatedById'
  )
})
