import { getDMMF } from '@prisma/get-dmmf'
import { resolveMetadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { Registry } from '../../../../../lib/model/registry.js'
import { postgresCatalog } from '../../../../../lib/sql/postgres/reads/catalog.js'
import { createDatabase } from '../../../../helpers/database.js'

type Where = Readonly<Record<string, string | number | boolean | null>>

const document = getDMMF({
  datamodel: `datasource db {
  provider = "postgresql"
}

enum Mood {
  good @map("a b")
  bad
}

model Thing {
  id     Int       @id
  gone   DateTime? @map("deleted At")
  at     DateTime? @db.Timestamptz(3)
  kind   String?   @db.VarChar(10)
  fixed  String?   @db.Char(3)
  live   Boolean?
  price  Decimal?  @db.Decimal(10, 2)
  big    BigInt?
  ratio  Float?
  mood   Mood?
  text   String?
  abtext String?
}
`
})
if ('error' in document) throw document.error
const model = new Registry(resolveMetadata(document)).model('Thing')
const { query } = await createDatabase(t, { empty: true })
await query("create type \"Mood\" as enum ('a b', 'bad')")
await query(`create table "Thing" (id int primary key, "deleted At" timestamp(3), at timestamptz(3), kind varchar(10), fixed char(3), live boolean,
  price numeric(10, 2), big bigint, ratio float8, mood "Mood", text text, abtext text)`)

/** What the database says of the condition of an index. */
async function spelled (condition: string): Promise<string> {
  await query(`create unique index spelled on "Thing" (id) where ${condition}`)
  const [row] = await query<{ text: string }>(
    "select pg_get_expr(indpred, indrelid) as text from pg_index where indexrelid = 'spelled'::regclass"
  )
  await query('drop index spelled')
  return row!.text
}

const holds = async (condition: string, where: Where | null): Promise<boolean> =>
  postgresCatalog.holdsFor(model, where, {
    name: 'spelled',
    unique: true,
    valid: true,
    constraint: false,
    deferrable: false,
    columns: ['id'],
    predicate: condition === '' ? null : await spelled(condition)
  })

await t.test('the condition of an index made from a unique constraint is that of the set', async t => {
  const sets: Where[] = [
    { gone: null },
    { gone: null, kind: "it's ) AND (" },
    { kind: 'a', fixed: 'ab', text: '(x' },
    { live: true },
    { live: false },
    { price: '1.50' },
    { price: 5, big: -5, ratio: 1.5 },
    { mood: 'good' },
    { gone: '2020-01-01T00:00:00.000Z' },
    { at: '2020-01-01T02:00:00+02:00' },
    { text: '' }
  ]
  for (const where of sets) {
    const unique = { name: 'id', fields: ['id'], primary: false, index: 'made', where }
    const condition = / WHERE (.*);$/.exec(postgresCatalog.createIndex(model, unique))![1]!
    t.equal(await holds(condition, where), true, condition)
    t.equal(await holds(condition, { ...where, abtext: null }), false, `${condition}, and more is wanted`)
  }
})

await t.test('other spellings are understood', async t => {
  t.equal(await holds('live', { live: true }), true)
  t.equal(await holds('not live', { live: false }), true)
  t.equal(
    await holds('(kind = \'a\' and (big = 5)) and "deleted At" is null', { gone: null, big: 5, kind: 'a' }),
    true
  )
})

await t.test('any other condition is another one', async t => {
  const others = [
    '"deleted At" is not null',
    '"deleted At" is null or big = 5',
    '"deleted At" is null and big = 5',
    'at is null',
    "lower(text) = 'x'",
    'live is true',
    'big > 5',
    'text = \'x\' collate "C"',
    "abtext = 'x' or abtext = 'y'",
    'not ("deleted At" is null)',
    'coalesce(text, kind) is null'
  ]
  for (const condition of others) {
    for (const where of [{ gone: null }, { text: 'x' }, { live: true }, { big: 5 }, { abtext: 'x' }]) {
      t.equal(await holds(condition, where), false, `${condition} is not ${JSON.stringify(where)}`)
    }
  }
  t.equal(await holds('', { gone: null }), false, 'an index for all rows')
  t.equal(await holds('', null), true)
  t.equal(await holds("kind = 'A'", { kind: 'a' }), false)
  t.equal(await holds("mood = 'bad'", { mood: 'good' }), false)
  t.equal(await holds('live', { live: false }), false)
})
