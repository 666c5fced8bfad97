import { commons } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore' }))
const everything = prisma.$withDeleted()

// Two shelves of two binders each with two documents; of every pair the second is marked.
const marked = { deletedAt: new Date('2026-01-01T00:00:00Z') }
const documents = (name: string) => [
  { title: 'seen', slug: `${name}-seen` },
  { title: 'gone', slug: `${name}-gone`, ...marked }
]
const binders = (name: string) => [
  { name: 'seen', documents: { create: documents(`${name}-a`) } },
  { name: 'gone', ...marked, documents: { create: documents(`${name}-b`) } }
]
await database.prisma.shelf.create({ data: { id: 1, name: 'seen', binders: { create: binders('1') } } })
await database.prisma.shelf.create({ data: { id: 2, name: 'gone', ...marked, binders: { create: binders('2') } } })

const names = (rows: readonly { readonly name: string }[]): string[] => rows.map(row => row.name)
const where = { id: 2 }

await t.test('no shape of reading shows a row that is marked', async t => {
  t.equal(await prisma.shelf.findUnique({ where }), null, 'findUnique')
  await t.rejects(prisma.shelf.findUniqueOrThrow({ where }), { code: 'P2025' }, 'findUniqueOrThrow')
  t.equal(await prisma.shelf.findFirst({ where }), null, 'findFirst')
  await t.rejects(prisma.shelf.findFirstOrThrow({ where }), { code: 'P2025' }, 'findFirstOrThrow')
  t.strictSame(names(await prisma.shelf.findMany()), ['seen'], 'findMany')
  t.equal(await prisma.shelf.count(), 1, 'count')
  t.strictSame(
    await prisma.shelf.aggregate({ _count: true, _max: { id: true } }),
    { _count: 1, _max: { id: 1 } },
    'aggregate'
  )
  t.strictSame(await prisma.shelf.groupBy({ by: ['name'], _count: true }), [{ _count: 1, name: 'seen' }], 'groupBy')
  const included = await prisma.shelf.findMany({ include: { binders: { include: { documents: true } } } })
  t.strictSame(
    included.map(shelf => shelf.binders.map(binder => [binder.name, binder.documents.map(({ title }) => title)])),
    [[['seen', ['seen']]]],
    'include, two levels deep'
  )
  const selected = await prisma.shelf.findMany({
    select: { binders: { select: { name: true, documents: { select: { title: true } } } } }
  })
  t.strictSame(selected, [{ binders: [{ name: 'seen', documents: [{ title: 'seen' }] }] }], 'select, two levels deep')
  t.equal(await prisma.shelf.count({ where: { binders: { some: { name: 'gone' } } } }), 0, 'relation filters')
  const { _count: counts } = await prisma.shelf.findFirstOrThrow({ include: { _count: true } })
  t.strictSame(counts, { binders: 1, labels: 0 }, '_count')
})

await t.test('conditions on related rows ask those that are not marked', async t => {
  const count = async (binders: object): Promise<number> => prisma.shelf.count({ where: { binders } })
  t.equal(await count({ some: { documents: { some: { title: 'gone' } } } }), 0)
  t.equal(await count({ none: { name: 'gone' } }), 1)
  t.equal(await count({ none: {} }), 0)
  t.equal(await count({ every: { name: 'seen' } }), 1)
  t.equal(await count({ every: { name: 'gone' } }), 0)
  t.equal(
    await prisma.shelf.count({
      where: {
        OR: [{ binders: { some: { name: 'gone' } } }, { AND: { NOT: { binders: { none: { name: 'gone' } } } } }]
      }
    }),
    0
  )

  const seenBy = async (binder: object): Promise<string[]> =>
    (await prisma.document.findMany({ where: { binder }, orderBy: { slug: 'asc' } })).map(({ slug }) => slug)
  t.strictSame(await seenBy({ name: { in: ['seen', 'gone'] } }), ['1-a-seen', '2-a-seen'])
  t.strictSame(await seenBy({ is: { name: 'gone' } }), [])
  t.strictSame(await seenBy({ isNot: { name: 'gone' } }), ['1-a-seen', '1-b-seen', '2-a-seen', '2-b-seen'])
  t.strictSame(await seenBy({ shelf: { name: 'gone' } }), [])
})

