import { commons } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t, { max: 20 })
const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore' }))
const article = (title: string) => ({ title, content: 'c' })
const numbered = (base: string, count: number): string[] =>
  [base, ...Array.from({ length: count - 1 }, (_, i) => `${base}-${i + 1}`)].sort()

await t.test('every method that makes rows makes their slugs', async t => {
  t.equal((await prisma.article.create({ data: article('Hello, World!') })).slug, 'hello-world')
  t.strictSame(await prisma.article.create({ data: article('Hello, World!'), select: { slug: true } }), {
    slug: 'hello-world-1'
  })
  t.strictSame(await prisma.article.createMany({ data: [article('Hello, World!'), article('Other')] }), { count: 2 })
  t.strictSame(
    await prisma.article.createManyAndReturn({
      data: [article('Other'), article('Hello, World!')],
      select: { slug: true }
    }),
    [{ slug: 'other-1' }, { slug: 'hello-world-3' }]
  )
  const upserted = await prisma.article.upsert({ where: { slug: 'none' }, create: article('Other'), update: {} })
  t.equal(upserted.slug, 'other-2')
  t.equal(
    (
      await prisma.article.upsert({
        where: { slug: 'other-2' },
        create: article('Other'),
        update: { title: 'Changed' }
      })
    ).slug,
    'other-2'
  )
})

await t.test('a slug that is named is kept, an empty one is made', async t => {
  t.equal(
    (await prisma.article.create({ data: { ...article('Any'), slug: 'Named As I Like' } })).slug,
    'Named As I Like'
  )
  await t.rejects(prisma.article.create({ data: { ...article('Any'), slug: 'Named As I Like' } }), { code: 'P2002' })
  t.equal((await prisma.article.create({ data: { ...article('Any'), slug: '' } })).slug, 'any')
})

await t.test('nested new rows get theirs', async t => {
  const user = await prisma.user.create({
    data: {
      name: 'author',
      articles: {
        create: [
          { ...article('Nested'), slug: '' },
          { ...article('Nested'), slug: '' }
        ]
      },
      createdArticles: { create: { ...article('Nested'), slug: '' } }
    },
    select: {
      articles: { select: { slug: true }, orderBy: { slug: 'asc' } },
      createdArticles: { select: { slug: true } }
    }
  })
  t.strictSame([...user.articles, ...user.createdArticles].map(({ slug }) => slug).sort(), numbered('nested', 3))
})

await t.test('a failing write says what Prisma says', async t => {
  await t.rejects(prisma.article.create({ data: { ...article('x'), authorId: 999_999 } }), { code: 'P2003' })
  await t.rejects(
    prisma.document.createMany({
      data: [
        { title: 'a', code: 'same' },
        { title: 'b', code: 'same' }
      ]
    }),
    { code: 'P2002' }
  )
})

await t.test('in a transaction an attempt that fails does not end it', async t => {
  const slugs = await prisma.$transaction(async inner => {
    const first = await inner.article.create({ data: article('Inside') })
    const second = await inner.article.create({ data: article('Inside') })
    await t.rejects(inner.article.create({ data: { ...article('Inside'), authorId: 999_999 } }), { code: 'P2003' })
    return [first.slug, second.slug, (await inner.article.findUniqueOrThrow({ where: { id: first.id } })).slug]
  })
  t.strictSame(slugs, ['inside', 'inside-1', 'inside'])
})

await t.test('a named slug lets a new row be part of an array of calls', async t => {
  const [one] = await prisma.$transaction([
    prisma.article.create({ data: { ...article('Array'), slug: 'array' } }),
    prisma.article.count()
  ])
  t.equal(one.slug, 'array')
})

await t.test('twenty writers of one title get slugs of their own, without a gap', async t => {
  const made = await Promise.all(
    Array.from({ length: 20 }, async () => prisma.article.create({ data: article('Race') }))
  )
  t.strictSame(made.map(({ slug }) => slug).sort(), numbered('race', 20))
})

await t.test('three hundred in one call and twenty by themselves go on where the others end', async t => {
  const { created } = await prisma.article.bulkCreate({ data: Array.from({ length: 300 }, () => article('Crowd')) })
  t.equal(created, 300)
  await Promise.all(Array.from({ length: 20 }, async () => prisma.article.create({ data: article('Crowd') })))
  const rows = await prisma.article.findMany({ where: { title: 'Crowd' }, select: { slug: true } })
  t.strictSame(rows.map(({ slug }) => slug).sort(), numbered('crowd', 320))
})

await t.test('the slug of a deleted row is free where the set holds for live rows', async t => {
  const first = await prisma.article.create({ data: article('Again') })
  await prisma.article.delete({ where: { id: first.id } })
  t.equal((await prisma.article.create({ data: article('Again') })).slug, 'again')
  const document = await prisma.document.create({ data: { title: 'Kept' } })
  await prisma.document.delete({ where: { id: document.id } })
  t.equal((await prisma.document.create({ data: { title: 'Kept' } })).slug, 'kept-1')
})
