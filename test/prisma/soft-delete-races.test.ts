import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { storeOf } from '../../prisma/binding/store.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { againstSession } from '../helpers/sessions.js'
import { beforeStatements } from '../helpers/statements.js'

const { kind, connectionString, prisma: plain, pool, query } = await createDatabase(t, { max: 20 })
/** What is done once before the next row is read by key. */
let beforeRead: (() => Promise<unknown>) | undefined

beforeStatements(pool, text => {
  if (!/^select .* join unnest/.test(text)) return undefined
  const work = beforeRead
  beforeRead = undefined
  return work?.()
})

const day = 86_400_000
let calls = 0
/** Each call has a day of its own. */
const prisma = plain.$extends(
  commons({ metadata, actorContext: 'ignore', clock: () => new Date(Date.UTC(2026, 0, 1) + calls++ * day) })
)
const store = storeOf(prisma)
const shelf = store.registry.model('Shelf')
const alone = { skip: kind === 'pglite' && 'PGlite has one session: nothing waits for another' }
const updatedAt = new Date(0)
const first = new Date('2025-01-01T00:00:00.000Z')

t.beforeEach(async () => {
  await query('TRUNCATE "Shelf", "Binder", "Document", "Hold", "Label" RESTART IDENTITY CASCADE')
})

/** Shelves 1 to `count`; the ids of `marked` ones were deleted a year ago. */
async function makeShelves (count: number, marked: readonly number[] = []): Promise<void> {
  await plain.shelf.createMany({
    data: Array.from({ length: count }, (_, i) => ({
      name: `s${i + 1}`,
      updatedAt,
      deletedAt: marked.includes(i + 1) ? first : null
    }))
  })
}

const shelves = async (): Promise<unknown[]> =>
  (await plain.shelf.findMany({ orderBy: { id: 'asc' } })).map(row => [row.deletedAt, row.version])

await t.test('of twenty deletions of one row one marks it, and its stamp stays', async t => {
  await makeShelves(1)
  const reports = await Promise.all(
    Array.from({ length: 20 }, () => prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }], select: true }))
  )
  t.strictSame(
    [reports.filter(({ deleted }) => deleted === 1).length, reports.filter(({ unchanged }) => unchanged === 1).length],
    [1, 19]
  )
  const stored = await plain.shelf.findMany()
  t.strictSame(
    reports.map(({ rows }) => rows),
    reports.map(() => stored),
    'all were told of the same stamp, id and version'
  )
  t.equal(stored[0]?.version, 2)
  const rows = await Promise.all(Array.from({ length: 20 }, () => prisma.shelf.softDelete({ where: { id: 1 } })))
  t.strictSame(
    rows,
    rows.map(() => stored[0]),
    'single deletions keep it too'
  )

  const restored = await Promise.all(
    Array.from({ length: 20 }, () => prisma.shelf.bulkRestore({ where: [{ id: 1 }] }))
  )
  t.strictSame(
    [
      restored.filter(report => report.restored === 1).length,
      restored.filter(({ unchanged }) => unchanged === 1).length
    ],
    [1, 19]
  )
  t.strictSame(await shelves(), [[null, 3]])
})

await t.test(
  'of twenty deletions that expect one version one marks the row, the others are told of the next version',
  async t => {
    await makeShelves(1)
    const reports = await Promise.all(
      Array.from({ length: 20 }, () => store.softDelete(shelf, [{ id: 1 }], { rows: null, expected: [1] }))
    )
    t.equal(reports.filter(({ deleted }) => deleted === 1).length, 1)
    const conflict = { index: 0, where: { id: 1 }, expected: 1, current: 2 }
    t.strictSame(
      reports.filter(({ deleted }) => deleted === 0).map(({ unchanged, conflicts }) => ({ unchanged, conflicts })),
      Array.from({ length: 19 }, () => ({ unchanged: 0, conflicts: [conflict] }))
    )
  }
)

type Change = 'softDelete' | 'restore'

/** The statement of another session by which a row is deleted, or comes back. */
const others: { readonly [change in Change]: string } = {
  softDelete: `UPDATE "Shelf" SET "deletedAt" = '${first.toISOString()}', version = version + 1 WHERE id = 1`,
  restore: 'UPDATE "Shelf" SET "deletedAt" = NULL, version = version + 1 WHERE id = 1'
}
const changes = Object.entries(others) as [Change, string][]
const doneBy: { readonly [change in Change]: 'deleted' | 'restored' } = { softDelete: 'deleted', restore: 'restored' }

