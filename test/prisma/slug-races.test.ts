import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { beforeStatements } from '../helpers/statements.js'

const { kind, prisma: plain, pool, query } = await createDatabase(t, { max: 20 })
/** What is done before an insert or upsert, as often as it wants. */
let beforeWrite: (() => Promise<unknown>) | undefined
beforeStatements(pool, text => (/insert into/.test(text) && /unnest/.test(text) ? beforeWrite?.() : undefined))
const prisma = plain.$extends(commons({ metadata }))
const select = { slug: true } as const
const parallel = 20
/** Transactions cannot wait for each other there, nor go on beside a statement that fails. */
const oneSession = kind === 'pglite' && 'one session'

t.beforeEach(async () => {
  beforeWrite = undefined
  await query('TRUNCATE articles, "Document" RESTART IDENTITY CASCADE')
})

const alike = (count: number) => Array.from({ length: count }, () => ({ title: 'X', content: '' }))
const numbered = (count: number) => Array.from({ length: count }, (_, i) => (i === 0 ? 'x' : `x-${i}`)).sort()
const stored = async (table = 'articles') =>
  (await query<{ slug: string }>(`SELECT slug FROM "${table}"`)).map(({ slug }) => slug).sort()

/** Before the next writes, one each, another writer makes documents of these slugs. */
function rival (...slugs: string[]): void {
  beforeWrite = async () => {
    const slug = slugs.shift()
    if (slug !== undefined) {
      await query(
        'INSERT INTO "Document" (id, title, slug, "updatedAt") VALUES (gen_random_uuid(), \'rival\', $1, now())',
        [slug]
      )
    }
  }
}

/** Before the next write, another writer makes a document. */
function rivalOf (slug: string, code: string): void {
  let isFirst = true
  beforeWrite = async () => {
    if (isFirst) {
      await query(
        'INSERT INTO "Document" (id, title, slug, code, "updatedAt") VALUES (gen_random_uuid(), \'rival\', $1, $2, ' +
          'now())',
        [slug, code]
      )
    }
    isFirst = false
  }
}

for (const [name, size] of [
  ['single rows', 1],
  ['bulks of ten', 10]
] as const) {
  await t.test(`parallel ${name} named alike are numbered without gaps`, async t => {
    const reports = await Promise.all(
      Array.from({ length: parallel }, async () => await prisma.article.bulkCreate({ data: alike(size), select }))
    )
    t.strictSame(reports.flatMap(({ rows }) => rows.map(({ slug }) => slug)).sort(), numbered(parallel * size))
    t.strictSame(await stored(), numbered(parallel * size))
  })
}

await t.test('parallel upserts of overlapping rows give each new row one slug', { skip: oneSession }, async t => {
  const data = (caller: number) =>
    Array.from({ length: 10 }, (_, i) => ({ code: `C-${(i + caller) % 15}`, title: 'X' }))
  const reports = await Promise.all(
    Array.from(
      { length: parallel },
      async (_, caller) => await prisma.document.bulkUpsert({ data: data(caller), on: 'code', select })
    )
  )
  const slugs = await stored('Document')
  t.equal(new Set(slugs).size, 15)
  t.strictSame(
    reports.flatMap(({ rows }) => rows.map(({ slug }) => slug)).filter(slug => !slugs.includes(slug)),
    [],
    'none was given another afterwards'
  )
  // A number that was meant for a row which another writer made first is left; rows that come later fill it.
  const highest = Math.max(...slugs.map(slug => Number(slug.split('-')[1] ?? 0)))
  await prisma.document.bulkCreate({ data: Array.from({ length: highest + 1 - 15 }, () => ({ title: 'X' })) })
  t.strictSame(await stored('Document'), numbered(highest + 1))
})

await t.test('parallel rows in transactions wait for each other and go on', { skip: oneSession }, async t => {
  await Promise.all(
    Array.from(
      { length: 5 },
      async () =>
        await prisma.$transaction(
          async tx => {
            await tx.article.bulkCreate({ data: alike(2) })
            await tx.article.bulkCreate({ data: alike(1) })
          },
          { timeout: 60_000, maxWait: 60_000 }
        )
    )
  )
  t.strictSame(await stored(), numbered(15))
})

await t.test('a writer that loses its slugs begins again', async t => {
  rival('x', 'x-1', 'x-3')
  t.strictSame((await prisma.document.bulkCreate({ data: [{ title: 'X' }, { title: 'X' }], select })).rows, [
    { slug: 'x-2' },
    { slug: 'x-4' }
  ])
})

