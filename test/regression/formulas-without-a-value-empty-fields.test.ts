import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, specimenServer } from '../helpers/import-app.js'
import { textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const problem = 'has a formula without a value: open the file in a spreadsheet and save it'

await t.test('a formula that no program has worked out fails its row and empties no field', async t => {
  const { send, take } = await specimenServer(t, database, ['decimal', 'text', 'bool'])
  t.equal((await send(csv('code,decimal,text,bool', 'a,12.5,ab,true'))).status, 201)
  for (const [cell, name] of [
    ['<c r="B2"><f>10+2.5</f></c>', 'B2'],
    ['<c r="B2"><f>10+2.5</f><v></v></c>', 'B2'],
    ['<c r="C2" t="str"><f>"a"</f></c>', 'C2'],
    ['<c r="C2" t="s"><f/><v/></c>', 'C2'],
    ['<c r="D2" t="b"><f>TRUE()</f><v/></c>', 'D2'],
    ['<c r="B2"><f t="shared" si="0"/></c>', 'B2']
  ] as const) {
    const { status, failed } = await send(
      await workbookOf(['code', 'decimal', 'text', 'bool'], [[textCell('a'), cell]])
    )
    t.strictSame([status, failed], [422, [`2: The cell ${name} ${problem}`]], cell)
  }
  t.strictSame(await take('decimal', 'text', 'bool'), [['12.5000000000', 'ab', 'true']])
})

await t.test('a formula counts as the value that was worked out last, an empty text too', async t => {
  const { send, take } = await specimenServer(t, database, ['decimal', 'text'])
  const { status } = await send(
    await workbookOf(
      ['code', 'decimal', 'text'],
      [[textCell('a'), '<c><f>10+2.5</f><v>12.5</v></c>', '<c t="str"><f>""</f><v></v></c>']]
    )
  )
  t.strictSame([status, await take('decimal', 'text')], [201, [['12.5000000000', '']]])
})
