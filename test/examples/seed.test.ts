import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { seed } from '../../prisma/seed.js'
import { createDatabase } from '../helpers/database.js'

const { prisma, query, connectionString } = await createDatabase(t)

async function everything (): Promise<unknown> {
  return {
    users: await prisma.user.findMany({ orderBy: { id: 'asc' } }),
    customers: await prisma.customer.findMany({ orderBy: { id: 'asc' } }),
    tags: await prisma.tag.findMany({ orderBy: { id: 'asc' } }),
    departments: await prisma.department.findMany({ orderBy: { id: 'asc' } }),
    articles: await prisma.article.findMany({
      orderBy: { id: 'asc' },
      include: { comments: { orderBy: { id: 'asc' } } }
    })
  }
}

await t.test('an empty database is filled once, also by two at the same time', async t => {
  t.strictSame((await Promise.all([seed(prisma), seed(prisma)])).sort(), [false, true])
  const first = await everything()
  t.strictSame(await seed(prisma), false)
  t.strictSame(await everything(), first)
})

await t.test('the rows are those of the contract', async t => {
  t.strictSame(await prisma.user.findMany({ orderBy: { id: 'asc' } }), [
    { id: 1, name: 'alice', role: 'member' },
    { id: 2, name: 'bob', role: 'member' },
    { id: 3, name: 'admin', role: 'admin' }
  ])
  t.strictSame(
    (await prisma.customer.findMany({ orderBy: { id: 'asc' } })).map(row => row.code),
    ['C-1', 'C-2', 'C-3']
  )
  t.strictSame(
    (await prisma.tag.findMany({ orderBy: { id: 'asc' } })).map(row => row.slug),
    ['red', 'green', 'blue']
  )
  t.strictSame(
    (await prisma.department.findMany({ orderBy: { id: 'asc' } })).map(row => row.code),
    ['D-1', 'D-2', 'D-3', 'D-4', 'D-5']
  )
  const articles = await prisma.article.findMany({
    orderBy: { createdAt: 'asc' },
    include: { _count: { select: { comments: true } } }
  })
  t.strictSame(
    articles.map(row => [row.title, row.slug, row._count.comments, row.version, row.deletedAt]),
    Array.from({ length: 25 }, (_, index) => [
      `Article ${index + 1}`,
      `article-${index + 1}`,
      (index + 1) % 4,
      1,
      null
    ])
  )
})

await t.test('new rows get the next ids', async t => {
  t.strictSame(await prisma.user.create({ data: { name: 'carol' } }), { id: 4, name: 'carol', role: 'member' })
  t.strictSame((await prisma.customer.create({ data: { code: 'C-4', name: 'Customer 4' } })).id, 4)
  t.strictSame((await prisma.tag.create({ data: { slug: 'black', name: 'Black' } })).id, 4)
  t.strictSame((await prisma.department.create({ data: { code: 'D-6', name: 'Department 6' } })).id, 6)
  const { id: articleId } = await prisma.article.findFirstOrThrow()
  t.strictSame((await prisma.comment.create({ data: { articleId, body: 'Next', rating: 5 } })).id, 38)
})

await t.test('the script seeds the database of DATABASE_URL, and the rows are the same ones', async t => {
  const script = async (env: NodeJS.ProcessEnv): Promise<string> =>
    (
      await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.resolve('../../prisma/seed.js'))], {
        env: { ...process.env, ...env }
      })
    ).stdout
  await query(
    'TRUNCATE users, customers, tags, departments, articles, comments, contracts, employees, invoices CASCADE'
  )
  await seed(prisma)
  const expected = await everything()
  await query(
    'TRUNCATE users, customers, tags, departments, articles, comments, contracts, employees, invoices CASCADE'
  )
  t.strictSame(await script({ DATABASE_URL: connectionString }), 'Seeded\n')
  t.strictSame(await everything(), expected)
  t.strictSame(await script({ DATABASE_URL: connectionString }), 'Nothing to seed: the database has rows\n')
  await t.rejects(script({ DATABASE_URL: '' }), { message: /Error: Set DATABASE_URL to the database to seed/ })
})
