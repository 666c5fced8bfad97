import t from 'tap'
import { commons, type BulkCounts } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf } from '../helpers/failure.js'
import { againstSession } from '../helpers/sessions.js'
import { beforeStatements, watchStatements } from '../helpers/statements.js'

const { kind, connectionString, prisma: plain, pool, query } = await createDatabase(t, { max: 20 })
const statementsOf = watchStatements(pool)
/** What is done once before the next row is read by key. */
let beforeRead: (() => Promise<unknown>) | undefined
/** What is done before each insert. */
let beforeInsert: ((client: Connected) => void) | undefined
interface Connected {
  readonly connection: { readonly stream: { destroy: () => void } }
}

beforeStatements(pool, (text, client) => {
  if (text.includes('insert into')) beforeInsert?.(client as unknown as Connected)
  if (!/^select .* join unnest/.test(text)) return undefined
  const work = beforeRead
  beforeRead = undefined
  return work?.()
})
const prisma = plain.$extends(commons({ metadata }))
/** Seven rows a statement: every call below takes several chunks in one transaction. */
const chunked = plain.$extends(commons({ metadata, chunkRows: 7 }))
const on = 'contractNumber_year'
const parallel = 20
const size = 30
const numbers = [...Array(size).keys()]

t.beforeEach(async () => {
  await query('TRUNCATE contracts, tags, tokens RESTART IDENTITY CASCADE')
})

interface Strategy {
  readonly client: typeof prisma
  /** Values of the nth row: naming the same fields in all rows gives one statement, different ones another. */
  readonly valuesOf: (number: number, note: string) => object
}

const strategies: Readonly<Record<string, Strategy>> = {
  'same fields': { client: prisma, valuesOf: (_, note) => ({ note }) },
  'same fields, several chunks': { client: chunked, valuesOf: (_, note) => ({ note }) },
  'different fields': {
    client: prisma,
    valuesOf: (number, note) => (number % 2 === 0 ? { note } : { note, status: 'active' })
  },
  'different fields, several chunks': {
    client: chunked,
    valuesOf: (number, note) => (number % 2 === 0 ? { note } : { note, status: 'active' })
  }
}

/** The rows 0 to `size` in an order of the nth caller's own. */
function shuffled (caller: number): number[] {
  const turned = [...numbers.slice(caller), ...numbers.slice(0, caller)]
  return caller % 2 === 0 ? turned : turned.reverse()
}

function sum<Key extends string> (reports: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return reports.reduce((total, report) => total + report[key], 0)
}

for (const [name, { client, valuesOf }] of Object.entries(strategies)) {
  const row = (number: number, note: string) => ({
    contractNumber: `N-${number}`,
    year: 2026,
    amount: number,
    ...valuesOf(number, note)
  })

  await t.test(`${name}: parallel upserts of the same rows make one set of rows`, async t => {
    const data = numbers.map(number => row(number, 'same'))
    const reports = await Promise.all(
      Array.from({ length: parallel }, () =>
        client.contract.bulkUpsert({ data, on, select: { contractNumber: true, note: true } })
      )
    )
    t.equal(sum(reports, 'created'), size)
    t.equal(sum(reports, 'unchanged'), size * (parallel - 1))
    t.equal(sum(reports, 'updated'), 0)
    for (const { rows } of reports) {
      t.strictSame(
        rows,
        data.map(({ contractNumber }) => ({ contractNumber, note: 'same' }))
      )
    }
    t.strictSame(await plain.contract.groupBy({ by: ['version'], _count: true }), [{ version: 1, _count: size }])
  })

  await t.test(`${name}: parallel upserts of overlapping rows in different orders lose no write`, async t => {
    let reports: BulkCounts[] = []
    const statements = await statementsOf(async () => {
      reports = await Promise.all(
        Array.from({ length: parallel }, (_, caller) =>
          client.contract.bulkUpsert({
            data: shuffled(caller)
              .slice(0, 20)
              .map(number => row(number, `by ${caller}`)),
            on
          })
        )
      )
    })
    t.strictSame(
      statements.filter(text => text === 'ROLLBACK'),
      [],
      'no two of them waited for each other'
    )
    if (name === 'same fields') t.equal(statements.length, parallel)
    t.equal(sum(reports, 'created'), size)
    t.equal(sum(reports, 'count'), parallel * 20)
    t.equal(sum(reports, 'unchanged'), 0)
    const {
      _sum: { version }
    } = await plain.contract.aggregate({ _sum: { version: true } })
    t.equal(version, parallel * 20, 'each row was written once for each item')
  })
}

