import { runAs } from 'fastify-prisma-commons/actor'
import { commons, type Metadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'

const { prisma: plain, query } = await createDatabase(t)
const { Article, Badge } = metadata.models
const other: Metadata = {
  ...metadata,
  models: {
    ...metadata.models,
    Article: {
      ...Article,
      features: {
        currentUser: [
          { field: 'authorId', on: 'create' },
          { field: 'updatedById', on: 'update' }
        ]
      }
    },
    Badge: { ...Badge, features: { currentUser: [{ field: 'userId', on: 'create' }] } }
  }
}
const prisma = plain.$extends(commons({ metadata: other }))
const [alice, bob] = [{ id: 1 }, { id: 2 }]
const article = <Values extends object>(slug: string, values?: Values) => ({
  title: slug,
  slug,
  content: 'c',
  ...values
})

t.beforeEach(async () => {
  await query('TRUNCATE users, articles, "org memberships" RESTART IDENTITY CASCADE')
  await plain.user.createMany({ data: [{ name: 'alice' }, { name: 'bob' }] })
})

/** `slug: author/last writer` */
async function users (): Promise<string[]> {
  const rows = await plain.article.findMany({ orderBy: { slug: 'asc' } })
  return rows.map(row => `${row.slug}: ${row.authorId}/${row.updatedById}`)
}

await t.test('a new row holds the user, unless it names another one or nobody acts', async t => {
  await runAs(alice, () =>
    prisma.article.bulkCreate({
      data: [article('a'), article('b', { authorId: 2, updatedById: null }), article('c', { authorId: null })]
    })
  )
  await runAs(null, () => prisma.article.bulkCreate({ data: [article('d')] }))
  await runAs(bob, () =>
    prisma.article.bulkUpsert({ data: [{ ...article('e'), id: '018f0000-0000-7000-8000-000000000001' }], on: 'id' })
  )
  t.strictSame(await users(), ['a: 1/1', 'b: 2/null', 'c: null/1', 'd: null/null', 'e: 2/2'])
})

await t.test('a change holds its user where that is wanted, and no other', async t => {
  await runAs(alice, () => prisma.article.bulkCreate({ data: ['a', 'b', 'c', 'd'].map(slug => article(slug)) }))
  const [a, b, c, d] = (await plain.article.findMany({ orderBy: { slug: 'asc' } })).map(({ id }) => ({ id }))
  await runAs(bob, () =>
    prisma.article.bulkUpdate({
      data: [
        { where: a!, data: { content: 'x' } },
        { where: d!, data: { content: 'c' } }
      ]
    })
  )
  await runAs(bob, () => prisma.article.bulkReplace({ data: [{ where: b!, data: article('b', { content: 'x' }) }] }))
  await runAs(null, () => prisma.article.bulkUpdate({ data: [{ where: c!, data: { content: 'x' } }] }))
  t.strictSame(
    await users(),
    ['a: 1/2', 'b: 1/2', 'c: 1/1', 'd: 1/1'],
    'nothing becomes null, and what stays the same is not written'
  )
  await runAs(bob, () =>
    prisma.article.bulkUpsert({ data: [{ ...article('c', { content: 'y' }), id: c!.id }], on: 'id' })
  )
  t.strictSame((await users())[2], 'c: 1/2')
})

await t.test("Prisma's own methods do the same", async t => {
  const { id } = await runAs(alice, () => prisma.article.create({ data: article('a') }))
  await runAs(bob, () => prisma.article.update({ where: { id }, data: { content: 'x' } }))
  t.strictSame(await users(), ['a: 1/2'])
})

await t.test('a required column is filled too, and missed where nobody acts', async t => {
  await plain.membership.create({ data: { org: 'o', userId: 1 } })
  const data = [{ org: 'o', label: 'L' }] as never
  await runAs(alice, () => prisma.badge.bulkCreate({ data }))
  await runAs(alice, () => prisma.badge.create({ data: { org: 'o', label: 'M' } as never }))
  t.strictSame(
    (await plain.badge.findMany()).map(badge => badge.userId),
    [1, 1]
  )
  t.strictSame(itemsOf(await failureOf(runAs(null, () => prisma.badge.bulkCreate({ data })))), [
    '0 userId required: This field is required'
  ])
})
