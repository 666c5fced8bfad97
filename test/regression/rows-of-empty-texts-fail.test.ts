import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, specimenServer } from '../helpers/import-app.js'
import { textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)

await t.test('rows whose cells are all empty texts are left out', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const formula = '<c t="str"><f>""</f><v></v></c>'
  const files = {
    formulas: await workbookOf(
      ['code', 'text'],
      [[formula, formula], [textCell('a'), textCell('b')], [formula], [formula, formula]]
    ),
    inline: await workbookOf(
      ['code', 'text'],
      [
        [textCell('a'), textCell('b')],
        [textCell(''), textCell('')]
      ]
    ),
    shared: await workbookOf(['code', 'text'], [[textCell('a'), textCell('b')], ['<c t="s"><v>0</v></c>']], {
      texts: '<si><t/></si>'
    }),
    csv: csv('"code","text"', '"",""', '"a","b"', '"",""', ',""')
  }
  for (const [title, file] of Object.entries(files)) {
    const { status, created, failed } = await send(file)
    t.strictSame([status, created, failed, await take('text')], [201, 1, [], [['b']]], title)
  }
})

await t.test('rows keep the numbers that a spreadsheet shows', async t => {
  const { send } = await specimenServer(t, database, ['int'])
  t.strictSame(
    (await send(csv('code,int', '"",""', 'a,x'))).failed.map(text => text.slice(0, 6)),
    ['3: int']
  )
})