await t.test('it does so in a savepoint of the caller, who goes on', { skip: oneSession }, async t => {
  rival('x')
  await prisma.$transaction(async tx => {
    await tx.document.bulkCreate({ data: [{ title: 'Before', slug: 'before' }] })
    rival('x')
    t.strictSame((await tx.document.bulkCreate({ data: [{ title: 'X' }], select })).rows, [{ slug: 'x-1' }])
    rival('x-2')
    t.strictSame((await tx.document.bulkUpsert({ data: [{ title: 'X', code: 'A' }], on: 'code', select })).rows, [
      { slug: 'x-3' }
    ])
  })
})

await t.test('skipDuplicates does not skip a row whose generated slug is lost', async t => {
  rival('x')
  const { created, rows } = await prisma.document.bulkCreate({
    data: [{ title: 'X' }, { title: 'X', code: 'A' }],
    skipDuplicates: true,
    select
  })
  t.strictSame({ created, rows }, { created: 2, rows: [{ slug: 'x-1' }, { slug: 'x-2' }] })
})

await t.test('skipDuplicates skips a row that another writer makes meanwhile', async t => {
  rivalOf('r', 'A')
  const data = [
    { title: 'X', code: 'A' },
    { title: 'X', slug: 'given' }
  ]
  t.strictSame((await prisma.document.bulkCreate({ data, skipDuplicates: true, select })).rows, [{ slug: 'given' }])
})

await t.test(
  'a row that another writer makes meanwhile keeps its slug in an upsert',
  { skip: oneSession },
  async t => {
    rivalOf('r', 'A')
    const plainly = await prisma.document.bulkUpsert({
      data: [{ title: 'X', code: 'A' }],
      on: 'code',
      select: { slug: true, title: true }
    })
    t.strictSame([plainly.updated, plainly.rows], [1, [{ slug: 'r', title: 'X' }]])
  }
)

await t.test('it does so beside rows that name theirs', { skip: oneSession }, async t => {
  await prisma.document.bulkCreate({ data: [{ title: 'X', code: 'A' }] })
  rivalOf('s', 'B')
  const mixed = await prisma.document.bulkUpsert({
    data: [
      { title: 'X', code: 'A', slug: 'named' },
      { title: 'X', code: 'B' }
    ],
    on: 'code',
    select: { slug: true, title: true }
  })
  t.strictSame(
    [mixed.updated, mixed.rows],
    [
      2,
      [
        { slug: 'named', title: 'X' },
        { slug: 's', title: 'X' }
      ]
    ]
  )
})

await t.test(
  'a row that is gone by the time of an upsert is made anew, with a slug',
  { skip: oneSession },
  async t => {
    await prisma.document.bulkCreate({
      data: [
        { title: 'X', code: 'A' },
        { title: 'Y', code: 'B' }
      ]
    })
    beforeWrite = async () => await query('DELETE FROM "Document" WHERE code = \'A\'')
    const { created, updated, rows } = await prisma.document.bulkUpsert({
      data: [
        { title: 'Z', code: 'A' },
        { title: 'Z', code: 'B' }
      ],
      on: 'code',
      select
    })
    t.strictSame({ created, updated, rows }, { created: 1, updated: 1, rows: [{ slug: 'z' }, { slug: 'y' }] })
  }
)

await t.test('a writer that loses its slugs a hundred times gives up', async t => {
  let next = 0
  beforeWrite = async () =>
    await query(
      'INSERT INTO "Document" (id, title, slug, "updatedAt") VALUES (gen_random_uuid(), \'rival\', $1, now())',
      [next === 0 ? 'x' : `x-${next}`]
    ).then(() => next++)
  const { code, status } = await failureOf(prisma.document.bulkCreate({ data: [{ title: 'X' }] }))
  t.strictSame([code, status, next], ['write_conflict', 409, 100])
})

await t.test('a slug that no look-up finds taken is not tried for ever', async t => {
  // A trigger stands for what only the database knows, as a collation that holds more texts for equal.
  await query(`CREATE FUNCTION blank () RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.slug = 'same'; RETURN NEW; END $$;
    CREATE TRIGGER blank BEFORE INSERT ON "Document" FOR EACH ROW EXECUTE FUNCTION blank()`)
  t.teardown(async () => await query('DROP TRIGGER blank ON "Document"; DROP FUNCTION blank'))
  let tries = 0
  beforeWrite = async () => {
    tries++
  }
  const failure = await failureOf(prisma.document.bulkCreate({ data: [{ title: 'A' }, { title: 'B' }] }))
  t.strictSame([failure.code, itemsOf(failure), tries], ['unique_violation', [], 2])
})
