import t from 'tap'
import { runAs } from 'fastify-prisma-commons/actor'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { storeOf } from '../../prisma/binding/store.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
let now = new Date('2026-01-01T00:00:00.000Z')
const prisma = plain.$extends(commons({ metadata, clock: () => now, actorContext: 'ignore' }))
const store = storeOf(prisma)
const model = (name: string) => store.registry.model(name)
const ids = (...wanted: number[]) => wanted.map(id => ({ id }))
const counts = { count: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, missing: [], conflicts: [] }

/** Goes on to the nth day of January 2026. */
function goTo (day: number): Date {
  now = new Date(Date.UTC(2026, 0, day))
  return now
}

t.beforeEach(async () => {
  await query(
    'TRUNCATE "Shelf", "Binder", "Document", "Hold", "Label", articles, comments, contracts, tags, users RESTART ' +
      'IDENTITY CASCADE'
  )
  await plain.user.createMany({ data: [{ name: 'alice' }, { name: 'bob' }] })
  goTo(1)
  await runAs({ id: 1 }, () => prisma.shelf.bulkCreate({ data: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }))
})

/** `name: deleted on/by, restored by, updated on/by, version, active`, days for dates. */
async function shelves (): Promise<string[]> {
  const day = (date: Date | null): string => (date === null ? '-' : String(date.getUTCDate()))
  const rows = await plain.shelf.findMany({ orderBy: { id: 'asc' } })
  return rows.map(row =>
    [
      `${row.name}: ${day(row.deletedAt)}/${row.deletedById ?? '-'}, ${row.restoredById ?? '-'}, ` +
        `${day(row.updatedAt)}/${row.updatedById ?? '-'}, ${row.version}, ${row.isActive}`
    ].join()
  )
}

await t.test('a mark is a stamp, who made it, and a change of the row', async t => {
  goTo(2)
  const report = await runAs({ id: 2 }, () => prisma.shelf.bulkSoftDelete({ where: ids(3, 9, 1, 3) }))
  t.strictSame(report, { ...counts, count: 2, deleted: 2, missing: [{ index: 1, where: { id: 9 } }] })
  t.strictSame(await shelves(), ['a: 2/2, -, 2/2, 2, false', 'b: -/-, -, 1/1, 1, true', 'c: 2/2, -, 2/2, 2, false'])
  const deletions = (await plain.shelf.findMany({ where: { id: { in: [1, 3] } } })).map(row => row.deletionId)
  t.ok(deletions.every(id => /^[0-9a-f-]{36}$/.test(id ?? '')))
  t.not(deletions[0], deletions[1], 'each item is a deletion of its own')
})

await t.test('a second mark leaves the first one as it is', async t => {
  goTo(2)
  await runAs({ id: 2 }, () => prisma.shelf.bulkSoftDelete({ where: ids(1) }))
  const first = await plain.shelf.findUniqueOrThrow({ where: { id: 1 } })
  goTo(3)
  await runAs({ id: 1 }, async () => {
    t.strictSame(await prisma.shelf.bulkSoftDelete({ where: ids(1) }), { ...counts, count: 1, unchanged: 1 })
    t.strictSame(await prisma.shelf.softDelete({ where: { id: 1 } }), first)
    t.strictSame(await prisma.shelf.bulkDelete({ where: ids(1) }), {
      ...counts,
      missing: [{ index: 0, where: { id: 1 } }]
    })
  })
  t.strictSame(await plain.shelf.findUniqueOrThrow({ where: { id: 1 } }), first)
})

await t.test('a restoration takes the mark away, and is a change too', async t => {
  goTo(2)
  await runAs({ id: 2 }, () => prisma.shelf.bulkSoftDelete({ where: ids(1, 3) }))
  goTo(3)
  const report = await runAs({ id: 1 }, () =>
    prisma.shelf.bulkRestore({
      where: ids(2, 3, 9),
      select: { name: true, deletedAt: true, deletionId: true, version: true }
    })
  )
  t.strictSame(report, {
    ...counts,
    count: 2,
    unchanged: 1,
    restored: 1,
    missing: [{ index: 2, where: { id: 9 } }],
    rows: [
      { name: 'b', deletedAt: null, deletionId: null, version: 1 },
      { name: 'c', deletedAt: null, deletionId: null, version: 3 }
    ]
  })
  t.strictSame(await shelves(), ['a: 2/2, -, 2/2, 2, false', 'b: -/-, -, 1/1, 1, true', 'c: -/-, 1, 3/1, 3, true'])
  t.equal((await plain.shelf.findUniqueOrThrow({ where: { id: 3 } })).deletionId, null)
})

