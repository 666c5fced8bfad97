import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { CommonsError } from '../../lib/errors.js'
import { defaultLimits } from '../../lib/tabular/table/limits.js'
import { readXlsx } from '../../lib/tabular/xlsx/read/read-xlsx.js'
import { loopDelay } from '../helpers/loop-delay.js'
import {
  readRows,
  relationsXml,
  sheetXml,
  textCell,
  workbookParts,
  zipOf,
  type WorkbookText
} from '../helpers/workbook-file.js'

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

async function fileOf (t: { testdir: () => string }, text: WorkbookText): Promise<string> {
  const path = join(t.testdir(), 'book.xlsx')
  await writeFile(path, await zipOf(workbookParts(text)))
  return path
}

function sheetsXml (count: number): string {
  const sheets = Array.from({ length: count }, (_, i) => `<sheet name="S${i}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  return (
    `<workbook xmlns="${main}" ` +
    `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${sheets.join('')}</sheets></workbook>`
  )
}

/** Relations of which none is a sheet that has rows, so that all of them are looked at. */
function charts (count: number): string {
  return relationsXml(
    ...Array.from({ length: count }, (_, i): [string, string] => ['chartsheet', `charts/chart${i}.xml`])
  )
}

const loose = { entries: 100_000, inflationRatio: 1e6 }

await t.test('a workbook with 25,000 sheets and relationships is refused before they are compared', async t => {
  const sheets = await fileOf(t, {
    parts: { 'xl/workbook.xml': sheetsXml(25_000), 'xl/_rels/workbook.xml.rels': charts(1) }
  })
  await t.rejects(readRows(sheets, { inflationRatio: 1e6 }), {
    code: 'file_limit_exceeded',
    status: 413,
    params: { limit: 1000, unit: 'sheets' }
  })
})

await t.test('a workbook with 25,000 relationships is refused', async t => {
  const relations = await fileOf(t, { parts: { 'xl/_rels/workbook.xml.rels': charts(25_000) } })
  await t.rejects(readRows(relations, { inflationRatio: 1e6 }), {
    code: 'file_limit_exceeded',
    status: 413,
    params: { limit: 1000, unit: 'relationships' }
  })
})

await t.test('sheets find their parts in linear time where the limit is raised', async t => {
  const path = await fileOf(t, {
    parts: { 'xl/workbook.xml': sheetsXml(25_000), 'xl/_rels/workbook.xml.rels': charts(25_000) }
  })
  await t.rejects(readRows(path, loose), { code: 'file_unreadable' })
  const delay = await loopDelay(async () => await readRows(path, loose).catch(() => {}), 300)
  t.ok(delay < 300, `the loop stood still for ${Math.round(delay)} ms`)
})

await t.test('an element with 200,000 attributes is refused', async t => {
  const attributes = Array.from({ length: 200_000 }, (_, i) => `a${i}="1"`).join(' ')
  const path = await fileOf(t, { rows: `<row ${attributes}/>` })
  await t.rejects(readRows(path), {
    code: 'file_limit_exceeded',
    params: { limit: 256, unit: 'attributes in one XML element' }
  })
})

await t.test('the reading of a workbook without rows ends at its deadline', async t => {
  const path = await fileOf(t, { rows: '<x/>'.repeat(2_000_000) })
  const controller = new AbortController()
  const rows = readXlsx(path, { ...defaultLimits, inflationRatio: 1e6 }, { signal: controller.signal })
  setTimeout(() => {
    controller.abort(new Error('time is up'))
  }, 50)
  await t.rejects(rows.next(), { message: 'time is up' })
})

await t.test('the headers of at most 20 sheets are looked at, each part once', async t => {
  const row = `<row r="1">${textCell('no column of the import')}</row>`
  const countOf = async (parts: number): Promise<number> => {
    const targets = Array.from({ length: 100 }, (_, i): [string, string] => [
      'worksheet',
      `worksheets/sheet${(i % parts) + 1}.xml`
    ])
    const sheets = Object.fromEntries(
      Array.from({ length: parts }, (_, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheetXml(row)])
    )
    const path = await fileOf(t, {
      parts: { 'xl/workbook.xml': sheetsXml(100), 'xl/_rels/workbook.xml.rels': relationsXml(...targets), ...sheets }
    })
    let looked = 0
    const headerError = (): CommonsError => {
      looked++
      return new CommonsError('invalid_headers')
    }
    await t.rejects(readXlsx(path, defaultLimits, { headerError }).next(), { code: 'invalid_headers' })
    return looked
  }
  t.equal(await countOf(1), 1)
  t.equal(await countOf(100), 20)
})
