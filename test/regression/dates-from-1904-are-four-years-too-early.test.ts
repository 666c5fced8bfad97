import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { relationsXml, textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook that counts from 1904, and what Excel writes behind its sheets. */
function workbookXml (extension: string, prefix = ''): string {
  const name = (text: string): string => `${prefix}${text}`
  const declared = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`
  return (
    `<${name('workbook')} ${declared}="${main}" xmlns:r="${relations}"><${name('workbookPr')} date1904="1"/>` +
    `<${name('sheets')}><${name('sheet')} name="One" sheetId="1" ` +
    `r:id="rId1"/></${name('sheets')}>${extension}</${name('workbook')}>`
  )
}

const extensions = [
  ['none', workbookXml('')],
  [
    'of Excel 2010',
    workbookXml(
      '<extLst><ext uri="{x}" ' +
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:workbookPr ' +
        'defaultImageDpi="32767"/></ext></extLst>'
    )
  ],
  [
    'of Excel 2013',
    workbookXml(
      '<extLst><ext uri="{x}" ' +
        'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x15:workbookPr ' +
        'chartTrackingRefBase="1"/></ext></extLst>'
    )
  ],
  ['of the main namespace elsewhere', workbookXml('<extLst><ext><workbookPr date1904="0"/></ext></extLst>')],
  ['without a prefix', workbookXml('<workbookPr xmlns="other" date1904="0"/>')],
  ['in a workbook of prefixes', workbookXml('<workbookPr date1904="0"/>', 'x:')]
] as const

await t.test(
  'dates of a workbook that counts from 1904 are those that spreadsheets show, whatever its extensions',
  async t => {
    const { send, take } = await specimenServer(t, database, ['date'])
    for (const [title, xml] of extensions) {
      const parts = { 'xl/workbook.xml': xml }
      const { status } = await send(
        await workbookOf(['code', 'date'], [[textCell('a'), '<c s="1"><v>45000</v></c>']], { formats: [14], parts })
      )
      t.strictSame([status, await take('date')], [201, [['2027-03-16']]], title)
    }
  }
)

await t.test('elements that other namespaces have are no rows, cells or sheets', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const sheet =
    `<worksheet xmlns="${main}" xmlns:o="other"><o:sheetData><row><c><v>9</v></c></row></o:sheetData><sheetData>` +
    `<row>${textCell('code')}${textCell('text')}</row><o:row r="1"><c/></o:row><row>${textCell('a')}<c ` +
    't="str"><o:v>no</o:v><v>yes</v></c></row></sheetData></worksheet>'
  const parts = {
    'xl/worksheets/sheet1.xml': sheet,
    'xl/_rels/workbook.xml.rels': relationsXml(['worksheet', 'worksheets/sheet1.xml'])
  }
  const { status } = await send(await workbookOf([], [], { parts }))
  t.strictSame([status, await take('text')], [201, [['yes']]])
})
