import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { storeOf } from '../../prisma/binding/store.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
const options = { metadata, actorContext: 'ignore' } as const
const prisma = plain.$extends(commons(options))
const chunked = plain.$extends(commons({ ...options, chunkRows: 1 }))
const store = storeOf(prisma)
const deletedAt = new Date('2026-01-01T00:00:00.000Z')

t.beforeEach(async () => {
  await query('TRUNCATE "Shelf", "Binder", "Document", "Hold", articles, comments RESTART IDENTITY CASCADE')
})

/** Live rows and marked ones, as `slug title version`; marked ones in brackets. */
async function documents (): Promise<string[]> {
  const rows = await plain.document.findMany({ orderBy: [{ title: 'asc' }, { slug: 'asc' }] })
  return rows.map(row => {
    const text = `${row.code} ${row.title} ${row.version}`
    return row.deletedAt === null ? text : `(${text})`
  })
}

await t.test('updates and replacements do not find marked rows', async t => {
  await plain.shelf.createMany({ data: [{ name: 'live' }, { name: 'marked', deletedAt }] })
  const data = [
    { where: { id: 1 }, data: { name: 'new' } },
    { where: { id: 2 }, data: { name: 'new' } }
  ]
  const missing = [{ index: 1, where: { id: 2 } }]
  t.match(await prisma.shelf.bulkUpdate({ data, select: { name: true } }), {
    count: 1,
    updated: 1,
    missing,
    rows: [{ name: 'new' }]
  })
  t.match(
    await prisma.shelf.bulkUpdate({ data }),
    { count: 1, unchanged: 1, updated: 0, missing },
    'unchanged and missing are told apart'
  )
  t.match(await prisma.shelf.bulkReplace({ data: data.map(item => ({ ...item, data: { name: 'newer' } })) }), {
    count: 1,
    updated: 1,
    missing
  })
  t.match(await prisma.shelf.bulkUpdate({ data: [{ where: { id: 2 }, data: {}, version: 1 }] }), {
    count: 0,
    missing: [{ index: 0, where: { id: 2 } }],
    conflicts: []
  })
  t.strictSame(
    (await plain.shelf.findMany({ orderBy: { id: 'asc' } })).map(row => [row.name, row.version]),
    [
      ['newer', 3],
      ['marked', 1]
    ]
  )
})

await t.test('a marked row is referred to by nobody who asks, and still holds a key in the database', async t => {
  await plain.shelf.createMany({ data: [{ name: 'live' }, { name: 'marked', deletedAt }] })
  t.strictSame([...(await store.missing(store.registry.model('Shelf'), 'id', [1, 2, 3, null], null))], [1, 2])
  const failure = await failureOf(
    prisma.binder.bulkCreate({ data: [1, 2, 3].map(shelfId => ({ name: 'b', shelfId })) })
  )
  t.strictSame(itemsOf(failure), [
    '1 shelfId foreign_key_not_found: No Shelf with id 2',
    '2 shelfId foreign_key_not_found: No Shelf with id 3'
  ])
})

await t.test('a key that is free once its row is marked makes a new row', async t => {
  await plain.shelf.create({ data: { name: 's' } })
  await plain.binder.createMany({
    data: [
      { name: 'a', shelfId: 1, deletedAt },
      { name: 'a', shelfId: 1, deletedAt },
      { name: 'b', shelfId: 1 },
      { name: 'b', shelfId: 1, deletedAt }
    ]
  })
  const data = [
    { name: 'a', shelfId: 1 },
    { name: 'b', shelfId: 1 }
  ]
  t.match(await prisma.binder.bulkUpsert({ data, on: 'shelfId_name', select: { id: true } }), {
    created: 1,
    unchanged: 1,
    updated: 0,
    rows: [{}, { id: 3 }]
  })
  t.match(
    await prisma.binder.bulkUpsert({
      data: [{ ...data[0]!, parentId: 3 }, data[1]!],
      on: 'shelfId_name',
      select: { parentId: true }
    }),
    { created: 0, updated: 1, unchanged: 1, rows: [{ parentId: 3 }, { parentId: null }] },
    'items of different fields'
  )
  t.equal(await plain.binder.count({ where: { deletedAt: null } }), 2)

  const article = { title: 't', slug: 's', content: 'c' }
  await plain.article.create({ data: { ...article, deletedAt, isActive: false } })
  t.match(await prisma.article.bulkUpsert({ data: [article], on: 'slug' }), { created: 1 })
  t.match(await prisma.article.bulkUpsert({ data: [{ ...article, content: 'd' }], on: 'slug' }), { updated: 1 })
  t.strictSame(
    (await plain.article.findMany({ orderBy: { content: 'asc' } })).map(row => [
      row.content,
      row.version,
      row.deletedAt
    ]),
    [
      ['c', 1, deletedAt],
      ['d', 2, null]
    ]
  )
})