await t.test('an optional relation to a marked row is empty, a required one shows it', async t => {
  const document = await prisma.document.findFirstOrThrow({ where: { slug: '1-b-seen' }, include: { binder: true } })
  t.equal(document.binder, null)
  const chosen = await prisma.document.findFirstOrThrow({
    where: { slug: '1-a-seen' },
    select: { binder: { select: { name: true } } }
  })
  t.strictSame(chosen, { binder: { name: 'seen' } })
  // Prisma takes no condition here.
  const binder = await prisma.binder.findFirstOrThrow({ where: { shelfId: 2 }, include: { shelf: true } })
  t.equal(binder.shelf.name, 'gone')
})

await t.test('counts name the lists that are counted', async t => {
  const chosen = await prisma.shelf.findFirstOrThrow({ select: { _count: { select: { binders: true } } } })
  t.strictSame(chosen, { _count: { binders: 1 } })
  const filtered = await prisma.shelf.findFirstOrThrow({
    select: { _count: { select: { binders: { where: { name: 'gone' } } } } }
  })
  t.strictSame(filtered, { _count: { binders: 0 } })
  const nested = await prisma.shelf.findFirstOrThrow({ select: { binders: { select: { _count: true } } } })
  t.strictSame(nested, { binders: [{ _count: { children: 0, documents: 1 } }] })
})

await t.test('a relation that is asked of a found row leaves marked rows out', async t => {
  const found = await prisma.shelf.findUnique({ where: { id: 1 } }).binders({ where: { name: { not: '' } } })
  t.strictSame(
    found?.map(({ name }) => name),
    ['seen']
  )
})

await t.test('what a write gives back leaves marked rows out', async t => {
  const updated = await prisma.shelf.update({
    where: { id: 1 },
    data: {},
    include: { binders: { include: { documents: true } } }
  })
  t.strictSame(
    updated.binders.map(({ documents }) => documents.map(({ title }) => title)),
    [['seen']]
  )
})

await t.test("a condition on the mark itself is the caller's affair", async t => {
  const deletedAt = { not: null }
  t.strictSame(names(await prisma.shelf.findMany({ where: { deletedAt } })), ['gone'])
  t.strictSame(
    names(await prisma.shelf.findMany({ where: { OR: [{ deletedAt }, { name: 'seen' }] }, orderBy: { id: 'asc' } })),
    ['seen', 'gone']
  )
  t.strictSame(
    await prisma.shelf.findMany({
      where: { binders: { some: { deletedAt } } },
      select: { binders: { where: { deletedAt }, select: { name: true } } }
    }),
    [{ binders: [{ name: 'gone' }] }]
  )
})

await t.test('`deleted` tells what a reading sees', async t => {
  t.strictSame(names(await prisma.shelf.findMany({ deleted: 'exclude' })), ['seen'])
  t.strictSame(names(await prisma.shelf.findMany({ deleted: 'include', orderBy: { id: 'asc' } })), ['seen', 'gone'])
  t.strictSame(names(await prisma.shelf.findMany({ deleted: 'only' })), ['gone'])
  t.equal(await prisma.shelf.count({ deleted: 'only', where: { name: 'seen' } }), 0)
  t.strictSame(await prisma.shelf.aggregate({ deleted: 'only', _max: { id: true } }), { _max: { id: 2 } })
  t.strictSame(await prisma.shelf.groupBy({ deleted: 'include', by: ['name'], orderBy: { name: 'asc' } }), [
    { name: 'gone' },
    { name: 'seen' }
  ])
  // What is looked at among the deleted is seen with all that belongs to it.
  const [only] = await prisma.shelf.findMany({ deleted: 'only', include: { binders: true } })
  t.strictSame(only?.binders.map(({ name }) => name).sort(), ['gone', 'seen'])
  const wrong = { deleted: 'all' } as unknown as { deleted: 'only' }
  t.throws(() => prisma.shelf.findMany(wrong), {
    code: 'validation_failed',
    message: 'Shelf: deleted takes "exclude", "include" or "only"'
  })
})

