import t from 'tap'
import { runAs } from 'fastify-prisma-commons/actor'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
let now = new Date('2026-01-01T00:00:00.000Z')
const options = { metadata, clock: () => now, actorContext: 'ignore' } as const
const prisma = plain.$extends(commons(options))
const chunked = plain.$extends(commons({ ...options, chunkRows: 2 }))

function goTo (day: number): void {
  now = new Date(Date.UTC(2026, 0, day))
}

/** Shelf 1 holds a tree of binders 1 → 2 → 3 and binder 4, shelf 2 binder 5; document n lies in binder n. */
t.beforeEach(async () => {
  await query('TRUNCATE "Shelf", "Binder", "Document", "Hold", "Label", users RESTART IDENTITY CASCADE')
  goTo(1)
  await plain.shelf.createMany({
    data: [
      { name: 'one', updatedAt: now },
      { name: 'two', updatedAt: now }
    ]
  })
  const parents = [null, 1, 2, null, null]
  await plain.binder.createMany({
    data: parents.map((parentId, i) => ({ name: `b${i + 1}`, shelfId: i === 4 ? 2 : 1, parentId }))
  })
  await plain.document.createMany({
    data: parents.map((_, i) => ({ title: 't', slug: `d${i + 1}`, binderId: i + 1, updatedAt: now }))
  })
  await plain.label.createMany({ data: [{ shelfId: 1, text: 'x' }] })
})

/** What is marked, as `name@day`; with `deletions`, the groups that were marked together. */
async function marked (): Promise<string> {
  const day = (date: Date | null): string => (date === null ? '' : `@${date.getUTCDate()}`)
  const where = { deletedAt: { not: null } }
  const names = [
    ...(await plain.shelf.findMany({ where, orderBy: { id: 'asc' } })).map(row => row.name + day(row.deletedAt)),
    ...(await plain.binder.findMany({ where, orderBy: { id: 'asc' } })).map(row => row.name + day(row.deletedAt)),
    ...(await plain.document.findMany({ where, orderBy: { slug: 'asc' } })).map(row => row.slug + day(row.deletedAt))
  ]
  return names.join(' ')
}

/** The deletions, each as the rows that carry its id. */
async function deletions (): Promise<string[]> {
  const rows = await query<{ names: string }>(`
    SELECT string_agg(name, ' ' ORDER BY name) AS names FROM (
      SELECT name, "deletionId" FROM "Shelf" UNION ALL SELECT name, "deletionId" FROM "Binder" UNION ALL SELECT slug, "deletionId" FROM "Document"
    ) rows WHERE "deletionId" IS NOT NULL GROUP BY "deletionId" ORDER BY names`)
  return rows.map(row => row.names)
}

const documentId = async (number: number): Promise<string> =>
  (await plain.document.findUniqueOrThrow({ where: { slug: `d${number}` } })).id

await t.test('a shelf takes along its binders, those below them, and their documents', async t => {
  goTo(2)
  const report = await prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] })
  t.match(report, { deleted: 1, count: 1 }, 'rows that went along are not counted')
  t.equal(await marked(), 'one@2 b1@2 b2@2 b3@2 b4@2 d1@2 d2@2 d3@2 d4@2')
  t.strictSame(await deletions(), ['b1 b2 b3 b4 d1 d2 d3 d4 one'], 'one deletion')
  t.equal(await plain.label.count(), 1, 'what cannot be marked stays')
  goTo(3)
  t.match(await prisma.shelf.bulkRestore({ where: [{ id: 1 }] }), { restored: 1, count: 1 })
  t.equal(await marked(), '')
  t.strictSame(await deletions(), [], 'no id is left')
})

await t.test('a deletion below, before or afterwards, is one of its own', async t => {
  goTo(2)
  await prisma.binder.bulkSoftDelete({ where: [{ id: 3 }] })
  await prisma.document.bulkSoftDelete({ where: [{ slug: 'd2' }] })
  goTo(3)
  await prisma.binder.bulkSoftDelete({ where: [{ id: 2 }] })
  goTo(4)
  await prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] })
  t.equal(await marked(), 'one@4 b1@4 b2@3 b3@2 b4@4 d1@4 d2@2 d3@2 d4@4')
  t.strictSame(await deletions(), ['b1 b4 d1 d4 one', 'b2', 'b3 d3', 'd2'])
  goTo(5)
  await prisma.shelf.bulkRestore({ where: [{ id: 1 }] })
  t.equal(await marked(), 'b2@3 b3@2 d2@2 d3@2', 'exactly what went with it came back')
  await prisma.document.bulkSoftDelete({ where: [{ slug: 'd4' }] })
  await prisma.binder.bulkRestore({ where: [{ id: 3 }] })
  t.equal(await marked(), 'b2@3 d2@2 d4@5')
})

