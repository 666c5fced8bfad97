import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)

await t.test('a text in a cell beside a value is the text alone', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const cells = [
    '<c t="inlineStr"><v>1.0</v><is><t>1.</t></is></c>',
    '<c t="inlineStr"><is><t>1.</t></is><v>1.0</v></c>',
    '<c t="str"><v>1.</v><is><t>no</t></is></c>',
    '<c t="inlineStr"><v>1.</v></c>',
    '<c><is><t>1.</t></is></c>'
  ]
  const { status } = await send(
    await workbookOf(
      ['code', 'text'],
      cells.map((cell, i) => [textCell(String(i)), cell])
    )
  )
  t.strictSame([status, await take('text')], [201, cells.map(() => ['1.'])])
})