await t.test('a key that a marked row still holds is taken', async t => {
  await plain.document.createMany({
    data: [
      { code: 'D', title: 'old', slug: 'd', deletedAt },
      { code: 'L', title: 'old', slug: 'l' }
    ]
  })
  const before = await documents()
  const [live, taken, fresh] = ['L', 'D', 'N'].map(code => ({ code, title: 'new', slug: code.toLowerCase() }))
  const message = 'unique_violation: A deleted Document holds this code'
  const calls: Readonly<Record<string, [() => Promise<unknown>, string]>> = {
    'same fields': [
      () => prisma.document.bulkUpsert({ data: [live!, taken!, fresh!], on: 'code' }),
      `1 code ${message}`
    ],
    'with rows': [
      () => prisma.document.bulkUpsert({ data: [taken!, live!], on: 'code', select: true }),
      `0 code ${message}`
    ],
    'different fields': [
      () => prisma.document.bulkUpsert({ data: [{ ...live!, edition: 'e' }, taken!], on: 'code' }),
      `1 code ${message}`
    ],
    'several chunks': [
      () => chunked.document.bulkUpsert({ data: [fresh!, taken!, live!], on: 'code' }),
      `1 code ${message}`
    ],
    'nothing to change': [
      () => prisma.document.bulkUpsert({ data: [{ code: 'D', title: 'old', slug: 'd' }], on: 'code' }),
      `0 code ${message}`
    ],
    'a generated slug': [
      () => prisma.document.bulkUpsert({ data: [{ code: 'D', title: 'new' }], on: 'code' }),
      `0 code ${message}`
    ],
    'nothing to update': [
      () => prisma.document.bulkUpsert({ data: [taken!], on: 'code', update: [] }),
      `0 code ${message}`
    ],
    'by another set': [
      () => prisma.document.bulkUpsert({ data: [{ ...fresh!, slug: 'd' }], on: 'slug' }),
      '0 slug unique_violation: A deleted Document holds this slug'
    ],
    'of a new row': [
      () => prisma.document.bulkCreate({ data: [fresh!, { ...taken!, slug: 'x' }] }),
      `1 code ${message}`
    ],
    'of a changed row': [
      () => prisma.document.bulkUpdate({ data: [{ where: { code: 'L' }, data: { code: 'D' } }] }),
      `0 code ${message}`
    ],
    'of a live row': [
      () => prisma.document.bulkCreate({ data: [{ ...live!, slug: 'x' }] }),
      '0 code unique_violation: Document with this code already exists'
    ]
  }
  for (const [name, [call, item]] of Object.entries(calls)) {
    const failure = await failureOf(call())
    t.strictSame([failure.code, failure.status, itemsOf(failure)], ['unique_violation', 409, [item]], name)
  }
  t.strictSame(await documents(), before, 'nothing was written')
  const failure = await failureOf(prisma.document.bulkUpsert({ data: [taken!], on: 'code' }))
  t.strictSame(failure.details[0]?.params, { model: 'Document', fields: ['code'], deleted: true })
  const expecting = await failureOf(
    store.upsert(store.registry.model('Document'), [taken!], {
      on: store.registry.model('Document').unique('code')!,
      update: undefined,
      onDuplicate: 'error',
      expected: [1],
      rows: null
    })
  )
  t.strictSame(itemsOf(expecting), [`0 code ${message}`], 'with a version')
  t.match(await prisma.document.bulkUpsert({ data: [live!, fresh!], on: 'code' }), { created: 1, updated: 1 })
  t.strictSame(await documents(), ['L new 2', 'N new 1', '(D old 1)'])
})

await t.test('sets of live rows, and models without marks, keep the single statement', async t => {
  await plain.shelf.create({ data: { name: 's' } })
  t.equal(
    (await statementsOf(() => prisma.binder.bulkUpsert({ data: [{ name: 'a', shelfId: 1 }], on: 'shelfId_name' })))
      .length,
    1
  )
  t.equal(
    (await statementsOf(() => prisma.tag.bulkUpsert({ data: [{ slug: 'a', name: 'a' }], on: 'slug' }))).length,
    1
  )
  const full = await statementsOf(() =>
    prisma.document.bulkUpsert({ data: [{ code: 'a', title: 'a', slug: 'a' }], on: 'code' })
  )
  t.strictSame(
    [full.length, full.filter(text => text === 'BEGIN').length],
    [3, 1],
    'a set of all rows takes one statement in a transaction'
  )
})

await t.test('rows named alike that come back together', async t => {
  await plain.shelf.create({ data: { name: 's' } })
  await plain.binder.createMany({
    data: [
      { name: 'a', shelfId: 1, deletedAt },
      { name: 'b', shelfId: 1, deletedAt },
      { name: 'a', shelfId: 1, deletedAt }
    ]
  })
  const failure = await failureOf(prisma.binder.bulkRestore({ where: [{ id: 1 }, { id: 2 }, { id: 3 }] }))
  t.strictSame(
    [failure.code, itemsOf(failure)],
    ['duplicate_key', [0, 2].map(index => `${index} - duplicate_key: Duplicate shelfId, name at indexes 0, 2`)]
  )
  await prisma.$transaction(async tx => {
    t.strictSame(
      itemsOf(await failureOf(tx.binder.bulkRestore({ where: [{ id: 1 }, { id: 3 }] }))).length,
      2,
      'in a transaction too, where the call has a savepoint'
    )
  })
  t.equal(await plain.binder.count({ where: { deletedAt: null } }), 0)
})
