import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { PrismaPg } from '@prisma/adapter-pg'
import t from 'tap'
import { commons, observe } from 'fastify-prisma-commons/extension'
import { channelNames } from '../../lib/diagnostics/channels.js'
import { collectQueries } from '../../lib/diagnostics/collect-queries.js'
import type { QueryCollector } from '../../lib/diagnostics/query-collector.js'
import type { QueryEvent } from '../../lib/diagnostics/query-event.js'
import { withQueryScope } from '../../lib/diagnostics/query-scope.js'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { keepContext } from '../../prisma/observe/keep-context.js'
import { createDatabase } from '../helpers/database.js'

const { pool, query } = await createDatabase(t)
const plain = new PrismaClient({ adapter: observe(new PrismaPg(pool)) })
const prisma = plain.$extends(commons({ metadata, actorContext: 'ignore' }))
await plain.$connect()
t.after(async () => await plain.$disconnect())

t.beforeEach(async () => {
  await query('TRUNCATE users, customers, contracts, tags RESTART IDENTITY CASCADE')
  await query("INSERT INTO tags (slug, name) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C')")
})

/** The statements of some work, each by its first word. */
async function sent (work: () => PromiseLike<unknown>): Promise<string[]> {
  const events: QueryEvent[] = []
  const holder = { sink: { add: (event: QueryEvent) => events.push(event) } }
  await withQueryScope({ holder, origin: null }, async () => await work())
  return events.map(({ sql }) => sql.split(/[ ;]/, 1)[0]!)
}

const counts = ({ queries, transactions, failed }: QueryCollector) => ({ queries, transactions, failed })

await t.test('every kind of call keeps the async context of its caller', async t => {
  const contract = { contractNumber: 'N-1', year: 2026, amount: 1 }
  const calls: ReadonlyArray<readonly [string, () => PromiseLike<unknown>, ...string[]]> = [
    ['findMany', () => prisma.tag.findMany(), 'SELECT'],
    ['findUnique', () => prisma.tag.findUnique({ where: { id: 1 } }), 'SELECT'],
    ['raw query', () => prisma.$queryRaw`SELECT 1`, 'SELECT'],
    ['raw command', () => prisma.$executeRaw`DELETE FROM tags WHERE id = 0`, 'DELETE'],
    [
      'transaction of a list',
      () => prisma.$transaction([prisma.tag.findMany(), prisma.tag.count()]),
      'BEGIN',
      'SELECT',
      'SELECT',
      'COMMIT'
    ],
    [
      'interactive transaction',
      () => prisma.$transaction(async tx => [await tx.tag.count(), await tx.tag.findUnique({ where: { id: 1 } })]),
      'BEGIN',
      'SELECT',
      'SELECT',
      'COMMIT'
    ],
    [
      'nested transaction',
      () => prisma.$transaction(async tx => await tx.$transaction(async inner => await inner.tag.count())),
      'BEGIN',
      'SAVEPOINT',
      'SELECT',
      'RELEASE',
      'COMMIT'
    ],
    [
      'nested write',
      () => prisma.customer.create({ data: { code: 'C', name: 'C', contracts: { create: [contract] } } }),
      'BEGIN',
      'INSERT',
      'INSERT',
      'SELECT',
      'COMMIT'
    ],
    ['bulkCreate', () => prisma.tag.bulkCreate({ data: [{ slug: 'd', name: 'D' }] }), 'with'],
    [
      'bulkUpdate of several chunks',
      () =>
        plain
          .$extends(commons({ metadata, chunkRows: 1 }))
          .tag.bulkUpdate({ data: [1, 2].map(id => ({ where: { id }, data: { name: `${id}` } })) }),
      'BEGIN',
      'with',
      'with',
      'COMMIT'
    ]
  ]
  for (const [name, work, ...expected] of calls) {
    t.strictSame(await sent(work), expected, name)
  }
})

