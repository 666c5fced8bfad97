import t from 'tap'
import { defineResource } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { fileServer } from '../helpers/export-app.js'
import { form } from '../helpers/import-app.js'
import { column, listOf, parameter } from '../helpers/list-app.js'
import { sampleItem } from '../helpers/sample.js'
import { createSchemaApp } from '../helpers/schema-app.js'

const database = await bulkDatabase(t)
const app = await fileServer(t, database, {
  '/samples': defineResource({ model: 'Sample', import: { uniqueFields: ['code'] } })
})
const send = sender(app)

const openings = await createSchemaApp(
  t,
  `
model Opening {
  id     Int        @id
  opens  DateTime   @db.Timetz(6)
  closes DateTime   @db.Time(6)
  breaks DateTime[] @db.Timetz(3)
}
`,
  'create table "Opening" (id int primary key, opens timetz(6) not null, closes time(6) not null, breaks timetz(3)[])'
)

/** What is written, what is stored, what answers show. */
const times = [
  ['08:30', '08:30:00+00', '08:30:00.000'],
  ['08:30:00', '08:30:00+00', '08:30:00.000'],
  ['08:30:00.5Z', '08:30:00.5+00', '08:30:00.500'],
  ['08:30:00.123456+02:00', '08:30:00.123456+02', '08:30:00.123456+02:00'],
  ['08:30:00-03', '08:30:00-03', '08:30:00.000-03:00'],
  ['00:30+0530', '00:30:00+05:30', '00:30:00.000+05:30'],
  ['24:00', '24:00:00+00', '24:00:00.000'],
  ['1970-01-01T08:30:00+02:00', '06:30:00+00', '06:30:00.000']
] as const

await t.test('columns of a time with a zone take a time of day, with or without a zone, and show it', async t => {
  for (const [written, stored, shown] of times) {
    const { status, body } = await send(
      'POST',
      '/samples',
      sampleItem(written, { zoned: written, maybeZoned: written })
    )
    t.match([status, body.data], [201, { zoned: shown, maybeZoned: shown }], written)
    t.strictSame(await database.query('SELECT zoned::text FROM samples WHERE code = $1', [written]), [
      { zoned: stored }
    ])
    t.ok((await column(send, `/samples?${parameter('zoned', shown)}`, 'code')).includes(written), `filter by ${shown}`)
  }
  for (const wrong of ['08:30+16:00', '24:01', '25:00', '08:60', '08:30+2', '8:30', '08:30:00+02:60']) {
    t.match(
      await send('POST', '/samples', sampleItem(wrong, { zoned: wrong })),
      { status: 400, body: { details: [{ code: 'invalid_type', pointer: '/zoned' }] } },
      wrong
    )
  }
})

await t.test('a plus that was not escaped in a query is taken for one', async t => {
  t.strictSame(await column(send, '/samples?zoned=08:30:00.123456+02:00', 'code'), ['08:30:00.123456+02:00'])
})

await t.test('columns of a time without a zone take no zone but UTC', async t => {
  t.match(await send('POST', '/samples', sampleItem('plain', { time: '08:30+02:00' })), {
    status: 400,
    body: { details: [{ pointer: '/time' }] }
  })
  t.match((await send('POST', '/samples', sampleItem('plain', { time: '08:30Z', maybeTime: '24:00:00' }))).body.data, {
    time: '08:30:00.000',
    maybeTime: '24:00:00.000'
  })
})

await t.test('rows sent back and files imported again leave them as they are', async t => {
  const { results } = await listOf(send, '/samples?ordering=code')
  t.match(await send('PATCH', '/samples', results), {
    status: 200,
    body: { meta: { updated: 0, unchanged: times.length + 1 } }
  })
  for (const format of ['csv', 'xlsx']) {
    const file = await app.inject(`/samples/export?file_type=${format}`)
    const answer = await app.inject({
      method: 'POST',
      url: '/samples/import-from-file',
      ...form({ append_data: 'true' }, file.rawPayload)
    })
    t.match(answer.json(), { data: { import_summary: { updated: 0, unchanged: times.length + 1 } } }, format)
  }
})

await t.test('a column of the type timetz takes the times that answers show, in items, filters and files', async t => {
  const { send, upload, app } = await openings.serve({
    '/openings': { model: 'Opening', import: { uniqueFields: ['id'] } }
  })
  const row = { id: 1, opens: '08:30:00.000', closes: '17:00:00.000', breaks: ['10:00:00.000', '12:30:00.000'] }
  t.match(await send('POST', '/openings', row), { status: 201, body: { data: row } })
  t.match(await send('POST', '/openings', { id: 2, opens: '1970-01-01T09:15:00Z', closes: '18:00', breaks: [] }), {
    status: 201,
    body: { data: { opens: '09:15:00.000' } }
  })
  t.match(await send('POST', '/openings', { id: 3, opens: '00:30:00.123+02:00', closes: '18:00', breaks: [] }), {
    status: 201,
    body: { data: { opens: '00:30:00.123+02:00' } }
  })
  t.match(await send('POST', '/openings', { id: 4, opens: '08:30', closes: '18:00+02:00' }), {
    status: 400,
    body: { errors: { closes: [/time of day/] } }
  })
  t.match(await send('GET', '/openings?opens=08:30:00.000'), { body: { data: { results: [{ id: 1 }] } } })
  t.match(await send('PUT', '/openings/1', { ...row, opens: '07:45:00' }), {
    status: 200,
    body: { data: { opens: '07:45:00.000' } }
  })
  const file = (await app.inject('/openings/export')).body
  t.match(await upload('/openings', file), { status: 201, body: { data: { import_summary: { failed: 0 } } } })
  t.strictSame(await openings.query('select opens::text from "Opening" order by id'), [
    { opens: '07:45:00+00' },
    { opens: '09:15:00+00' },
    { opens: '00:30:00.123+02' }
  ])
})
