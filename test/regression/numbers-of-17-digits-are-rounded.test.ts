import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const number = (text: string): string => `<c><v>${text}</v></c>`

await t.test('keys that differ in their last digits stay two rows', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const outcome = await send(
    await workbookOf(
      ['code', 'text'],
      [
        [number('568883383628111872'), textCell('first')],
        [number('568883383628111873'), textCell('second')]
      ]
    )
  )
  t.strictSame(
    [outcome.status, outcome.created, await take('specimen_code', 'text')],
    [
      201,
      2,
      [
        ['568883383628111872', 'first'],
        ['568883383628111873', 'second']
      ]
    ]
  )
})

const cases: readonly (readonly [cell: string, column: string, stored: string])[] = [
  ['9007199254740993', 'text', '9007199254740993'],
  ['5.68883383628111872E+17', 'text', '568883383628111872'],
  ['1E+23', 'text', '100000000000000000000000'],
  ['1.5E-7', 'text', '0.00000015'],
  ['1.1000000000000001', 'text', '1.1'],
  ['0.30000000000000004', 'text', '0.30000000000000004'],
  ['-123456789012345678', 'text', '-123456789012345678'],
  ['9007199254740993', 'big', '9007199254740993'],
  ['-9223372036854775808', 'big', '-9223372036854775808'],
  ['1E+18', 'big', '1000000000000000000'],
  ['12345678901234568', 'big', '12345678901234568'],
  ['568883383628111872.0', 'big', '568883383628111872'],
  ['12345678901234567890.5', 'decimal', '12345678901234567890.5000000000'],
  ['123456789012.3456', 'decimal', '123456789012.3456000000'],
  ['1.1000000000000001', 'decimal', '1.1000000000'],
  ['0.30000000000000004', 'decimal', '0.3000000000'],
  ['2.9999999999999996', 'int', '3'],
  ['0.30000000000000004', 'float', '0.30000000000000004']
]

await t.test('a number of a workbook is stored with all digits of its cell that the field takes', async t => {
  for (const [cell, column, stored] of cases) {
    const { send, take } = await specimenServer(t, database, [column])
    const { status } = await send(await workbookOf(['code', column], [[textCell('a'), number(cell)]]))
    t.strictSame([status, await take(column)], [201, [[stored]]], `${column} ${cell}`)
  }
})

await t.test('a number that the field cannot take as it stands fails its row', async t => {
  for (const [cell, column] of [
    ['9223372036854775808', 'big'],
    ['1.5', 'big'],
    ['100000000000.123456789012', 'decimal'],
    ['1e-400', 'float'],
    ['1e400', 'text']
  ] as const) {
    const { send, take } = await specimenServer(t, database, [column])
    const { status } = await send(await workbookOf(['code', column], [[textCell('a'), number(cell)]]))
    t.strictSame([status, await take(column)], [422, []], `${column} ${cell}`)
  }
})

await t.test('a number with a format of zeros is the digits that are shown', async t => {
  const { send, take } = await specimenServer(t, database, ['text', 'int'])
  const cells = (code: string, value: string): string[] => [
    textCell(code),
    `<c s="1"><v>${value}</v></c>`,
    '<c s="1"><v>12</v></c>'
  ]
  const { status } = await send(
    await workbookOf(
      ['code', 'text', 'int'],
      [cells('a', '12'), cells('b', '-7'), cells('c', '12345'), cells('d', '1.5')],
      { formats: ['0000'] }
    )
  )
  t.strictSame(
    [status, await take('text', 'int')],
    [
      201,
      [
        ['0012', '12'],
        ['-0007', '12'],
        ['12345', '12'],
        ['1.5', '12']
      ]
    ]
  )
})
