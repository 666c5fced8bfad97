import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)

await t.test('a boolean cell that holds neither true nor false fails its row', async t => {
  const { send, take } = await specimenServer(t, database, ['bool'])
  const wrong = ['TRUE', '2', 'yes', '#REF!', '-1']
  const { status, failed } = await send(
    await workbookOf(
      ['code', 'bool'],
      wrong.map(value => [textCell(value), `<c t="b"><v>${value}</v></c>`])
    )
  )
  t.strictSame(
    [status, failed],
    [422, wrong.map((_, i) => `${i + 2}: The cell B${i + 2} holds neither true nor false`)]
  )
  t.strictSame(await take('bool'), [])
})

await t.test('booleans are 0, 1, true and false', async t => {
  const { send, take } = await specimenServer(t, database, ['bool'])
  const { status } = await send(
    await workbookOf(
      ['code', 'bool'],
      ['0', '1', 'true', 'false', ''].map((value, i) => [textCell(String(i)), `<c t="b"><v>${value}</v></c>`])
    )
  )
  t.strictSame([status, await take('bool')], [201, [['false'], ['true'], ['true'], ['false'], [null]]])
})