await t.test('$withDeleted sees them in all its calls and transactions', async t => {
  t.equal((await everything.shelf.findUnique({ where }))?.name, 'gone')
  t.equal(await everything.shelf.count(), 2)
  t.equal(await prisma.$withDeleted('only').shelf.count(), 1)
  t.equal(await everything.shelf.count({ deleted: 'only' }), 1)
  t.equal(await everything.document.count({ where: { binder: { name: 'gone' } } }), 4)
  t.equal(
    (await everything.document.findFirst({ where: { slug: '1-b-seen' }, include: { binder: true } }))?.binder?.name,
    'gone'
  )
  t.equal(await everything.$transaction(async inner => inner.shelf.count()), 2)
  t.strictSame(await everything.$transaction([everything.shelf.count(), prisma.shelf.count()]), [2, 1])
  t.equal(await prisma.$transaction(async inner => inner.$withDeleted().shelf.count()), 2)
  // The client that it was asked of goes on as before.
  t.equal(await prisma.shelf.count(), 1)
  t.equal(await everything.label.count(), 0)
  t.equal((await everything.$queryRaw<{ n: number }[]>`select count(*)::int as n from "Shelf"`)[0]?.n, 2)
})

await t.test('writes find no marked row', async t => {
  await t.rejects(prisma.shelf.update({ where, data: { name: 'x' } }), { code: 'P2025' })
  t.strictSame(await prisma.shelf.updateMany({ where, data: { name: 'x' } }), { count: 0 })
  t.strictSame(await prisma.shelf.updateManyAndReturn({ where, data: { name: 'x' } }), [])
  await t.rejects(
    prisma.shelf.update({
      where: { id: 1 },
      data: { binders: { update: { where: { id: 2 }, data: { name: 'x' } } } }
    }),
    { code: 'P2025' }
  )
  await t.rejects(prisma.document.create({ data: { title: 'x', slug: 'x', binder: { connect: { id: 2 } } } }), {
    code: 'P2025'
  })
  await t.rejects(prisma.shelf.upsert({ where, create: { id: 2, name: 'x' }, update: { name: 'x' } }), {
    code: 'P2002'
  })
  await prisma.shelf.update({
    where: { id: 1 },
    data: { binders: { updateMany: { where: {}, data: { parentId: null } } } }
  })
  t.equal(await everything.shelf.count({ where: { name: 'x' } }), 0)
  t.equal(await everything.binder.count({ where: { name: 'x' } }), 0)
  // Those who see it can change it.
  t.equal((await everything.shelf.update({ where, data: { revisionNotes: 'kept' } })).revisionNotes, 'kept')
})

await t.test('rows that are found one by one in one tick come by one query', async t => {
  const statements: string[] = []
  const counting = database.prisma.$extends({
    query: {
      shelf: {
        findUnique: async ({ args, query }) => {
          statements.push(JSON.stringify(args))
          return query(args)
        }
      }
    }
  })
  const extended = counting.$extends(commons({ metadata }))
  const [seen, gone] = await Promise.all([
    extended.shelf.findUnique({ where: { id: 1 } }),
    extended.shelf.findUnique({ where })
  ])
  t.strictSame([seen?.name, gone], ['seen', null])
  t.strictSame(statements, ['{"where":{"id":1,"deletedAt":null}}', '{"where":{"id":2,"deletedAt":null}}'])
})