await t.test('a row that went along comes back without those beside and above it', async t => {
  goTo(2)
  await prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }, { id: 2 }] })
  t.strictSame(await deletions(), ['b1 b2 b3 b4 d1 d2 d3 d4 one', 'b5 d5 two'])
  await prisma.binder.restore({ where: { id: 2 } })
  t.equal(await marked(), 'one@2 two@2 b1@2 b4@2 b5@2 d1@2 d4@2 d5@2', 'binder 2 and what is below it')
  await prisma.shelf.restore({ where: { id: 1 } })
  t.equal(await marked(), 'two@2 b5@2 d5@2')
})

await t.test('rows that are named themselves are deletions of their own, in whatever chunk they stand', async t => {
  for (const client of [prisma, chunked]) {
    await query('UPDATE "Binder" SET "deletedAt" = NULL, "deletionId" = NULL')
    await query('UPDATE "Document" SET "deletedAt" = NULL, "deletionId" = NULL')
    const report = await client.binder.bulkDelete({ where: [{ id: 1 }, { id: 5 }, { id: 2 }, { id: 3 }] })
    t.match(report, { deleted: 4, missing: [] })
    t.strictSame(await deletions(), ['b1 d1', 'b2 d2', 'b3 d3', 'b5 d5'])
    t.match(await client.binder.bulkRestore({ where: [{ id: 3 }, { id: 1 }, { id: 5 }] }), { restored: 3 })
    t.strictSame(await deletions(), ['b2 d2'])
  }
})

await t.test('circles of rows end', async t => {
  await query('UPDATE "Binder" SET "parentId" = 3 WHERE id = 1')
  goTo(2)
  await prisma.binder.bulkSoftDelete({ where: [{ id: 2 }] })
  t.equal(await marked(), 'b1@2 b2@2 b3@2 d1@2 d2@2 d3@2')
  await prisma.binder.bulkRestore({ where: [{ id: 2 }] })
  t.equal(await marked(), '')
  t.strictSame(await deletions(), [])
})

await t.test('rows that go along are stamped and counted as changed', async t => {
  await plain.user.createMany({ data: [{ name: 'alice' }, { name: 'bob' }] })
  const document = async () => {
    const { version, updatedAt, updatedById } = await plain.document.findUniqueOrThrow({ where: { slug: 'd3' } })
    return [version, updatedAt.getUTCDate(), updatedById]
  }
  goTo(2)
  await runAs({ id: 1 }, () => prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] }))
  t.strictSame(await document(), [2, 2, 1])
  goTo(3)
  await runAs({ id: 2 }, () => prisma.shelf.bulkRestore({ where: [{ id: 1 }] }))
  t.strictSame(await document(), [3, 3, 2])
  goTo(4)
  await prisma.shelf.bulkRestore({ where: [{ id: 1 }] })
  t.strictSame(await document(), [3, 3, 2], 'a live row is left alone')
})

await t.test('a row comes back as it is: without its mark and without the id', async t => {
  await prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] })
  const { rows } = await prisma.shelf.bulkRestore({ where: [{ id: 1 }, { id: 2 }], select: true })
  t.strictSame(rows, await plain.shelf.findMany({ orderBy: { id: 'asc' } }))
  await prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] })
  t.strictSame((await prisma.shelf.bulkRestore({ where: [{ id: 1 }], select: { name: true } })).rows, [
    { name: 'one' }
  ])
})

await t.test('a live row that restricts keeps all that it hangs on', async t => {
  const [id, other] = [await documentId(3), await documentId(5)]
  await plain.hold.createMany({
    data: [
      { documentId: id, reason: 'x' },
      { documentId: id, reason: 'y' }
    ]
  })
  const message = 'foreign_key_restricted: Other rows still refer to this Document'
  const calls: Readonly<Record<string, [() => Promise<unknown>, string[]]>> = {
    'the row itself': [() => prisma.document.bulkSoftDelete({ where: [{ id: other }, { id }] }), [`1 id ${message}`]],
    'by another key': [() => prisma.document.bulkDelete({ where: [{ slug: 'd3' }] }), [`0 slug ${message}`]],
    'what takes it along': [() => prisma.shelf.bulkSoftDelete({ where: [{ id: 2 }, { id: 1 }] }), [`1 id ${message}`]],
    'in another chunk': [
      () => chunked.binder.bulkDelete({ where: [{ id: 5 }, { id: 4 }, { id: 2 }] }),
      [`2 id ${message}`]
    ],
    'one row': [() => prisma.binder.softDelete({ where: { id: 1 } }), [` id ${message}`]]
  }
  for (const [name, [call, items]] of Object.entries(calls)) {
    const failure = await failureOf(call())
    t.strictSame([failure.code, failure.status, itemsOf(failure)], ['foreign_key_restricted', 409, items], name)
    t.strictSame(failure.details[0]?.params, { model: 'Document', referring: 'Hold' })
  }
  t.equal(await marked(), '', 'nothing was marked')

  await prisma.hold.bulkSoftDelete({ where: [{ id: 1 }] })
  t.equal(
    (await failureOf(prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] }))).code,
    'foreign_key_restricted',
    'one of the two is live'
  )
  await prisma.hold.bulkSoftDelete({ where: [{ id: 2 }] })
  t.match(await prisma.shelf.bulkSoftDelete({ where: [{ id: 1 }] }), { deleted: 1 }, 'marked ones keep nothing')
})