await t.test('one row at a time: the row itself comes back, or an error', async t => {
  goTo(2)
  const marked = await prisma.shelf.softDelete({ where: { id: 1 } })
  t.strictSame(marked, await plain.shelf.findUniqueOrThrow({ where: { id: 1 } }))
  t.strictSame(marked.deletedAt, now)
  await plain.binder.create({ data: { name: 'x', shelfId: 2 } })
  const below = { id: true, binders: { select: { name: true } } } as const
  t.strictSame(
    await prisma.shelf.softDelete({ where: { id: 2 }, select: below }),
    { id: 2, binders: [{ name: 'x' }] },
    'with what went along'
  )
  t.strictSame(await prisma.shelf.restore({ where: { id: 2 }, select: below }), { id: 2, binders: [{ name: 'x' }] })
  t.strictSame(
    await prisma.shelf.restore({ where: { id: 1 } }),
    await plain.shelf.findUniqueOrThrow({ where: { id: 1 } })
  )
  t.strictSame(
    await prisma.shelf.restore({ where: { id: 3 }, select: { version: true } }),
    { version: 1 },
    'a live row comes back as it is'
  )
  for (const method of ['softDelete', 'restore'] as const) {
    const { code, status, details } = await failureOf(prisma.shelf[method]({ where: { id: 9 } }))
    t.strictSame(
      [code, status, details],
      [
        'object_not_found',
        404,
        [
          {
            code: 'object_not_found',
            pointer: '/id',
            message: 'No Shelf with id 9',
            field: 'id',
            params: { model: 'Shelf', key: 'id', value: 9 }
          }
        ]
      ]
    )
  }
})

await t.test('a model without stamps beside the mark', async t => {
  const document = await plain.document.create({ data: { title: 't', slug: 's' } })
  await plain.hold.createMany({
    data: [
      { documentId: document.id, reason: 'x' },
      { documentId: document.id, reason: 'y' }
    ]
  })
  goTo(2)
  t.strictSame(await prisma.hold.bulkDelete({ where: ids(2), select: true }), {
    ...counts,
    count: 1,
    deleted: 1,
    rows: [{ id: 2, documentId: document.id, reason: 'y', deletedAt: now }]
  })
  t.strictSame(await prisma.hold.bulkRestore({ where: ids(2, 1) }), { ...counts, count: 2, restored: 1, unchanged: 1 })
})

await t.test('rows that are missing can fail the whole call', async t => {
  await plain.contract.createMany({
    data: [1, 2].map(number => ({ contractNumber: `N-${number}`, year: 2026, amount: 1 }))
  })
  await prisma.shelf.bulkSoftDelete({ where: ids(2) })
  const unmatched = 'error'
  const calls: Readonly<Record<string, [() => Promise<unknown>, string]>> = {
    bulkSoftDelete: [
      () => prisma.shelf.bulkSoftDelete({ where: ids(1, 9), unmatched }),
      '1 id object_not_found: No Shelf with id 9'
    ],
    bulkDelete: [
      () => prisma.shelf.bulkDelete({ where: ids(1, 2), unmatched }),
      '1 id object_not_found: No Shelf with id 2'
    ],
    bulkRestore: [
      () => prisma.shelf.bulkRestore({ where: ids(2, 9), unmatched }),
      '1 id object_not_found: No Shelf with id 9'
    ],
    'bulkDelete for good': [
      () => prisma.contract.bulkDelete({ where: ids(1, 9), unmatched }),
      '1 id object_not_found: No Contract with id 9'
    ],
    bulkUpdate: [
      () => prisma.shelf.bulkUpdate({ data: ids(1, 2).map(where => ({ where, data: { name: 'new' } })), unmatched }),
      '1 id object_not_found: No Shelf with id 2'
    ],
    bulkReplace: [
      () => prisma.shelf.bulkReplace({ data: ids(1, 2).map(where => ({ where, data: { name: 'new' } })), unmatched }),
      '1 id object_not_found: No Shelf with id 2'
    ],
    'bulkDelete of one': [
      () => prisma.contract.bulkDelete({ where: ids(9), unmatched }),
      '0 id object_not_found: No Contract with id 9'
    ]
  }
  const before = [await shelves(), await plain.contract.count()]
  for (const [name, [call, item]] of Object.entries(calls)) {
    const failure = await failureOf(call())
    t.strictSame([failure.code, failure.status, itemsOf(failure)], ['object_not_found', 404, [item]], name)
  }
  t.strictSame([await shelves(), await plain.contract.count()], before, 'nothing was written')
})

