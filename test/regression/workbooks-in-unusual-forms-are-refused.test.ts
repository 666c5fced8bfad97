import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { relationsXml, sheetXml, textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const header = `<row r="1">${textCell('code')}${textCell('text')}</row>`
const sheet = sheetXml(`${header}<row r="2"><c r="A2" t="str"><v>a</v></c><c r="B2" t="str"><v>ü</v></c></row>`)
const path = 'xl/worksheets/sheet1.xml'
const utf16 = sheet.replace('UTF-8', 'UTF-16')

const books: readonly (readonly [title: string, file: Buffer])[] = [
  ['UTF-16 with a mark', await workbookOf([], [], { parts: { [path]: Buffer.from(`\ufeff${utf16}`, 'utf16le') } })],
  [
    'UTF-16 in the other order',
    await workbookOf([], [], { parts: { [path]: Buffer.from(`\ufeff${utf16}`, 'utf16le').swap16() } })
  ],
  ['UTF-16 without a mark', await workbookOf([], [], { parts: { [path]: Buffer.from(utf16, 'utf16le') } })],
  [
    'a row in parts',
    await workbookOf([], [], {
      parts: {
        [path]: sheetXml(
          `${header}<row r="2"><c r="B2" t="str"><v>ü</v></c></row><row r="2"><c r="A2" t="str"><v>a</v></c></row>`
        )
      }
    })
  ],
  [
    'references in small letters',
    await workbookOf([], [], { parts: { [path]: sheet.replaceAll('"A2"', '"a2"').replaceAll('"B2"', '"b2"') } })
  ],
  [
    'bytes behind the end',
    Buffer.concat([await workbookOf([], [], { parts: { [path]: sheet } }), Buffer.from('\r\n'.repeat(1000))])
  ],
  [
    'a blank in the name of a part, escaped where it is referred to',
    await workbookOf([], [], {
      parts: {
        'xl/sheet one.xml': sheet,
        'xl/_rels/workbook.xml.rels': relationsXml(['worksheet', 'sheet%20one.xml'])
      }
    })
  ],
  [
    'an escaped blank in the name of a part',
    await workbookOf([], [], {
      parts: {
        'xl/sheet%20one.xml': sheet,
        'xl/_rels/workbook.xml.rels': relationsXml(['worksheet', 'sheet one.xml'])
      }
    })
  ],
  [
    'blanks around the name of a part',
    await workbookOf([], [], {
      parts: { [path]: sheet, 'xl/_rels/workbook.xml.rels': relationsXml(['worksheet', ' worksheets/sheet1.xml ']) }
    })
  ],
  [
    'a part that is packed 300 to one',
    await workbookOf([], [], { parts: { [path]: `${sheet}${' '.repeat(15 * 2 ** 20)}` } })
  ]
]

await t.test('workbooks in forms that spreadsheets read are read', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  for (const [title, file] of books) {
    const { status, message } = await send(file)
    t.strictSame([status, message, await take('text')], [201, 'Specimens imported successfully', [['ü']]], title)
  }
})

await t.test('a part of more than 20 MiB that is packed too well is refused', async t => {
  const { send } = await specimenServer(t, database, ['text'])
  const { status } = await send(await workbookOf([], [], { parts: { [path]: `${sheet}${' '.repeat(21 * 2 ** 20)}` } }))
  t.equal(status, 413)
})
