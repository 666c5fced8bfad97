import { commons, type Diagnosis } from 'fastify-prisma-commons/extension'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import t from 'tap'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf } from '../helpers/failure.js'

const { prisma: plain, query, kind, connectionString } = await createDatabase(t)
const prisma = plain.$extends(commons({ metadata }))

/** What is found beside `usual`, after a change that is undone. */
async function findings (change: string, undo: string): Promise<Diagnosis> {
  await query(change)
  try {
    const { problems, notes } = await prisma.$doctor()
    return { problems, notes: notes.filter(({ code }) => code !== 'deleted_rows_keep_values') }
  } finally {
    await query(undo)
  }
}

const slugIndex = 'CREATE UNIQUE INDEX "articles_slug_key" ON "articles" ("slug") WHERE "deleted_at" IS NULL;'
const replaced = { hint: 'Replace it in a migration:', statements: ['DROP INDEX "articles_slug_key";', slugIndex] }
const set = 'The unique constraint slug (slug)'

await t.test('a migrated database has no problems; unique constraints that deleted rows hold too are noted', async t => {
  const note = (field: string) => ({
    code: 'deleted_rows_keep_values',
    model: 'Document',
    message: `The unique constraint ${field} holds for deleted rows too: what they have in ${field} stays taken`,
    hint:
      `To free it, replace @unique or @@unique by \`/// @commons.unique(fields: ["${field}"], where: { ` +
      'deletedAt: null })` above the model, and in a migration:',
    statements: [
      `DROP INDEX "Document_${field}_key";`,
      `CREATE UNIQUE INDEX "Document_${field}_key" ON "Document" ("${field}") WHERE "deletedAt" IS NULL;`
    ]
  })
  t.strictSame(await prisma.$doctor(), { problems: [], notes: [note('code'), note('slug')] })
})

await t.test('the index of a unique constraint for some rows is missing, or another one', async t => {
  const drop = 'DROP INDEX articles_slug_key'
  const again = `${drop}; ${slugIndex}`
  const of = (code: string, message: string, cure: object = replaced) => ({
    problems: [{ code, model: 'Article', message, ...cure }],
    notes: []
  })
  t.strictSame(
    await findings(drop, slugIndex),
    of('index_missing', `${set} has no index "articles_slug_key"`, {
      hint: 'Create it in a migration:',
      statements: [slugIndex]
    })
  )
  t.strictSame(
    await findings(`${drop}; CREATE INDEX articles_slug_key ON articles (slug) WHERE deleted_at IS NULL`, again),
    of('index_not_unique', `${set}: its index "articles_slug_key" is not unique`)
  )
  t.strictSame(
    await findings(
      `${drop}; CREATE UNIQUE INDEX articles_slug_key ON articles (slug, lower(title)) WHERE deleted_at IS NULL`,
      again
    ),
    of('index_columns', `${set}: its index "articles_slug_key" is on "slug", an expression`)
  )
  t.strictSame(
    await findings(`${drop}; CREATE UNIQUE INDEX articles_slug_key ON articles (slug)`, again),
    of('index_predicate', `${set}: its index "articles_slug_key" holds for all rows`)
  )
  t.strictSame(
    await findings(`${drop}; CREATE UNIQUE INDEX articles_slug_key ON articles (slug) WHERE is_active`, again),
    of('index_predicate', `${set}: its index "articles_slug_key" holds for other rows: is_active`)
  )
  t.strictSame(
    await findings(
      `${drop}; ALTER TABLE articles ADD CONSTRAINT articles_slug_key UNIQUE (slug)`,
      `ALTER TABLE articles DROP CONSTRAINT articles_slug_key; ${slugIndex}`
    ),
    of('index_predicate', `${set}: its index "articles_slug_key" holds for all rows`, {
      ...replaced,
      statements: ['ALTER TABLE "articles" DROP CONSTRAINT "articles_slug_key";', slugIndex]
    })
  )
  t.strictSame((await prisma.$doctor()).problems, [], 'and all is well again')
})

await t.test('an index that does the work under another name is a note, and the statement renames it', async t => {
  const statement = 'ALTER INDEX "live binders" RENAME TO "shelfId_name";'
  t.strictSame(await findings('ALTER INDEX "shelfId_name" RENAME TO "live binders"', statement), {
    problems: [],
    notes: [
      {
        code: 'index_name',
        model: 'Binder',
        message:
          'The unique constraint shelfId_name (shelfId, name) has the index "live binders", which the annotation calls ' +
          '"shelfId_name"',
        hint: 'Rename it in a migration:',
        statements: [statement]
      }
    ]
  })
})

await t.test('an index whose building failed is none', async t => {
  const invalid = (valid: boolean) =>
    `UPDATE pg_index SET indisvalid = ${valid} WHERE indexrelid = 'articles_slug_key'::regclass`
  t.strictSame(
    (await findings(invalid(false), invalid(true))).problems.map(({ code, message }) => `${code}: ${message}`),
    [`index_invalid: ${set}: its index "articles_slug_key" is not valid: its building failed`]
  )
})

await t.test('missing tables and columns are named once each', async t => {
  const migrate = { hint: 'Apply the migrations: npx prisma migrate deploy', statements: [] }
  t.strictSame(await findings('ALTER TABLE "Label" RENAME TO x', 'ALTER TABLE x RENAME TO "Label"'), {
    problems: [{ code: 'table_missing', model: 'Label', message: 'The table "Label" does not exist', ...migrate }],
    notes: []
  })
  t.strictSame(
    await findings(
      'ALTER TABLE "Shelf" RENAME "deletionId" TO x; ALTER TABLE "Shelf" RENAME version TO y',
      'ALTER TABLE "Shelf" RENAME x TO "deletionId"; ALTER TABLE "Shelf" RENAME y TO version'
    ),
    {
      problems: [
        {
          code: 'column_missing',
          model: 'Shelf',
          message: 'The table "Shelf" has no columns "deletionId", "version"',
          ...migrate
        }
      ],
      notes: []
    }
  )
})

await t.test(
  'a session in another zone is a problem',
  { skip: kind === 'pglite' && 'PGlite ignores startup options' },
  async t => {
    const pool = new pg.Pool({ connectionString, max: 1, options: '-c TimeZone=Europe/Rome' })
    t.after(() => pool.end())
    const { problems } = await new PrismaClient({ adapter: new PrismaPg(pool) })
      .$extends(commons({ metadata }))
      .$doctor()
    t.strictSame(
      problems.map(({ code, model, message }) => [code, model, message]),
      [
        [
          'time_zone',
          null,
          'The session is in the time zone Europe/Rome: Prisma writes instants without an offset, which are stored ' +
            'wrongly then'
        ]
      ]
    )
  }
)

await t.test('further extensions and transactions keep the method; a database that is away is an error', async t => {
  t.strictSame((await prisma.$extends({ name: 'more' }).$doctor()).problems, [])
  t.strictSame((await prisma.$transaction(tx => tx.$doctor())).problems, [])
  const away = new PrismaClient({
    adapter: new PrismaPg({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
  }).$extends(commons({ metadata }))
  t.match(await failureOf(away.$doctor()), { code: 'database_unavailable' })
})