await t.test('a restriction inside a transaction takes back its own call', async t => {
  await plain.hold.create({ data: { documentId: await documentId(3), reason: 'x' } })
  await prisma.$transaction(async tx => {
    await tx.shelf.bulkSoftDelete({ where: [{ id: 2 }] })
    const failure = await failureOf(tx.shelf.bulkSoftDelete({ where: [{ id: 1 }] }))
    t.strictSame(itemsOf(failure), ['0 id foreign_key_restricted: Other rows still refer to this Document'])
  })
  t.equal(await marked(), 'two@1 b5@1 d5@1')
})

await t.test('a name that was taken meanwhile keeps a row from coming back', async t => {
  goTo(2)
  await prisma.binder.bulkSoftDelete({ where: [{ id: 3 }, { id: 4 }] })
  await plain.binder.create({ data: { name: 'b4', shelfId: 1 } })
  const before = await marked()
  const failure = await failureOf(prisma.binder.bulkRestore({ where: [{ id: 3 }, { id: 4 }] }))
  t.strictSame(
    [failure.code, failure.status, itemsOf(failure)],
    ['unique_violation', 409, ['1 - unique_violation: Binder with this shelfId, name already exists']]
  )
  const single = await failureOf(prisma.binder.restore({ where: { id: 4 } }))
  t.strictSame(
    [single.code, single.status, single.message],
    ['unique_violation', 409, 'Binder with this shelfId, name already exists']
  )
  t.equal(await marked(), before, 'nothing was restored')

  await plain.binder.create({ data: { name: 'b5', shelfId: 1 } })
  await prisma.shelf.bulkSoftDelete({ where: [{ id: 2 }] })
  await plain.binder.create({ data: { name: 'b5', shelfId: 2 } })
  const below = await failureOf(prisma.shelf.bulkRestore({ where: [{ id: 2 }] }))
  t.strictSame(
    [below.code, below.status, below.message],
    ['unique_violation', 409, 'Binder with this shelfId, name already exists'],
    'a row below'
  )
})

await t.test('the statements are as many as the levels, whatever the rows', async t => {
  const binders = 10_000
  await query(`INSERT INTO "Shelf" (name, "updatedAt") SELECT 'x', now() FROM generate_series(1, ${binders})`)
  await query('INSERT INTO "Binder" (name, "shelfId") SELECT \'x\', id FROM "Shelf" WHERE id > 2')
  await query(
    'INSERT INTO "Document" (id, title, slug, "binderId", "updatedAt") SELECT gen_random_uuid(), \'x\', \'x\' || ' +
      'id, id, now() FROM "Binder" WHERE id > 5'
  )
  const where = Array.from({ length: binders }, (_, i) => ({ id: i + 3 }))
  const framing = ['BEGIN', 'COMMIT']
  const statementsOfCall = async (call: () => Promise<unknown>): Promise<string[]> =>
    (await statementsOf(call)).filter(text => !framing.includes(text))
  const deleting = await statementsOfCall(async () => {
    t.match(await prisma.shelf.bulkSoftDelete({ where }), { deleted: binders })
  })
  t.equal(await plain.document.count({ where: { deletedAt: { not: null } } }), binders)
  // Shelves; their binders; binders below and documents; what restricts documents.
  t.equal(deleting.length, 5, deleting.join('\n'))
  const restoring = await statementsOfCall(async () => {
    t.match(await prisma.shelf.bulkRestore({ where }), { restored: binders })
  })
  // The same levels, then the ids of shelves and binders.
  t.equal(restoring.length, 6, restoring.join('\n'))
  t.strictSame(await deletions(), [])
  t.equal(await marked(), '')
})