for (const [name, client] of Object.entries({ 'one statement': prisma, 'several chunks': chunked })) {
  await t.test(`${name}: of parallel updates that expect a version, one wins each row`, async t => {
    await prisma.contract.bulkCreate({
      data: numbers.map(number => ({ contractNumber: `N-${number}`, year: 2026, amount: 1 }))
    })
    const reports = await Promise.all(
      Array.from({ length: parallel }, (_, caller) =>
        client.contract.bulkUpdate({
          data: shuffled(caller).map(number => ({
            where: { id: number + 1 },
            data: { note: `by ${caller}` },
            version: 1
          })),
          select: { id: true, note: true, version: true }
        })
      )
    )
    t.equal(sum(reports, 'updated'), size)
    t.equal(
      reports.reduce((total, { conflicts }) => total + conflicts.length, 0),
      size * (parallel - 1)
    )
    t.ok(reports.every(({ conflicts }) => conflicts.every(({ expected, current }) => expected === 1 && current === 2)))
    const winners = reports.flatMap(({ rows }) => rows).sort((a, b) => a.id - b.id)
    t.strictSame(
      winners,
      await plain.contract.findMany({ select: { id: true, note: true, version: true }, orderBy: { id: 'asc' } }),
      'each winner was told so'
    )
  })
}

await t.test('parallel creates that leave out duplicates make each row once', async t => {
  const reports = await Promise.all(
    Array.from({ length: 6 }, (_, caller) =>
      prisma.tag.bulkCreate({
        data: shuffled(caller * 5).map(number => ({ slug: `t-${number}`, name: `by ${caller}` })),
        skipDuplicates: true
      })
    )
  )
  t.equal(sum(reports, 'created'), size)
  t.equal(await plain.tag.count(), size)
})

await t.test('upserts, updates and deletes of the same rows side by side end, and count what they did', async t => {
  const upserts = Array.from({ length: 8 }, (_, caller) =>
    prisma.tag.bulkUpsert({
      data: shuffled(caller).map(number => ({ slug: `t-${number}`, name: `by ${caller}` })),
      on: 'slug',
      select: true
    })
  )
  const deletes = Array.from({ length: 8 }, (_, caller) =>
    chunked.tag.bulkDelete({ where: shuffled(caller).map(number => ({ slug: `t-${number}` })) })
  )
  const updates = Array.from({ length: 4 }, (_, caller) =>
    prisma.tag.bulkUpdate({
      data: shuffled(caller).map(number => ({ where: { slug: `t-${number}` }, data: { name: `again ${caller}` } }))
    })
  )
  const [upserted, deleted, updated] = [
    await Promise.all(upserts),
    await Promise.all(deletes),
    await Promise.all(updates)
  ]
  t.equal(sum(upserted, 'created') - sum(deleted, 'deleted'), await plain.tag.count())
  t.ok(upserted.every(({ rows, count }) => rows.length === count && count === size))
  t.ok([...deleted, ...updated].every(({ count, missing }) => count + missing.length === size))
})

await t.test('parallel upserts on a partial unique index', async t => {
  await plain.token.createMany({ data: numbers.map(number => ({ email: `e-${number}`, deletedAt: new Date(0) })) })
  const reports = await Promise.all(
    Array.from({ length: parallel }, (_, caller) =>
      prisma.token.bulkUpsert({
        data: shuffled(caller).map(number => ({ email: `e-${number}`, label: `by ${caller}` })),
        on: 'liveEmail'
      })
    )
  )
  t.equal(sum(reports, 'created'), size)
  t.strictSame(
    [
      await plain.token.count({ where: { deletedAt: null } }),
      await plain.token.count({ where: { deletedAt: new Date(0), label: 'it\'s "new"' } })
    ],
    [size, size]
  )
})

const alone = { skip: kind === 'pglite' && 'PGlite has one session: nothing waits for another' }

await t.test('a row that another session makes meanwhile is found and updated', alone, async t => {
  const insert =
    "INSERT INTO contracts (contract_number, year, amount, note, updated_at) VALUES ('N-1', 2026, 1, 'theirs', now())"
  const item = (number: number, values: object) => ({
    contractNumber: `N-${number}`,
    year: 2026,
    amount: 1,
    ...values
  })
  const requests = {
    'same fields': [item(1, { note: 'ours' }), item(2, { note: 'ours' })],
    'different fields': [item(1, { note: 'ours' }), item(2, {})],
    'different fields, that one not named': [item(1, { status: 'active' }), item(2, { note: 'ours' })]
  }
  for (const [name, data] of Object.entries(requests)) {
    await query('TRUNCATE contracts CASCADE')
    const work = () =>
      prisma.contract.bulkUpsert({ data, on, select: { contractNumber: true, note: true, version: true } })
    const { created, updated, rows } = await againstSession(connectionString, { first: insert, then: 'COMMIT' }, work)
    t.strictSame([created, updated], [1, 1], name)
    const [first, second] = data as { note?: string }[]
    t.strictSame(
      rows,
      [
        { contractNumber: 'N-1', note: first!.note ?? 'theirs', version: 2 },
        { contractNumber: 'N-2', note: second!.note ?? null, version: 1 }
      ],
      name
    )
  }
})

