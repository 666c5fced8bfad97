import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const { serve, query } = await createSchemaApp(
  t,
  `
model Step {
  id       Int      @id
  plan     Int
  position Int
  day      DateTime @unique @db.Date

  @@unique([plan, position])
}
`,
  `create table "Step" (id int primary key, plan int not null, position int not null, day date not null unique,
constraint "Step_plan_position_key" unique (plan, position))`
)
const { send } = await serve({ '/steps': { model: 'Step' } })
const ids = [1, 2, 3, 4]

t.beforeEach(async () => {
  await query('truncate "Step"')
  await query('insert into "Step" select i, 1, i, date \'2026-01-01\' + i from generate_series(1, 4) i')
})

// A row that waits for another holds a value beyond the greatest one meanwhile, which is where the last row moves.
for (const [name, shift] of Object.entries({ up: 1, 'up by two': 2, down: -1, 'down by two': -2 })) {
  await t.test(`required numbers and days that shift ${name} in one request are all written`, async t => {
    const items = ids.map(id => ({ id, position: id + shift, day: `2026-01-0${id + 2 + shift}` }))
    t.match(await send('PATCH', '/steps', items), { status: 200, body: { meta: { updated: 4 } } })
    t.strictSame(await query('select id, position, day::text from "Step" order by id'), items)
  })
}

for (const shift of [1, 2]) {
  await t.test(`an upsert writes a new row before numbers that shift up by ${shift}`, async t => {
    const row = (id: number, position: number): object => ({ id, plan: 1, position, day: `2026-02-0${id}` })
    const items = [row(5, 1), ...ids.map(id => row(id, id + shift))]
    const { status, body } = await send('PATCH', '/steps?unique_fields=id', items)
    t.match([status, body.meta], [200, { created: 1, updated: 4 }])
    t.strictSame(await query('select id, position from "Step" order by position, id'), [
      { id: 5, position: 1 },
      ...ids.map(id => ({ id, position: id + shift }))
    ])
  })
}
