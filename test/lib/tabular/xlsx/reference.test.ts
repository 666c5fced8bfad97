import t from 'tap'
import { cellPlace, columnLetters, fixedRange, range } from '../../../../lib/tabular/xlsx/reference.js'

await t.test('columns have letters', async t => {
  t.strictSame([0, 25, 26, 701, 702, 16_383].map(columnLetters), ['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD'])
})

await t.test('references name cells of a sheet, and nothing else', async t => {
  t.strictSame(['A1', 'a1', 'aB12', 'XFD1048576'].map(cellPlace), [
    { column: 0, row: 1 },
    { column: 0, row: 1 },
    { column: 27, row: 12 },
    { column: 16_383, row: 1_048_576 }
  ])
  for (const reference of [
    '',
    'A',
    '1',
    'A0',
    'A01',
    'XFE1',
    'AAAA1',
    'A1048577',
    'A99999999',
    'A1B',
    '$A$1',
    'A-1',
    'É1'
  ]) {
    t.equal(cellPlace(reference), undefined, reference)
  }
})

await t.test('ranges are written plain and fixed', async t => {
  t.equal(range(0, 1, 2, 9), 'A1:C9')
  t.equal(fixedRange("Bob's list", 26, 2, 26, 60), "'Bob''s list'!$AA$2:$AA$60")
})