for (const [change, theirs] of changes) {
  const marked = change === 'restore' ? [1, 2] : []
  const done = doneBy[change]

  await t.test(`${change} waits for a session that does the same`, alone, async t => {
    await makeShelves(1, marked)
    const call = (expected: number | undefined) => () =>
      store[change](shelf, [{ id: 1 }], { rows: null, expected: [expected] })
    t.match(
      await againstSession(connectionString, { first: theirs, then: 'ROLLBACK' }, call(1)),
      { [done]: 1, conflicts: [] },
      'the other gave up'
    )
    await query('UPDATE "Shelf" SET "deletedAt" = $1, version = 1', [change === 'restore' ? first : null])
    const stale = await againstSession(connectionString, { first: theirs, then: 'COMMIT' }, call(1))
    t.match(
      stale,
      { [done]: 0, unchanged: 0, missing: [], conflicts: [{ index: 0, where: { id: 1 }, expected: 1, current: 2 }] },
      'the version is stale'
    )
    await query('UPDATE "Shelf" SET "deletedAt" = $1, version = 1', [change === 'restore' ? first : null])
    t.match(
      await againstSession(connectionString, { first: theirs, then: 'COMMIT' }, call(undefined)),
      { [done]: 0, unchanged: 1, conflicts: [] },
      'no version is asked for'
    )
    t.strictSame(await shelves(), [[change === 'restore' ? null : first, 2]], 'what the other wrote stays')
    t.match(
      await store[change](shelf, [{ id: 1 }], { rows: null, expected: [2] }),
      { [done]: 0, unchanged: 1, conflicts: [] },
      'the version that the other left'
    )
    t.match(await store[change](shelf, [{ id: 1 }], { rows: null, expected: [1] }), {
      unchanged: 0,
      conflicts: [{ expected: 1, current: 2 }]
    })
  })

  await t.test(`${change} of a row that gets the expected version meanwhile is done`, alone, async t => {
    const touched = 'UPDATE "Shelf" SET version = version + 1'
    // The statement looks at row 1, passes it by, and waits for row 2.
    const selectors = [{ id: 1 }, { id: 2 }]
    await makeShelves(2, marked)
    const call = () => store[change](shelf, selectors, { rows: null, expected: [2, undefined] })
    t.match(await againstSession(connectionString, { first: touched, then: 'COMMIT' }, call), {
      [done]: 2,
      unchanged: 0,
      conflicts: []
    })
    await query('TRUNCATE "Shelf" RESTART IDENTITY CASCADE')
    await makeShelves(2, marked)
    const inside = () =>
      prisma.$transaction(
        async tx => await storeOf(tx)[change](shelf, selectors, { rows: null, expected: [2, undefined] })
      )
    t.match(
      await againstSession(connectionString, { first: touched, then: 'COMMIT' }, inside),
      { [done]: 2, unchanged: 0, conflicts: [] },
      'inside a transaction'
    )
  })

  await t.test(`${change} of a row that another session makes before it is looked for is done`, alone, async t => {
    beforeRead = async () => await makeShelves(1, marked)
    t.match(await prisma.shelf[change === 'restore' ? 'bulkRestore' : 'bulkSoftDelete']({ where: [{ id: 1 }] }), {
      [done]: 1,
      unchanged: 0,
      missing: []
    })
    t.equal(beforeRead, undefined)
  })
}

/** Shelf n holds binders n1 → n2 → n3, each the parent of the next, and each binder has a document. */
async function makeTrees (count: number): Promise<void> {
  await makeShelves(count)
  for (let id = 1; id <= count; id++) {
    const binders = [1, 2, 3].map(n => ({
      id: id * 10 + n,
      name: `b${n}`,
      shelfId: id,
      parentId: n === 1 ? null : id * 10 + n - 1
    }))
    await plain.binder.createMany({ data: binders })
    await plain.document.createMany({
      data: binders.map(binder => ({ title: 't', slug: `d${binder.id}`, binderId: binder.id, updatedAt }))
    })
  }
  // So that statements without an order of their own meet the rows in another one than that of their keys.
  await query('UPDATE "Binder" SET name = name WHERE id % 2 = 0')
}

/** What carries the id of a deletion, by that id. */
async function batches (): Promise<Map<string, string[]>> {
  const rows = await query<{ id: string; names: string[] }>(`
    SELECT "deletionId" AS id, array_agg(name ORDER BY name) AS names FROM (
      SELECT 's' || id AS name, "deletionId" FROM "Shelf" UNION ALL SELECT 'b' || id, "deletionId" FROM "Binder" UNION ALL SELECT slug, "deletionId" FROM "Document"
    ) rows WHERE "deletionId" IS NOT NULL GROUP BY 1`)
  return new Map(rows.map(({ id, names }) => [id, names]))
}

/** How many rows are marked, and how many of those or of the live ones do not carry the id that they should. */
async function marks (): Promise<unknown> {
  const tables = ['Shelf', 'Binder', 'Document']
    .map(table => `SELECT "deletedAt", "deletionId" FROM "${table}"`)
    .join(' UNION ALL ')
  return (
    await query(
      'SELECT count("deletedAt")::int AS marked, count(*) FILTER (WHERE ("deletedAt" IS NULL) <> ("deletionId" IS ' +
        `NULL))::int AS wrong FROM (${tables}) rows`
    )
  )[0]
}

