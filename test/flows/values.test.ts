import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { defineResource } from 'fastify-prisma-commons/resource'
import { Prisma } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { Random } from '../fuzz/random.js'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { fileServer } from '../helpers/export-app.js'
import { form } from '../helpers/import-app.js'
import { jsonOf, sampleFields, sampleValue } from '../helpers/sample-values.js'

// Random rows of every kind of value, written in every way, must be what Prisma stores for the same values.
// VALUES says how many values a way writes, SEED which.
const seed = Number(process.env['SEED'] ?? 1)
const wanted = Number(process.env['VALUES'] ?? 3000)
// Many values take longer than tap waits.
t.setTimeout(0)
t.comment(`SEED=${seed} VALUES=${wanted}`)

type Values = Readonly<Record<string, unknown>>
type Input = Prisma.SampleCreateManyInput

const random = new Random(seed)
const database = await bulkDatabase(t)
const { prisma: plain, query } = database
const bulk = plain.$extends(commons({ metadata }))
const app = await fileServer(
  t,
  database,
  {
    '/samples': defineResource({
      model: 'Sample',
      bulk: { maxItems: 10_000 },
      bodyLimit: 2 ** 28,
      import: { uniqueFields: ['code'] }
    })
  },
  { server: { bodyLimit: 2 ** 28 } }
)
const send = sender(app)

const count = Math.ceil(wanted / sampleFields.length)
const codes = Array.from({ length: count }, (_, i) => `c${String(i).padStart(6, '0')}`)
const rowOf = (values: (field: (typeof sampleFields)[number]) => unknown): Values =>
  Object.fromEntries(
    sampleFields.flatMap(field => {
      const value = values(field)
      return value === undefined ? [] : [[field.name, value]]
    })
  )
const whole = codes.map(() => rowOf(field => sampleValue(random, field)))
const before = codes.map(() => rowOf(field => sampleValue(random, field)))
const sparse = whole.map(row =>
  rowOf(({ name, required, list }) => ((!required || list) && random.chance(0.5) ? undefined : row[name]))
)
const changes = whole.map(row => rowOf(({ name }) => (random.chance(0.5) ? undefined : row[name])))

const coded = (rows: readonly Values[]): Input[] => rows.map((row, i) => ({ code: codes[i], ...row }) as Input)
const columns = sampleFields.map(({ name }) => `"${name}"::text`).join(', ')

/** What the database holds, as text: tells a JSON null from a SQL one, an empty list from none. */
async function held (): Promise<readonly Values[]> {
  return await query(`SELECT code, ${columns} FROM samples ORDER BY code`)
}

/** Writes rows as Prisma does. */
async function prepare (rows: readonly Values[]): Promise<void> {
  await plain.sample.deleteMany()
  const data = coded(rows)
  for (let start = 0; start < data.length; start += 200) {
    await plain.sample.createMany({ data: data.slice(start, start + 200) })
  }
}

async function heldBy (rows: readonly Values[]): Promise<readonly Values[]> {
  await prepare(rows)
  return await held()
}

/** What two tables hold that are to be the same: the first differences. */
function differences (found: readonly Values[], expected: readonly Values[]): readonly unknown[] {
  if (found.length !== expected.length) return [`${found.length} rows, not ${expected.length}`]
  const all = expected.flatMap((row, i) =>
    Object.keys(row)
      .filter(name => row[name] !== found[i]![name])
      .map(name => ({ name, found: found[i]![name], expected: row[name] }))
  )
  return all.slice(0, 5)
}

const wholeHeld = await heldBy(whole)
const sparseHeld = await heldBy(sparse)
await prepare(before)
for (const [i, code] of codes.entries()) {
  await plain.sample.update({ where: { code }, data: changes[i] as Prisma.SampleUpdateInput })
}
const changedHeld = await held()

await t.test('bulkCreate', async t => {
  await plain.sample.deleteMany()
  await bulk.sample.bulkCreate({ data: coded(whole) })
  t.strictSame(differences(await held(), wholeHeld), [])
})

await t.test('bulkUpsert of new rows, and again', async t => {
  await plain.sample.deleteMany()
  await bulk.sample.bulkUpsert({ data: coded(whole), on: 'code' })
  t.strictSame(differences(await held(), wholeHeld), [])
  t.match(await bulk.sample.bulkUpsert({ data: coded(whole), on: 'code' }), {
    created: 0,
    updated: 0,
    unchanged: count
  })
})

await t.test('bulkUpsert of rows that exist', async t => {
  await prepare(before)
  await bulk.sample.bulkUpsert({ data: coded(whole), on: 'code' })
  t.strictSame(differences(await held(), wholeHeld), [])
})

await t.test('bulkUpsert of new rows that do not name the same fields', async t => {
  await plain.sample.deleteMany()
  await bulk.sample.bulkUpsert({ data: coded(sparse), on: 'code' })
  t.strictSame(differences(await held(), sparseHeld), [])
})

