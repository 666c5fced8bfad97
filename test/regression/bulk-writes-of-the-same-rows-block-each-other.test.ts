import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const clients = 8
const rounds = 12
const count = 40

const database = await createDatabase(t)
const { query } = database
const app = await buildApp({ database })
t.after(() => app.close())
const wait = { timeout: 110_000 }

interface Answer {
  status: number
  body: { data: Array<{ id: number }> }
  took: number
}

async function send (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload: unknown): Promise<Answer> {
  const start = performance.now()
  const response = await app.inject({
    method,
    url: `/api${url}`,
    payload: payload as object,
    headers: { authorization: 'Bearer admin' }
  })
  return { status: response.statusCode, body: response.json<Answer['body']>(), took: performance.now() - start }
}

/** The items in a random order, as clients send them. */
function shuffled<Item> (items: readonly Item[]): Item[] {
  return items
    .map(item => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

async function deadlocks (): Promise<number> {
  // A session reports what it counted when it is idle for a second, or ends.
  await query('SELECT pg_stat_force_next_flush()').catch(() => {})
  const [row] = await query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'
  )
  return Number(row!.deadlocks)
}

/** What parallel clients are answered; `request` is told the number of the client and of its round. */
async function together (
  request: (client: number, round: number) => Promise<Answer>
): Promise<{ statuses: number[]; worst: number }> {
  const answers = (
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const own: Answer[] = []
        for (let round = 0; round < rounds; round++) own.push(await request(client, round))
        return own
      })
    )
  ).flat()
  return {
    statuses: [...new Set(answers.map(({ status }) => status))],
    worst: Math.max(...answers.map(({ took }) => took))
  }
}

await t.test(
  'bulk updates with relations to many, side by side over the same rows, all succeed without a deadlock',
  wait,
  async t => {
    const {
      body: { data: tags }
    } = await send(
      'POST',
      '/tags',
      Array.from({ length: 4 }, (_, i) => ({ slug: `t${i}`, name: `T${i}` }))
    )
    const {
      body: { data: contracts }
    } = await send(
      'POST',
      '/contracts',
      Array.from({ length: count }, (_, i) => ({ contractNumber: 'c', year: i, amount: 1 }))
    )
    const { statuses, worst } = await together(
      async (client, round) =>
        await send(
          'PATCH',
          '/contracts',
          shuffled(contracts).map(({ id }) => {
            return { id, note: `${client}/${round}`, tags: [tags[(client + round) % 4]!.id] }
          })
        )
    )
    t.comment(`slowest request: ${worst.toFixed()} ms`)
    t.strictSame(statuses, [200])
    t.equal(await deadlocks(), 0)
  }
)

await t.test(
  'bulk updates of a resource with a scope and nested rows, side by side, all succeed without a deadlock',
  wait,
  async t => {
    const {
      body: { data: invoices }
    } = await send(
      'POST',
      '/invoices',
      Array.from({ length: count }, (_, i) => ({ number: `i${i}`, issuedOn: '2026-01-01' }))
    )
    const { statuses, worst } = await together(
      async (client, round) =>
        await send(
          'PATCH',
          '/invoices',
          shuffled(invoices).map(({ id }) => {
            return { id, lineItems: [{ description: `${client}/${round}`, quantity: 1, unitPrice: '1' }] }
          })
        )
    )
    t.comment(`slowest request: ${worst.toFixed()} ms`)
    t.strictSame(statuses, [200])
    t.equal(await deadlocks(), 0)
    t.strictSame(await query('SELECT count(*)::int FROM line_items'), [{ count }])
  }
)

await t.test('bulk soft deletes and restorations side by side all succeed', wait, async t => {
  const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore' }))
  const {
    body: { data: articles }
  } = await send(
    'POST',
    '/articles',
    Array.from({ length: count }, (_, i) => ({ title: `a${i}`, content: 'c' }))
  )
  const calls = await Promise.allSettled(
    Array.from({ length: clients }, async (_, client) => {
      for (let round = 0; round < rounds; round++) {
        const where = shuffled(articles).map(({ id }) => ({ id: String(id) }))
        const { missing } =
          (client + round) % 2 === 0
            ? await prisma.article.bulkSoftDelete({ where })
            : await prisma.article.bulkRestore({ where })
        t.strictSame(missing, [])
      }
    })
  )
  t.strictSame(
    calls.filter(({ status }) => status === 'rejected'),
    []
  )
})

await t.test('upserts by another key beside updates by id all succeed without a deadlock', wait, async t => {
  const tags = Array.from({ length: count }, (_, i) => ({
    slug: `u${String((i * 7) % count).padStart(3, '0')}`,
    name: 'n'
  }))
  const {
    body: { data: stored }
  } = await send('POST', '/tags?unique_fields=slug', tags)
  const before = await deadlocks()
  const { statuses, worst } = await together(async (client, round) => {
    const name = `${client}/${round}`
    if (client % 2 === 0) {
      return await send(
        'PATCH',
        '/tags',
        shuffled(stored).map(({ id }) => ({ id, name }))
      )
    }
    // Items that name different fields go another way than those that all name the same.
    return await send(
      'POST',
      '/tags?unique_fields=slug',
      shuffled(tags).map((tag, i) => (client % 4 === 1 || i % 2 === 0 ? { ...tag, name } : { slug: tag.slug }))
    )
  })
  t.comment(`slowest request: ${worst.toFixed()} ms`)
  t.strictSame(statuses, [200])
  t.equal(await deadlocks(), before)
})

await t.test('large upserts, updates and deletions of the same rows side by side all succeed', wait, async t => {
  const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore', retryTimeout: 60_000 }))
  const many = 1500
  const tags = Array.from({ length: many }, (_, i) => ({
    slug: `v${String((i * 7) % many).padStart(4, '0')}`,
    name: 'n'
  }))
  await prisma.tag.bulkCreate({ data: tags })
  const ids = await prisma.tag.findMany({
    where: { slug: { startsWith: 'v' } },
    select: { id: true },
    orderBy: { id: 'asc' }
  })
  const calls = await Promise.allSettled(
    Array.from({ length: 6 }, async (_, client) => {
      for (let round = 0; round < 2; round++) {
        const name = `${client}/${round}`
        if (client === 5) {
          await prisma.tag.bulkDelete({ where: shuffled(ids.slice(0, many / 3).map(({ id }) => ({ id }))) })
        } else if (client % 2 === 0) {
          await prisma.tag.bulkUpdate({ data: shuffled(ids).map(where => ({ where, data: { name } })) })
        } else await prisma.tag.bulkUpsert({ data: shuffled(tags).map(tag => ({ ...tag, name })), on: 'slug' })
      }
    })
  )
  t.strictSame(
    calls.filter(({ status }) => status === 'rejected'),
    []
  )
})
