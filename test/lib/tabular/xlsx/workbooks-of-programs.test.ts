import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { CellError, type ReadCell } from '../../../../lib/tabular/table/table.js'
import { readRows } from '../../../helpers/workbook-file.js'

const folder = fileURLToPath(new URL('../../../../../test/fixtures/workbooks', import.meta.url))

/** A cell as the script beside the workbooks writes it. */
function written (cell: ReadCell): unknown {
  if (!(cell instanceof CellError)) return cell
  return cell.problem === undefined ? { error: cell.text } : { formula: cell.text }
}

await t.test(
  'workbooks of openpyxl, XlsxWriter and LibreOffice have the values that their programs find in them',
  async t => {
    const names = (await readdir(folder)).filter(name => name.endsWith('.xlsx'))
    t.equal(names.length, 9)
    for (const name of names) {
      const rows = await readRows(join(folder, name))
      const expected: unknown = JSON.parse(await readFile(join(folder, name.replace('.xlsx', '.json')), 'utf8'))
      t.strictSame(
        rows.map(({ cells }) => cells.map(written)),
        expected,
        name
      )
    }
  }
)
