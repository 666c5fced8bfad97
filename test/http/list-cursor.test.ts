import t from 'tap'
import { avg, count, expression, max, min, sum } from 'fastify-prisma-commons/crud'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { listOf, refusal, type ListData } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const orderings = {
  children: count('children'),
  lowest: min('children.name'),
  highest: max('children.id'),
  total: sum('children.id'),
  mean: avg('children.id'),
  half: expression('{id} / 2')
}
const options = {
  model: 'Specimen',
  computed: { length: expression('length({text})') },
  list: {
    filters: ['int', 'code', 'bool'],
    ordering: [
      'int',
      'big',
      'float',
      'real',
      'decimal',
      'bool',
      'text',
      'fixed',
      'timestamp',
      'timestamptz',
      'date',
      'time',
      'color',
      'uuid',
      'address',
      'code',
      'id'
    ]
  }
}
const app = await serve(
  t,
  database,
  {
    '/specimens': options,
    '/secret': { ...options, list: { ...options.list, cursorSecret: 'a secret of 16 and more' } },
    '/same': { ...options, list: { ...options.list, cursorSecret: 'a secret of 16 and more' } },
    '/other': { ...options, list: { ...options.list, cursorSecret: 'another secret that is long' } },
    '/categories': {
      model: 'Category',
      computed: orderings,
      list: { ordering: ['name', 'id', 'parentId', 'parent.name', 'parent.parent.name'] }
    }
  },
  { crud: true }
)
const send = sender(app)

// Few values and many nulls, so that most rows are alike in most terms.
await query(`INSERT INTO specimens (specimen_code, int, big, float, real, "decimal", bool, text, fixed, "timestamp", timestamptz, date, "time", color, uuid, address, touched_at)
  SELECT 'c' || i, nullif(i % 4, 0), nullif(i % 3, 0) * 9007199254740993, CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' WHEN 3 THEN 0.1 ELSE 1e300 END, nullif(i % 4, 0) * 0.1,
    nullif(i % 3, 0) * 1.0000000001, nullif(i % 3, 0) = 1, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN 'a''"\\' ELSE repeat('é', i % 4) END, nullif(i % 3, 0)::text,
    CASE WHEN i % 3 > 0 THEN timestamp '2026-01-01 00:00:00.123' + (i % 3) * interval '1 microsecond' END, CASE WHEN i % 3 > 0 THEN timestamptz '2026-01-01 00:00:00.123456Z' + (i % 3) * interval '1 microsecond' END,
    CASE WHEN i % 3 > 0 THEN date '2026-01-01' + i % 3 END, CASE WHEN i % 3 > 0 THEN time '08:30' + (i % 3) * interval '1 millisecond' END,
    CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN 'red' WHEN 2 THEN 'green' ELSE 'deep blue' END::"Shade", CASE WHEN i % 3 > 0 THEN ('00000000-0000-4000-8000-00000000000' || i % 3)::uuid END,
    CASE WHEN i % 3 > 0 THEN ('10.0.0.' || i % 3)::inet END, now()
  FROM generate_series(1, 37) i`)
await query(
  'INSERT INTO "Category" (name, "parentId") SELECT \'n\' || i, CASE WHEN i > 3 AND i % 4 > 0 THEN i / 3 END FROM ' +
    'generate_series(1, 31) i'
)

const idsOf = ({ results }: ListData): unknown[] => results.map(row => row['id'])

/** Walks from part to part, there and back; gives the ids of all parts in both directions. */
async function walk (start: string): Promise<{ there: unknown[]; back: unknown[] }> {
  const there: unknown[] = []
  let part = await listOf(send, start)
  there.push(...idsOf(part))
  t.equal(part.previous, null)
  while (part.next !== null) {
    part = await listOf(send, part.next)
    there.push(...idsOf(part))
  }
  const back = idsOf(part)
  while (part.previous !== null) {
    part = await listOf(send, part.previous)
    back.unshift(...idsOf(part))
  }
  return { there, back }
}

async function sameAsWhole (path: string, ordering: string, size: number): Promise<void> {
  const whole = idsOf(await listOf(send, `${path}?ordering=${ordering}&page_size=100`))
  const { there, back } = await walk(`${path}?ordering=${ordering}&cursor=&page_size=${size}`)
  t.strictSame(there, whole, `${path} ${ordering} by ${size}`)
  t.strictSame(back, whole, `${path} ${ordering} by ${size}, back`)
}

await t.test('parts that cursors lead to are the whole list, there and back, whatever the order', async () => {
  for (const name of [...options.list.ordering, 'length']) {
    await sameAsWhole('/specimens', name, 18)
    await sameAsWhole('/specimens', `-${name}`, 15)
  }
  for (const ordering of [
    'int,-text',
    '-int,text,-id',
    'bool,color,-float',
    '-decimal,-timestamptz,id',
    'text,length,int,-big,date',
    '-code,int',
    'id,int'
  ]) {
    for (const size of [7, 36]) await sameAsWhole('/specimens', ordering, size)
  }
})

