import t from 'tap'
import { dateShape } from '../../../../lib/tabular/xlsx/read/read-formats.js'

await t.test('formats of dates are told from those of numbers', async t => {
  const table: Readonly<Record<string, readonly string[]>> = {
    date: ['yyyy-mm-dd', 'dd\\.mm\\.yyyy', '[$-409]d\\-mmm\\-yy;@', 'mmmm', '[Red]yyyy', '"day" d'],
    time: ['h:mm AM/PM', 'yyyy\\-mm\\-dd\\ hh:mm:ss.000', 'mm:ss.0', '[$-F400]h:mm:ss\\ AM/PM'],
    elapsed: ['[h]:mm:ss', '[hh]:mm', '[mm]:ss', '[ss]'],
    null: [
      'General',
      'GENERAL',
      '0.00',
      '#,##0.00_);[Red](#,##0.00)',
      '0" days"',
      '0\\d',
      '0_d',
      '* 0*d',
      '[$USD] #,##0',
      '"TRUE";"TRUE";"FALSE"',
      '@',
      '0.00E+00',
      '0;"d"d',
      ''
    ]
  }
  for (const [shape, codes] of Object.entries(table)) {
    for (const code of codes) t.equal(String(dateShape(code)), shape, code)
  }
})