await t.test('versions that items expect', async t => {
  await plain.contract.createMany({
    data: [1, 2, 3].map(number => ({ contractNumber: `N-${number}`, year: 2026, amount: 1, version: number }))
  })
  const contract = model('Contract')
  t.strictSame(await store.delete(contract, ids(1, 2, 9), { rows: null, expected: [1, 7, 1] }), {
    ...counts,
    count: 1,
    deleted: 1,
    missing: [{ index: 2, where: { id: 9 } }],
    conflicts: [{ index: 1, where: { id: 2 }, expected: 7, current: 2 }]
  })
  const stale = await failureOf(
    store.delete(contract, ids(2, 3, 9), { rows: null, expected: [7, undefined, 1], unmatched: 'error' })
  )
  t.strictSame(
    [stale.status, itemsOf(stale)],
    [
      400,
      [
        '0 version version_conflict: The row has changed: its version is 2, not 7',
        '2 id object_not_found: No Contract with id 9'
      ]
    ]
  )
  t.equal(await plain.contract.count(), 2, 'nothing more was deleted')
  t.strictSame(
    (await failureOf(store.delete(contract, ids(3), { rows: null, expected: [2], unmatched: 'error' }))).code,
    'version_conflict',
    'of one alone'
  )

  const shelf = model('Shelf')
  const conflict = (index: number, id: number, current: number) => ({ index, where: { id }, expected: 7, current })
  t.strictSame(await store.delete(shelf, ids(1, 2), { rows: null, expected: [1, 7] }), {
    ...counts,
    count: 1,
    deleted: 1,
    conflicts: [conflict(1, 2, 1)]
  })
  t.strictSame(
    await store.softDelete(shelf, ids(1, 2), { rows: null, expected: [7, 7] }),
    { ...counts, conflicts: [conflict(0, 1, 2), conflict(1, 2, 1)] },
    'of a marked row too'
  )
  t.strictSame(await store.restore(shelf, ids(1), { rows: null, expected: [7] }), {
    ...counts,
    restored: 0,
    conflicts: [conflict(0, 1, 2)]
  })
  t.strictSame(await store.restore(shelf, ids(1), { rows: null, expected: [2] }), { ...counts, count: 1, restored: 1 })
  t.strictSame(itemsOf(await failureOf(store.delete(shelf, ids(1, 1), { rows: null, expected: [3, 4] }))), [
    '0 id duplicate_key: Duplicate id at indexes 0, 1',
    '1 id duplicate_key: Duplicate id at indexes 0, 1'
  ])
  await t.rejects(store.delete(model('Tag'), ids(1), { rows: null, expected: [1] }), {
    code: 'validation_failed',
    message: 'Tag has no version: add "/// @commons.version" to the model'
  })
})

await t.test('a deletion inside a transaction goes with it', async t => {
  await plain.binder.create({ data: { name: 'x', shelfId: 1 } })
  const marked = async () => [
    await plain.shelf.count({ where: { deletedAt: { not: null } } }),
    await plain.binder.count({ where: { deletedAt: { not: null } } })
  ]
  await t.rejects(
    prisma.$transaction(async tx => {
      await tx.shelf.bulkSoftDelete({ where: ids(1) })
      t.strictSame(await tx.binder.count(), 0, 'seen inside')
      throw new Error('undo')
    }),
    { message: 'undo' }
  )
  t.strictSame(await marked(), [0, 0])
  await prisma.$transaction(async tx => {
    await tx.shelf.bulkSoftDelete({ where: ids(1) })
    const failure = await failureOf(tx.shelf.bulkSoftDelete({ where: ids(2, 9), unmatched: 'error' }))
    t.equal(failure.code, 'object_not_found')
    await tx.shelf.softDelete({ where: { id: 3 } })
  })
  t.strictSame(await marked(), [2, 1], 'a call that failed took back itself alone')
})

await t.test('an age tells which rows are removed for good, the oldest first', async t => {
  const made = (days: readonly number[]) =>
    plain.article.createMany({
      data: days.map(day => ({
        title: 't',
        slug: `s-${day}`,
        content: '',
        deletedAt: day === 0 ? null : new Date(Date.UTC(2026, 0, day))
      }))
    })
  const left = async () => (await plain.article.findMany({ orderBy: { slug: 'asc' } })).map(row => row.slug)
  await made([0, 5, 1, 4, 2, 3])
  goTo(6)
  const day = 24 * 60 * 60 * 1000
  t.strictSame(await prisma.article.purge({ olderThan: 4 * day, limit: 1 }), { ...counts, count: 1, deleted: 1 })
  t.strictSame(await left(), ['s-0', 's-2', 's-3', 's-4', 's-5'], 'the oldest')
  t.strictSame(await prisma.article.purge({ olderThan: 3 * day }), { ...counts, count: 1, deleted: 1 })
  t.strictSame(await left(), ['s-0', 's-3', 's-4', 's-5'], 'the day itself is not before')
  t.strictSame(await prisma.article.purge({ olderThan: new Date('2026-01-05T00:00:00.001Z') }), {
    ...counts,
    count: 3,
    deleted: 3
  })
  t.strictSame(await left(), ['s-0'], 'a live row stays')
  t.strictSame(await prisma.article.purge({ olderThan: 0 }), counts)
})