await t.test('a row whose maker gives up is made', alone, async t => {
  const insert = "INSERT INTO tags (slug, name) VALUES ('a', 'theirs')"
  const { created } = await againstSession(connectionString, { first: insert, then: 'ROLLBACK' }, () =>
    prisma.tag.bulkUpsert({ data: [{ slug: 'a', name: 'ours' }], on: 'slug' })
  )
  t.equal(created, 1)
})

await t.test('a row that another session deletes before it is read is made again', async t => {
  await plain.tag.createMany({
    data: [
      { slug: 'a', name: 'a' },
      { slug: 'b', name: 'b' }
    ]
  })
  beforeRead = async () => await query("DELETE FROM tags WHERE slug = 'b'")
  const report = await prisma.tag.bulkUpsert({
    data: [
      { slug: 'b', name: 'b' },
      { slug: 'a', name: 'a' }
    ],
    on: 'slug',
    select: { slug: true }
  })
  t.match(report, { created: 1, updated: 0, unchanged: 1, count: 2, rows: [{ slug: 'b' }, { slug: 'a' }] })
  t.equal(await plain.tag.count(), 2)
})

await t.test('a session that the server ends under a statement', alone, async t => {
  const items = numbers.map(number => ({ contractNumber: `N-${number}`, year: 2026, amount: number }))
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    'upsert, one statement': () =>
      prisma.contract.bulkUpsert({ data: items.map(item => ({ ...item, note: 'lost' })), on }),
    'upsert, different fields': () =>
      prisma.contract.bulkUpsert({
        data: items.map((item, i) => (i % 2 === 0 ? { ...item, note: 'lost' } : item)),
        on
      }),
    'upsert, several chunks': () =>
      chunked.contract.bulkUpsert({ data: items.map(item => ({ ...item, note: 'lost' })), on }),
    'update, several chunks': () =>
      chunked.contract.bulkUpdate({
        data: numbers.map(number => ({ where: { id: number + 1 }, data: { note: 'lost' } }))
      }),
    'delete, one statement': () => prisma.contract.bulkDelete({ where: numbers.map(number => ({ id: number + 1 })) }),
    'a transaction of the caller': () =>
      prisma.$transaction(async tx => {
        await tx.tag.bulkCreate({ data: [{ slug: 'lost', name: 'lost' }] })
        await tx.contract.bulkUpsert({ data: items.map(item => ({ ...item, note: 'lost' })), on })
      })
  }
  await prisma.contract.bulkCreate({ data: items })
  for (const [name, call] of Object.entries(calls)) {
    const lock = "SELECT FROM contracts WHERE contract_number = 'N-5' FOR UPDATE"
    const { code, status, message, params } = await againstSession(
      connectionString,
      { first: lock, then: 'SELECT pg_terminate_backend(pid) WAITING' },
      () => failureOf(call())
    )
    t.strictSame(
      { code, status, message, params },
      { code: 'database_unavailable', status: 503, message: 'The database is not available', params: {} },
      name
    )
    t.strictSame(
      [await plain.contract.count(), await plain.contract.count({ where: { note: 'lost' } }), await plain.tag.count()],
      [size, 0, 0],
      `${name}: nothing was written`
    )
  }
  t.strictSame((await prisma.contract.bulkUpsert({ data: items, on })).unchanged, size, 'the next call works')
})

await t.test('a network that breaks between two chunks', async t => {
  let inserts = 0
  beforeInsert = client => {
    if (++inserts === 3) client.connection.stream.destroy()
  }
  const data = numbers.map(number => ({ slug: `t-${number}`, name: 'x' }))
  const { code, status, params } = await failureOf(chunked.tag.bulkCreate({ data }))
  t.strictSame({ code, status, params }, { code: 'database_unavailable', status: 503, params: {} })
  t.equal(await plain.tag.count(), 0, 'nothing was written')
  t.equal((await chunked.tag.bulkCreate({ data })).created, size, 'the next call works')
})
