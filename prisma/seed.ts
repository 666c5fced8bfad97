import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client/client.js'
import type { Prisma } from './generated/client/client.js'

/** Any number, only the same in every process: it keeps two of them from seeding at once. */
const lockKey = 5_171_220

/** Tables whose keys are given here, so that their sequences have to follow. */
const numbered = ['users', 'customers', 'tags', 'departments', 'comments']

/**
 * Fills an empty database with the example's rows, the same ones every time: users alice, bob and admin with
 * the ids 1 to 3, 3 customers, 3 tags, 5 departments, and 25 articles of which the i-th has i mod 4 comments.
 * A database that has users is left as it is.
 *
 * @returns whether rows were written.
 * @example
 * await seed(new PrismaClient({ adapter: new PrismaPg(pool) }))
 */
export async function seed (prisma: PrismaClient): Promise<boolean> {
  return await prisma.$transaction(
    async tx => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lockKey})`
      if ((await tx.user.count()) > 0) return false
      await tx.user.createMany({ data: users })
      await tx.customer.createMany({ data: customers })
      await tx.tag.createMany({ data: tags })
      await tx.department.createMany({ data: departments })
      await tx.article.createMany({ data: articles })
      await tx.comment.createMany({ data: comments })
      for (const table of numbered) {
        await tx.$executeRawUnsafe(
          `SELECT setval(pg_get_serial_sequence('${table}', 'id'), (SELECT max(id) FROM "${table}"))`
        )
      }
      return true
    },
    { maxWait: 30_000, timeout: 30_000 }
  )
}

const users: Prisma.UserCreateManyInput[] = [
  { id: 1, name: 'alice' },
  { id: 2, name: 'bob' },
  { id: 3, name: 'admin', role: 'admin' }
]

const customers = upTo(3).map(id => ({
  id,
  code: `C-${id}`,
  name: `Customer ${id}`,
  email: `customer${id}@example.com`,
  ...stamps(id)
}))

const tags = ['red', 'green', 'blue'].map((slug, index) => ({
  id: index + 1,
  slug,
  name: slug.charAt(0).toUpperCase() + slug.slice(1)
}))

const departments = upTo(5).map(id => ({ id, code: `D-${id}`, name: `Department ${id}` }))

const articles = upTo(25).map(i => ({
  id: articleId(i),
  title: `Article ${i}`,
  slug: `article-${i}`,
  content: `The text of article ${i}.`,
  published: i % 2 === 0,
  authorId: i % 2 === 0 ? 2 : 1,
  tags: i % 5 === 0 ? [] : [`topic-${i % 5}`],
  ...stamps(i)
}))

const comments = upTo(25)
  .flatMap(i => upTo(i % 4).map(place => ({ article: i, place })))
  .map(({ article, place }, index) => ({
    id: index + 1,
    articleId: articleId(article),
    body: `Comment ${place} on article ${article}`,
    rating: 1 + (index % 5),
    createdAt: dayOf(article)
  }))

function upTo (last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

/** A valid UUID of version 7; the ids sort as the numbers do. */
function articleId (i: number): string {
  return `01940000-0000-7000-8000-${String(i).padStart(12, '0')}`
}

function dayOf (i: number): Date {
  return new Date(Date.UTC(2025, 0, i))
}

/** The i-th row was written on the i-th day of 2025, by user 1 or 2 in turn. */
function stamps (i: number): { createdAt: Date; updatedAt: Date; createdById: number; updatedById: number } {
  const userId = i % 2 === 0 ? 2 : 1
  return { createdAt: dayOf(i), updatedAt: dayOf(i), createdById: userId, updatedById: userId }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const connectionString = process.env.DATABASE_URL
  if (!connectionString) throw new Error('Set DATABASE_URL to the database to seed')
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, options: '-c TimeZone=UTC' }) })
  const written = await seed(prisma).finally(async () => await prisma.$disconnect())
  console.log(written ? 'Seeded' : 'Nothing to seed: the database has rows')
}
