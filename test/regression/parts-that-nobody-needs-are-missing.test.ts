import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { relationsXml, textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const rows = [[textCell('a'), '<c s="1"><v>5</v></c>']]

await t.test('a workbook that names shared texts and styles which it does not have is read', async t => {
  const { send, take } = await specimenServer(t, database, ['int'])
  const { status } = await send(
    await workbookOf(['code', 'int'], rows, {
      parts: {
        'xl/_rels/workbook.xml.rels': relationsXml(
          ['worksheet', 'worksheets/sheet1.xml'],
          ['styles', 'none.xml'],
          ['sharedStrings', 'sharedStrings.xml']
        )
      }
    })
  )
  t.strictSame([status, await take('int')], [201, [['5']]])
})

await t.test('a workbook that refers to other ones is read by the values that were worked out last', async t => {
  const { send, take } = await specimenServer(t, database, ['int'])
  const { status } = await send(
    await workbookOf(['code', 'int'], [[textCell('a'), '<c><f>[1]One!A1</f><v>5</v></c>']], {
      parts: { 'xl/externalLinks/externalLink1.xml': '<externalLink/>' }
    })
  )
  t.strictSame([status, await take('int')], [201, [['5']]])
})

await t.test('a text that a cell refers to and that is not there is an error', async t => {
  const { send } = await specimenServer(t, database, ['int'])
  const { status, message } = await send(
    await workbookOf(['code', 'int'], [['<c t="s"><v>0</v></c>', '<c><v>5</v></c>']], {
      parts: {
        'xl/_rels/workbook.xml.rels': relationsXml(
          ['worksheet', 'worksheets/sheet1.xml'],
          ['sharedStrings', 'none.xml']
        )
      }
    })
  )
  t.strictSame([status, message], [422, 'The file cannot be read: a cell refers to a text that is not there'])
})