await t.test('deletions of overlapping trees in opposite orders end, and each row belongs to one of them', async t => {
  const count = 12
  const ids = Array.from({ length: count }, (_, i) => i + 1)
  const bindersOf = (n: number) => ids.toReversed().map(id => ({ id: id * 10 + n }))
  for (const round of [1, 2, 3]) {
    await query('TRUNCATE "Shelf", "Document" RESTART IDENTITY CASCADE')
    await makeTrees(count)
    const reports = await Promise.all([
      prisma.shelf.bulkSoftDelete({ where: ids.map(id => ({ id })) }),
      prisma.shelf.bulkSoftDelete({ where: ids.toReversed().map(id => ({ id })) }),
      prisma.binder.bulkSoftDelete({ where: bindersOf(1) }),
      prisma.binder.bulkDelete({ where: bindersOf(2) }),
      prisma.document.bulkSoftDelete({ where: bindersOf(3).map(({ id }) => ({ slug: `d${id}` })) })
    ])
    t.strictSame(
      reports.map(report => report.deleted + report.unchanged + report.missing.length),
      Array(5).fill(count),
      `round ${round}: each item is told of`
    )
    t.strictSame(await marks(), { marked: count * 7, wrong: 0 })

    const before = await batches()
    const { deletionId } = await plain.shelf.findUniqueOrThrow({ where: { id: 1 } })
    await prisma.shelf.restore({ where: { id: 1 } })
    t.ok(before.delete(deletionId!))
    t.strictSame(await batches(), before, 'its own batch came back, and no other row')
    t.match(await marks(), { wrong: 0 })
  }
})

await t.test('who is in a deadlock begins again', alone, async t => {
  await makeTrees(1)
  // The other session is the last to look for deadlocks, so that it is not the one to end.
  const first = ["SET deadlock_timeout = '1min'", 'UPDATE "Binder" SET name = name WHERE id = 13']
  const then = ['UPDATE "Shelf" SET name = \'theirs\' WHERE id = 1', 'COMMIT']
  const call = () => prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] })
  t.match(await againstSession(connectionString, { first, then }, call), { deleted: 1, unchanged: 0 })
  t.strictSame(
    [await marks(), (await plain.shelf.findMany()).map(({ name }) => name)],
    [{ marked: 7, wrong: 0 }, ['theirs']]
  )
  t.equal((await batches()).size, 1)
})

await t.test('rows that others make below a row', alone, async t => {
  const binder = 'INSERT INTO "Binder" (id, name, "shelfId") VALUES (99, \'new\', 1)'
  const remove = () => prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] })
  const live = async (): Promise<number> => await plain.binder.count({ where: { deletedAt: null } })

  await makeTrees(1)
  const lock = 'SELECT FROM "Shelf" WHERE id = 1 AND "deletedAt" IS NULL FOR SHARE'
  t.match(await againstSession(connectionString, { first: [lock, binder], then: 'COMMIT' }, remove), { deleted: 1 })
  t.equal(await live(), 0, 'who locks the row above is waited for, and the new row goes along')
  const mark = 'UPDATE "Shelf" SET "deletedAt" = now() WHERE id = 2'
  await plain.shelf.create({ data: { name: 's2', updatedAt } })
  t.strictSame(
    await againstSession(connectionString, { first: mark, then: 'COMMIT' }, () =>
      query(lock.replace('id = 1', 'id = 2'))
    ),
    [],
    'and finds none that was deleted meanwhile'
  )

  await plain.document.create({ data: { title: 't', slug: 'held', updatedAt } })
  const { id } = await plain.document.findUniqueOrThrow({ where: { slug: 'held' } })
  const hold = [
    `SELECT FROM "Document" WHERE id = '${id}' FOR SHARE`,
    `INSERT INTO "Hold" ("documentId", reason) VALUES ('${id}', 'x')`
  ]
  const refused = await againstSession(connectionString, { first: hold, then: 'COMMIT' }, () =>
    failureOf(prisma.document.softDelete({ where: { id } }))
  )
  t.strictSame(itemsOf(refused), [' id foreign_key_restricted: Other rows still refer to this Document'])
  t.equal((await plain.document.findUniqueOrThrow({ where: { id } })).deletedAt, null)

  // The limit: a foreign key knows no marks, and neither session sees the other's row.
  await query('TRUNCATE "Shelf", "Document" RESTART IDENTITY CASCADE')
  await makeTrees(1)
  await plain.$transaction(async tx => {
    await tx.$executeRawUnsafe(binder)
    t.match(await remove(), { deleted: 1 }, 'nothing waits')
  })
  t.equal(await live(), 1, 'the new row is live below a deleted one')
})