await t.test('a row that the database keeps keeps all', async t => {
  const [held, free] = [
    await plain.document.create({ data: { title: 't', slug: 'a', deletedAt: now } }),
    await plain.document.create({ data: { title: 't', slug: 'b', deletedAt: now } })
  ]
  await plain.hold.create({ data: { documentId: held.id, reason: 'x', deletedAt: now } })
  goTo(2)
  const { code, status, message, params } = await failureOf(prisma.document.purge({ olderThan: 0 }))
  t.strictSame(
    [code, status, message, params],
    [
      'foreign_key_restricted',
      409,
      'Other rows still refer to this Document',
      { model: 'Document', referring: 'Hold', constraintFields: ['documentId'] }
    ]
  )
  t.equal(await plain.document.count(), 2)
  await prisma.hold.purge({ olderThan: 0 })
  t.equal((await prisma.document.purge({ olderThan: 0 })).deleted, 2)
  t.ok(free)
})

await t.test('one statement where nothing else has to be looked at', async t => {
  const { id } = await plain.article.create({ data: { title: 't', slug: 's', content: '' } })
  await plain.comment.create({ data: { articleId: id, body: 'x', rating: 1 } })
  const where = [{ id }]
  t.equal((await statementsOf(() => prisma.article.bulkSoftDelete({ where }))).length, 1)
  t.equal((await statementsOf(() => prisma.article.bulkRestore({ where }))).length, 1)
  t.equal((await statementsOf(() => prisma.article.softDelete({ where: { id } }))).length, 1)
  t.equal((await statementsOf(() => prisma.article.restore({ where: { id }, select: { slug: true } }))).length, 1)
  t.equal((await statementsOf(() => prisma.article.bulkDelete({ where }))).length, 1)
  t.equal((await statementsOf(() => prisma.article.purge({ olderThan: 0 }))).length, 1)
  t.equal(await plain.comment.count(), 1, 'what cannot be marked stays')
})

await t.test('arguments that would be ignored or misread are refused', async t => {
  const call = (name: string, args: unknown, on: object = prisma.shelf): Promise<unknown> =>
    (on as Record<string, (args: unknown) => Promise<unknown>>)[name]!(args)
  const wrong: readonly (readonly [string, unknown, string, object?])[] = [
    ['softDelete', { where: [{ id: 1 }] }, 'Shelf.softDelete: where takes a unique selector'],
    ['restore', {}, 'Shelf.restore: where takes a unique selector'],
    ['softDelete', { where: { id: 1 }, data: {} }, 'Shelf.softDelete: unknown argument "data". Known: where, select'],
    ['bulkSoftDelete', { where: { id: 1 } }, 'Shelf.bulkSoftDelete: where takes a list'],
    ['bulkRestore', { where: [], unmatched: 'ignore' }, 'Shelf.bulkRestore: unmatched takes "report" or "error"'],
    ['bulkUpdate', { data: [], unmatched: true }, 'Shelf.bulkUpdate: unmatched takes "report" or "error"'],
    ['purge', {}, 'Shelf.purge: olderThan takes a Date or an age in milliseconds'],
    ['purge', { olderThan: -1 }, 'Shelf.purge: olderThan takes a Date or an age in milliseconds'],
    ['purge', { olderThan: new Date('x') }, 'Shelf.purge: olderThan takes a Date or an age in milliseconds'],
    ['purge', { olderThan: 0, limit: 0 }, 'Shelf.purge: limit takes a whole number above 0'],
    ['purge', { olderThan: 0, select: true }, 'Shelf.purge: unknown argument "select". Known: olderThan, limit'],
    [
      'softDelete',
      { where: { id: 1 } },
      'Tag has no soft deletion: add "/// @commons.softDelete" to the model',
      prisma.tag
    ],
    [
      'restore',
      { where: { id: 1 } },
      'Tag has no soft deletion: add "/// @commons.softDelete" to the model',
      prisma.tag
    ],
    ['purge', { olderThan: 0 }, 'Tag has no soft deletion: add "/// @commons.softDelete" to the model', prisma.tag]
  ]
  for (const [name, args, message, on] of wrong) {
    await t.rejects(call(name, args, on), { code: 'validation_failed', message })
  }
  t.equal(await plain.shelf.count({ where: { deletedAt: null } }), 3)
})

await t.test('deleted rows are not told apart by what is unique among live ones', async t => {
  await t.rejects(prisma.article.restore({ where: { slug: 's' } }), {
    code: 'invalid_unique_fields',
    status: 400,
    message: '"slug" is unique among live rows of Article only. Select deleted ones by id'
  })
})