await t.test('bulkUpdate', async t => {
  await prepare(before)
  const data = changes.map((values, i) => ({ where: { code: codes[i]! }, data: values as Partial<Input> }))
  await bulk.sample.bulkUpdate({ data })
  t.strictSame(differences(await held(), changedHeld), [])
  t.match(await bulk.sample.bulkUpdate({ data }), { updated: 0, unchanged: count })
})

await t.test('bulkReplace', async t => {
  await prepare(before)
  await bulk.sample.bulkReplace({ data: coded(whole).map(row => ({ where: { code: row.code }, data: row })) })
  t.strictSame(differences(await held(), wholeHeld), [])
  const emptied = sparse.map(row => rowOf(({ name, list }) => (list ? (row[name] ?? []) : row[name])))
  const emptiedHeld = await heldBy(emptied)
  await prepare(before)
  await bulk.sample.bulkReplace({ data: coded(sparse).map(row => ({ where: { code: row.code }, data: row })) })
  t.strictSame(differences(await held(), emptiedHeld), [], 'lists that are not named are empty')
})

/** Over HTTP there is one null: a column of JSON that takes NULL gets that. */
const sent = whole.map(row =>
  rowOf(({ name, type, required, list }) =>
    type === 'Json' && !required && !list && row[name] === Prisma.JsonNull ? Prisma.DbNull : row[name]
  )
)
const items = sent.map((row, i) => ({ code: codes[i], ...rowOf(field => jsonOf(field, row[field.name])) }))
const sentHeld = await heldBy(sent)
/** With the microseconds that Prisma cannot write. */
const finer =
  "UPDATE samples SET micros = micros + interval '958 us', instant = instant + interval '1 us', time = time + " +
  "interval '500 us', zoned = zoned + interval '20 us', \"maybeInstant\" = \"maybeInstant\" + interval '999 us', " +
  '"microsList" = array[micros + interval \'7 us\']'

await t.test('POST of items', async t => {
  await plain.sample.deleteMany()
  t.equal((await send('POST', '/samples', items)).status, 201)
  t.strictSame(differences(await held(), sentHeld), [])
})

await t.test('upserts of items on rows that exist', async t => {
  await prepare(before)
  t.equal((await send('POST', '/samples?unique_fields=code', items)).status, 200)
  t.strictSame(differences(await held(), sentHeld), [])
})

await t.test('rows that are sent back as they were read', async t => {
  await prepare(sent)
  await query(finer)
  const stored = await held()
  const rows: Values[] = []
  for (let url: string | null = '/samples?ordering=code&page_size=100'; url !== null;) {
    const { results, next } = (await send('GET', url)).body.data as {
      readonly results: readonly Values[]
      readonly next: string | null
    }
    rows.push(...results)
    url = next
  }
  t.match(await send('PATCH', '/samples', rows), { status: 200, body: { meta: { updated: 0, unchanged: count } } })
  t.strictSame(differences(await held(), stored), [])
  await plain.sample.deleteMany()
  t.equal(
    (
      await send(
        'POST',
        '/samples',
        rows.map(({ id, ...row }) => row)
      )
    ).status,
    201
  )
  t.strictSame(differences(await held(), stored), [])
})

for (const format of ['csv', 'xlsx']) {
  await t.test(`an export that is imported again: ${format}`, async t => {
    await prepare(sent)
    await query(finer)
    const stored = await held()
    const file = await app.inject(`/samples/export?file_type=${format}&ordering=code`)
    const load = async (): Promise<unknown> =>
      (
        await app.inject({
          method: 'POST',
          url: '/samples/import-from-file',
          ...form({ append_data: 'true' }, file.rawPayload)
        })
      ).json<{ data: unknown }>().data
    t.match(await load(), { import_summary: { updated: 0, unchanged: count, failed: 0 } })
    await plain.sample.deleteMany()
    t.match(await load(), { import_summary: { created: count, failed: 0 } })
    t.strictSame(differences(await held(), stored), [])
  })
}

await t.test('halves of surrogate pairs and NUL are refused wherever text stands', async t => {
  for (const text of ['a\ud800', '\udc00', 'a\u0000b']) {
    for (const [name, value] of [
      ['text', text],
      ['maybeText', text],
      ['texts', [text]],
      ['json', { a: [text] }],
      ['json', { [text]: 1 }],
      ['raw', text],
      ['jsons', [text]]
    ] as const) {
      const [first] = items
      t.equal(
        (await send('POST', '/samples', [{ ...first, code: 'refused', [name]: value }])).status,
        400,
        `${name} ${JSON.stringify(text)}`
      )
      await t.rejects(bulk.sample.bulkCreate({ data: [{ ...coded(whole)[0]!, code: 'refused', [name]: value }] }), {
        code: 'invalid_value'
      })
    }
  }
})
