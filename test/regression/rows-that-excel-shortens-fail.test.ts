import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, specimenServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const file = csv('code,int,text', 'a,1,x', 'b,2', 'c')

await t.test('rows that Excel saves without their last empty cells are read', async t => {
  const { send, take } = await specimenServer(t, database, ['int', 'text'])
  const { status, failed } = await send(file)
  t.strictSame(
    [status, failed, await take('int', 'text')],
    [
      201,
      [],
      [
        ['1', 'x'],
        ['2', null],
        [null, null]
      ]
    ]
  )
})

await t.test('a strict import refuses rows that are shorter than the header', async t => {
  const { send, take } = await specimenServer(t, database, ['int', 'text'], { csv: { strict: true } })
  const { status, failed } = await send(file)
  t.strictSame(
    [status, failed],
    [207, ['3: The row has 2 cells, the first row 3', '4: The row has 1 cell, the first row 3']]
  )
  t.strictSame(await take('int', 'text'), [['1', 'x']])
})
