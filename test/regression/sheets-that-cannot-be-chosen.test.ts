import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, importServer, specimenServer } from '../helpers/import-app.js'
import { relationsXml, sheetXml, textCell, workbookParts, zipOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

interface Sheet {
  readonly name: string
  readonly state?: string
  readonly rows: readonly (readonly string[])[]
}

async function book (...sheets: readonly Sheet[]): Promise<Buffer> {
  const list = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"${state === undefined ? '' : ` state="${state}"`}/>`
  )
  return await zipOf(
    workbookParts({
      parts: {
        'xl/workbook.xml':
          `<workbook xmlns="${main}" ` + `xmlns:r="${relations}"><sheets>${list.join('')}</sheets></workbook>`,
        'xl/_rels/workbook.xml.rels': relationsXml(
          ...sheets.map((_, i): [string, string] => ['worksheet', `s${i}.xml`])
        ),
        ...Object.fromEntries(
          sheets.map(({ rows }, i) => [
            `xl/s${i}.xml`,
            sheetXml(rows.map(cells => `<row>${cells.map(textCell).join('')}</row>`).join(''))
          ])
        )
      }
    })
  )
}

const data = (name: string, text: string, state?: string): Sheet => ({
  name,
  rows: [
    ['code', 'text'],
    ['a', text]
  ],
  ...(state === undefined ? {} : { state })
})
const notes: Sheet = { name: 'Notes', rows: [['How to use this file'], ['…']] }

await t.test('a sheet is hidden by the states hidden and veryHidden alone', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  for (const state of ['show', '', 'visible']) {
    const { status } = await send(
      await book(data('Lists', 'no', 'hidden'), data('Secret', 'no', 'veryHidden'), data('Data', 'yes', state))
    )
    t.strictSame([status, await take('text')], [201, [['yes']]], state)
  }
})

await t.test('the first visible sheet that has the columns is read', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const { status } = await send(
    await book({ name: 'Empty', rows: [] }, notes, data('Data', 'yes'), data('More', 'no'))
  )
  t.strictSame([status, await take('text')], [201, [['yes']]])
})

await t.test(
  'where no sheet has the columns the error lists the sheets, and what is wrong with the nearest',
  async t => {
    const { send } = await specimenServer(t, database, ['text'])
    const several = await send(
      await book({ name: 'Notes', rows: [['How', 'to', 'use']] }, { name: 'Data', rows: [['code', 'txet']] })
    )
    t.equal(several.status, 422)
    t.equal(
      several.message,
      'No sheet has the columns that are expected. Sheets: "Notes", "Data". The details are those of "Data"'
    )
    t.match(several.details, [/^Unknown column "txet"/])
    const one = await send(await book({ name: 'Data', rows: [['code', 'txet']] }))
    t.strictSame([one.status, one.message], [422, 'The columns of the file are not those that are expected'])
  }
)

await t.test('a form may name the sheet, in any case and a hidden one', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const file = await book(data('Data', 'no'), data('More', 'yes'), data('Secret', 'hidden', 'hidden'))
  for (const [sheet, text] of [
    ['More', 'yes'],
    ['more', 'yes'],
    ['Secret', 'hidden'],
    ['', 'no']
  ] as const) {
    const { status } = await send(file, { sheet })
    t.strictSame([status, await take('text')], [201, [[text]]], sheet)
  }
  const unknown = await send(file, { sheet: 'Nope' })
  t.strictSame([unknown.status, unknown.details], [400, ['The workbook has no sheet "Nope". Sheets: "Data", "More"']])
  const text = await send(csv('code,text', 'a,b'), { sheet: 'Data' })
  t.strictSame([text.status, text.details], [400, ['A CSV file has no sheets']])
})

await t.test('a preview shows the sheet that would be imported, else the first', async t => {
  const { send } = await importServer(t, database, { model: 'Specimen', import: { fields: ['code', 'text'] } })
  const headers = async (file: Buffer, fields = {}): Promise<unknown> => {
    const { body } = await send(file, fields, '?preview=true')
    return (body.data as { columns: readonly { header: string }[] }).columns.map(({ header }) => header)
  }
  t.strictSame(await headers(await book(notes, data('Data', 'x'))), ['code', 'text'])
  t.strictSame(await headers(await book(notes, { name: 'Data', rows: [['no']] })), ['How to use this file'])
  t.strictSame(await headers(await book(notes, { name: 'Data', rows: [['no']] }), { sheet: 'Data' }), ['no'])
})
