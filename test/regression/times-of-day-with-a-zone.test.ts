import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve, query } = await createSchemaApp(
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

await t.test('a column of the type timetz takes the times that answers show, in items, filters and files', async t => {
  const { send, upload, app } = await serve({ '/openings': { model: 'Opening', import: { uniqueFields: ['id'] } } })
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
  t.strictSame(await query('select opens::text from "Opening" order by id'), [
    { opens: '07:45:00+00' },
    { opens: '09:15:00+00' },
    { opens: '00:30:00.123+02' }
  ])
})