await t.test('so are those by computed values and by fields of related rows', async () => {
  for (const name of ['parentId', 'parent.name', 'parent.parent.name', ...Object.keys(orderings)]) {
    await sameAsWhole('/categories', name, 8)
    await sameAsWhole('/categories', `-${name},name`, 4)
    await sameAsWhole('/categories', `name,-${name}`, 9)
  }
  await sameAsWhole('/categories', '-children,parent.name,-half', 1)
})

await t.test('a part is one statement, which counts nothing and leaves out no row', async t => {
  const { next } = await listOf(send, '/specimens?cursor=&ordering=-code&page_size=2')
  statements.length = 0
  const { results } = await listOf(send, next!)
  t.equal(results.length, 2)
  t.equal(statements.length, 1)
  t.notMatch(statements[0]!, /count|offset/i)
  t.match(
    statements[0]!,
    'from "specimens" t where t."specimen_code" < $1::text\norder by t."specimen_code" desc limit $2::bigint'
  )
})

await t.test('rows that come and go meanwhile move nothing', async t => {
  const first = await listOf(send, '/categories?cursor=&ordering=name&page_size=3&name[startsWith]=n1')
  t.strictSame(
    first.results.map(row => row['name']),
    ['n1', 'n10', 'n11']
  )
  await query('DELETE FROM "Category" WHERE name = \'n11\'')
  await query("INSERT INTO \"Category\" (name) VALUES ('n10a'), ('n11a')")
  const second = await listOf(send, first.next!)
  t.strictSame(
    second.results.map(row => row['name']),
    ['n11a', 'n12', 'n13']
  )
  t.strictSame(
    (await listOf(send, second.previous!)).results.map(row => row['name']),
    ['n1', 'n10', 'n10a']
  )
  await query("DELETE FROM \"Category\" WHERE name IN ('n11a', 'n10a')")
})

await t.test('the end that has become empty leads to the start', async t => {
  await query("INSERT INTO \"Category\" (name) VALUES ('y1'), ('y2')")
  const first = await listOf(send, '/categories?cursor=&name[startsWith]=y&page_size=1')
  await query('DELETE FROM "Category" WHERE name = \'y2\'')
  const second = await listOf(send, first.next!)
  t.strictSame([second.results, second.next], [[], null])
  t.strictSame(
    (await listOf(send, second.previous!)).results.map(row => row['name']),
    ['y1']
  )
  await query('DELETE FROM "Category" WHERE name = \'y1\'')
})

await t.test('a cursor is good for its list only, and for nobody who changes it', async t => {
  const { next } = await listOf(send, '/specimens?cursor=&ordering=int&int[gte]=1&page_size=2')
  const cursor = new URLSearchParams(next!.split('?')[1]).get('cursor')!
  t.match(cursor, /^[\w-]+$/)
  t.notMatch(Buffer.from(cursor, 'base64url').toString('latin1'), /[0-9a-f]{8}-[0-9a-f]{4}/, 'it shows nothing')
  const message =
    'The query parameter "cursor" is none of this list: a cursor goes with the filters and the ordering that it ' +
    'was made for'
  const changed = `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`
  const flipped = Buffer.from(cursor, 'base64url')
  flipped[14]! ^= 1
  for (const url of [
    `/specimens?ordering=-int&int[gte]=1&cursor=${cursor}`,
    `/specimens?ordering=int&int[gte]=2&cursor=${cursor}`,
    `/specimens?ordering=int&cursor=${cursor}`,
    `/categories?cursor=${cursor}`,
    `/secret?ordering=int&int[gte]=1&cursor=${cursor}`,
    ...[changed, `${cursor}=`, cursor.slice(0, 20), 'x', '0', `${cursor}A`, flipped.toString('base64url')].map(
      one => `/specimens?ordering=int&int[gte]=1&cursor=${encodeURIComponent(one)}`
    )
  ]) {
    t.strictSame(await refusal(send, url), [400, 'invalid_parameter', message], url)
  }
  t.equal(
    (await listOf(send, `/specimens?ordering=int&int[gte]=1&page_size=5&cursor=${cursor}`)).results.length,
    5,
    'the size may change'
  )
  t.strictSame(
    (await listOf(send, '/specimens?cursor=&ordering=int&int[gte]=1&page_size=2')).next,
    next,
    'one cursor is always the same'
  )
})

await t.test("servers with one secret read each other's cursors", async t => {
  const { next } = await listOf(send, '/secret?cursor=&page_size=2')
  t.equal((await listOf(send, next!.replace('/secret', '/same'))).results.length, 2)
  t.equal((await refusal(send, next!.replace('/secret', '/other')))[0], 400)
})