await t.test('rows, errors and transactions of statements are told', async t => {
  const events: QueryEvent[] = []
  const listen = (event: unknown): void => {
    events.push(event as QueryEvent)
  }
  subscribe(channelNames.query, listen)
  t.after(() => unsubscribe(channelNames.query, listen))
  await prisma.tag.findMany()
  await prisma.$executeRaw`UPDATE tags SET name = ${'x'} WHERE id < 3`
  await t.rejects(prisma.$queryRawUnsafe('SELECT 1 FROM nowhere'))
  await prisma.$transaction(async tx => await tx.tag.count())
  t.match(
    events,
    [
      { kind: 'query', rows: 3, inTransaction: false, error: undefined },
      { kind: 'query', rows: 2, args: ['x'] },
      { kind: 'query', rows: null, error: { cause: { originalCode: '42P01' } } },
      { kind: 'transaction', sql: 'BEGIN' },
      { kind: 'query', rows: 1, inTransaction: true },
      { kind: 'transaction', sql: 'COMMIT', inTransaction: true }
    ].map(event => ({ ...event, ms: Number }))
  )
  t.equal(events.length, 6)
})

await t.test('a script that the adapter runs is told too', async t => {
  const adapter = await observe(new PrismaPg(pool)).connect()
  t.strictSame(await sent(async () => await adapter.executeScript('SELECT 1; SELECT 2')), ['SELECT'])
  t.equal(adapter.provider, 'postgres')
})

await t.test('findUnique calls of one tick go to the first context until the context is kept', async t => {
  const race = async (): Promise<unknown[]> => {
    const collected = await Promise.all([
      collectQueries(
        async () => await Promise.all([1, 2].map(async id => await prisma.tag.findUnique({ where: { id } })))
      ),
      collectQueries(async () => await prisma.tag.findUnique({ where: { id: 3 }, select: { name: true } })),
      collectQueries(async () => await prisma.$transaction([prisma.tag.findMany(), prisma.tag.count()])),
      collectQueries(async () => await prisma.tag.findUnique({ where: { id: 3 } }))
    ])
    return collected.map(({ queries }) => counts(queries))
  }
  const one = { queries: 1, transactions: 0, failed: 0 }
  const [, second] = await race()
  t.match(second, { queries: 0 }, 'Prisma 7.10 sends it in the context of the first')
  t.ok(keepContext(prisma))
  t.ok(keepContext(plain), 'clients share their loader')
  // The last one is merged with the first: both wait for that statement.
  t.strictSame(await race(), [one, one, { queries: 2, transactions: 1, failed: 0 }, one])
})

await t.test('a statement without a scope is not told to the scope that Prisma sends it in', async t => {
  keepContext(plain)
  const collected = collectQueries(async () => await prisma.tag.findUnique({ where: { id: 1 } }))
  const outside = prisma.tag.findUnique({ where: { id: 2 }, select: { name: true } }).then(value => value)
  const { queries } = await collected
  await outside
  t.equal(queries.queries, 1)
})

await t.test('a merged statement counts once for the work around its parts', async t => {
  keepContext(plain)
  const { queries } = await collectQueries(
    async () =>
      await Promise.all(
        [1, 2].map(async id => await collectQueries(async () => await prisma.tag.findUnique({ where: { id } })))
      )
  )
  t.equal(queries.queries, 1)
})

await t.test('a client that keeps its loader elsewhere is left alone', async t => {
  t.notOk(keepContext({}))
  t.notOk(keepContext({ _requestHandler: { dataloader: { request: () => null } } }))
})

await t.test('work that outlives its scope no longer counts', async t => {
  let later: PromiseLike<unknown> = Promise.resolve()
  let go: () => void = () => {}
  const gate = new Promise<void>(resolve => {
    go = resolve
  })
  const { queries } = await collectQueries(async () => {
    later = gate.then(async () => await prisma.tag.findMany())
  })
  go()
  await later
  t.equal(queries.queries, 0)
})
