import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const app = await serve(t, database, { '/specimens': { model: 'Specimen' } }, { crud: true })
const send = sender(app)

await t.test('timestamps and dates that JavaScript does not have are shown as text, and fail no page', async t => {
  const instants = ["'infinity'", "'-infinity'", "'280000-12-31 23:59:59'", "'4713-01-02 BC'", "'2026-01-02 03:04:05'"]
  for (const [i, instant] of instants.entries()) {
    await database.query(
      `insert into specimens (specimen_code, timestamp, date, moments, touched_at) values ('c${i}', ${instant}, ` +
        `${instant}::timestamp::date, array[${instant}]::timestamp(3)[], now())`
    )
  }
  const { status, body } = await send('GET', '/specimens?ordering=code')
  t.equal(status, 200)
  const { results } = body.data as { readonly results: ReadonlyArray<Readonly<Record<string, unknown>>> }
  t.strictSame(
    results.map(({ timestamp, date }) => [timestamp, date]),
    [
      ['infinity', 'infinity'],
      ['-infinity', '-infinity'],
      ['+280000-12-31T23:59:59.000Z', '+280000-12-31'],
      ['-004712-01-02T00:00:00.000Z', '-004712-01-02'],
      ['2026-01-02T03:04:05.000Z', '2026-01-02']
    ]
  )
  t.strictSame(
    results.map(({ moments }) => (moments as string[])[0]!.replace(/^-infinity$|^infinity$/, 'any')).slice(0, 2),
    ['any', 'any']
  )
  const start = await send('GET', '/specimens?ordering=timestamp&cursor=&page_size=2')
  t.equal(start.status, 200)
  const next = await send('GET', (start.body.data as { readonly next: string }).next)
  t.strictSame([next.status, (next.body.data as { readonly results: unknown[] }).results.length], [200, 2])
})

await t.test('numbers in JSON that JavaScript does not have are shown as text', async t => {
  await database.query(
    'insert into specimens (specimen_code, json, "jsonText", touched_at) values (\'json\', ' +
      '\'{"a":[1e400,-1e400,1.5],"b":"1e400"}\', \'1e999\', now())'
  )
  const { body } = await send('GET', '/specimens?code=json')
  const [row] = (body.data as { readonly results: ReadonlyArray<Readonly<Record<string, unknown>>> }).results
  t.strictSame(row!['json'], { a: ['Infinity', '-Infinity', 1.5], b: '1e400' })
  t.equal(row!['jsonText'], 'Infinity')
})
