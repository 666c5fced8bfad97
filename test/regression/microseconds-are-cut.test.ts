import t from 'tap'
import { defineResource } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { downloader, fileServer } from '../helpers/export-app.js'
import { form } from '../helpers/import-app.js'
import { column, listOf, parameter } from '../helpers/list-app.js'
import { sampleItem } from '../helpers/sample.js'

const names = [
  'micros',
  'instant',
  'time',
  'zoned',
  'maybeMicros',
  'maybeInstant',
  'maybeTime',
  'microsList',
  'instants',
  'times'
]
const database = await bulkDatabase(t)
const app = await fileServer(t, database, {
  '/samples': defineResource({ model: 'Sample', import: { uniqueFields: ['code'] } }),
  '/specimens': defineResource({
    model: 'Specimen',
    fields: ['code', 'timestamptz'],
    import: { fields: ['code', 'timestamptz'], uniqueFields: ['code'] }
  })
})
const send = sender(app)
const download = downloader(app)

/** What the database holds, as it prints it. */
async function stored (): Promise<unknown> {
  return await database.query(
    `SELECT code, ${names.map(name => `"${name}"::text`).join(', ')} FROM samples ORDER BY code`
  )
}

async function set (code: string, moment: string): Promise<void> {
  await send('POST', '/samples', sampleItem(code))
  await database.query(
    `UPDATE samples SET micros = $2::timestamp, instant = $2::timestamp, time = $2::timestamp::time, zoned = $2::timestamp::time::timetz,
    "maybeMicros" = $2::timestamp, "maybeInstant" = null, "maybeTime" = $2::timestamp::time, "microsList" = array[$2::timestamp], instants = array[$2::timestamp, '2026-01-01 10:00+00'],
    times = array[$2::timestamp::time] WHERE code = $1`,
    [code, moment]
  )
}

await set('a', '2026-01-01 10:00:00.029958')
await set('b', '1969-12-31 23:59:59.000001')
await set('c', '9999-12-31 23:59:59.999990')
await set('d', '2026-01-01 10:00:00.029000')
const before = await stored()

await t.test('answers show the microseconds that a column holds, and milliseconds where the rest is zero', async t => {
  const { results } = await listOf(send, '/samples?ordering=code')
  t.strictSame(
    results.map(row => names.map(name => row[name])),
    [
      [
        '2026-01-01T10:00:00.029958Z',
        '2026-01-01T10:00:00.029958Z',
        '10:00:00.029958',
        '10:00:00.029958',
        '2026-01-01T10:00:00.029958Z',
        null,
        '10:00:00.029958',
        ['2026-01-01T10:00:00.029958Z'],
        ['2026-01-01T10:00:00.029958Z', '2026-01-01T10:00:00.000Z'],
        ['10:00:00.029958']
      ],
      [
        '1969-12-31T23:59:59.000001Z',
        '1969-12-31T23:59:59.000001Z',
        '23:59:59.000001',
        '23:59:59.000001',
        '1969-12-31T23:59:59.000001Z',
        null,
        '23:59:59.000001',
        ['1969-12-31T23:59:59.000001Z'],
        ['1969-12-31T23:59:59.000001Z', '2026-01-01T10:00:00.000Z'],
        ['23:59:59.000001']
      ],
      [
        '9999-12-31T23:59:59.999990Z',
        '9999-12-31T23:59:59.999990Z',
        '23:59:59.999990',
        '23:59:59.999990',
        '9999-12-31T23:59:59.999990Z',
        null,
        '23:59:59.999990',
        ['9999-12-31T23:59:59.999990Z'],
        ['9999-12-31T23:59:59.999990Z', '2026-01-01T10:00:00.000Z'],
        ['23:59:59.999990']
      ],
      [
        '2026-01-01T10:00:00.029Z',
        '2026-01-01T10:00:00.029Z',
        '10:00:00.029',
        '10:00:00.029',
        '2026-01-01T10:00:00.029Z',
        null,
        '10:00:00.029',
        ['2026-01-01T10:00:00.029Z'],
        ['2026-01-01T10:00:00.029Z', '2026-01-01T10:00:00.000Z'],
        ['10:00:00.029']
      ]
    ]
  )
})

await t.test('a filter by the shown value finds its row, and gt does not', async t => {
  const { results } = await listOf(send, '/samples?ordering=code')
  for (const row of results) {
    for (const name of ['micros', 'instant', 'time', 'zoned']) {
      const same = await column(send, `/samples?${parameter(name, String(row[name]))}`, 'code')
      const later = await column(send, `/samples?${parameter(`${name}[gt]`, String(row[name]))}`, 'code')
      t.strictSame([same, later.includes(row['code'])], [[row['code']], false], `${String(row['code'])} ${name}`)
    }
    const having = await column(send, '/samples/query', 'code', {
      filters: { instants: { has: (row['instants'] as string[])[0] } }
    })
    t.strictSame(having, [row['code']])
  }
})

await t.test('rows that are sent back as they were read are unchanged', async t => {
  const { results } = await listOf(send, '/samples?ordering=code')
  t.match(await send('PATCH', '/samples', results), { status: 200, body: { meta: { updated: 0, unchanged: 4 } } })
  t.match(
    await send(
      'POST',
      '/samples?unique_fields=code',
      results.map(({ id, ...row }) => row)
    ),
    { status: 200, body: { meta: { updated: 0, unchanged: 4 } } }
  )
  t.match(await send('PATCH', `/samples/${String(results[0]!['id'])}`, results[0]), {
    status: 200,
    body: { data: { micros: '2026-01-01T10:00:00.029958Z' } }
  })
  t.strictSame(await stored(), before)
})

for (const format of ['csv', 'xlsx']) {
  await t.test(`an export that is imported again changes nothing: ${format}`, async t => {
    const file = await download(`/samples/export?file_type=${format}&ordering=code`)
    t.equal(file.status, 200)
    if (format === 'csv') {
      t.ok(file.text.includes('2026-01-01T10:00:00.029958Z') && file.text.includes('2026-01-01T10:00:00.029Z'))
    }
    const answer = await app.inject({
      method: 'POST',
      url: '/samples/import-from-file',
      ...form({ append_data: 'true' }, file.bytes)
    })
    t.match(answer.json(), { data: { import_summary: { updated: 0, unchanged: 4, failed: 0 } } })
    t.strictSame(await stored(), before)
  })
}

await t.test('lines that the database makes itself have them too', async t => {
  await database.query(`INSERT INTO specimens (specimen_code, timestamptz, touched_at)
    VALUES ('a', '2026-01-01 10:00:00.029958+00', now()), ('b', '2026-01-01 10:00:00.029+00', now()), ('c', 'infinity', now()), ('d', '280000-12-31 23:59:59.5+00', now())`)
  const file = await download('/specimens/export?file_type=csv&ordering=code&includes=code,timestamptz')
  t.strictSame(file.text.split('\r\n').slice(1, -1), [
    'a,2026-01-01T10:00:00.029958Z',
    'b,2026-01-01T10:00:00.029Z',
    'c,infinity',
    'd,+280000-12-31T23:59:59.500Z'
  ])
  t.strictSame(await column(send, '/specimens?ordering=code', 'timestamptz'), [
    '2026-01-01T10:00:00.029958Z',
    '2026-01-01T10:00:00.029Z',
    'infinity',
    '+280000-12-31T23:59:59.500Z'
  ])
})
