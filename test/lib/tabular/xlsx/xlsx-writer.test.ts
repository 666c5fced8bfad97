import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import t, { type Test } from 'tap'
import type { Cell, CellKind, ReadCell, TableFrame } from '../../../../lib/tabular/table/table.js'
import type { WorkbookOptions } from '../../../../lib/tabular/xlsx/write/workbook.js'
import { xlsxWriter } from '../../../../lib/tabular/xlsx/write/xlsx-writer.js'
import { readRows } from '../../../helpers/workbook-file.js'

type Rows = ReadonlyArray<readonly Cell[]>

async function * pagesOf (...pages: readonly Rows[]): AsyncGenerator<Rows> {
  yield * pages
}

/** A table written and read again, as the numbers and cells of its rows. */
async function roundTrip (
  t: Test,
  frame: TableFrame,
  pages: readonly Rows[],
  options: WorkbookOptions = {}
): Promise<ReadonlyArray<readonly [number, ...ReadCell[]]>> {
  const path = join(t.testdir(), 'table.xlsx')
  await pipeline(xlsxWriter(options)(frame, pagesOf(...pages)), createWriteStream(path))
  return (await readRows(path)).map(({ number, cells }) => [number, ...cells])
}

const longest = 'x'.repeat(32_767)

/** By the kind of the column: what is written, and what is read when that is something else. */
const table: Readonly<Record<CellKind, ReadonlyArray<readonly [written: Cell, read?: ReadCell]>>> = {
  text: [
    ['007'],
    ['=1+1'],
    ['-5'],
    ['@SUM(A1)'],
    ['TRUE'],
    ['2024-02-29'],
    ['#N/A'],
    [''],
    [' edge '],
    ['\n'],
    ['line\nline\r\nline\rtab\t.'],
    ['😀 Привет Việt 漢字 العربية'],
    ['<b>&amp;"\']]>'],
    ['_x0041_'],
    ['_x005F_'],
    ['\0\x01\x1f\x7f\u0085\u2028'],
    ['\ufffe\uffff'],
    ['\ud83d'],
    ['\ude00\ud83d'],
    [longest],
    [5, '5'],
    [true, 'true'],
    [12n, '12'],
    [{ a: 1 }, '{"a":1}']
  ],
  number: [
    [0],
    [-0, 0],
    [1.5],
    [-1e-7],
    [0.1 + 0.2],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [1e21],
    [123_456_789_012_345],
    ['12345678901234.5', 12_345_678_901_234.5],
    ['12.50', 12.5],
    ['-0.000', 0],
    ['+5', 5],
    ['007', 7],
    ['1e3', 1000],
    ['12345678901234567890'],
    ['1234567890.1234567'],
    ['100000000000000000000'],
    ['123456789012345', 123_456_789_012_345],
    ['1e999'],
    ['1e-999'],
    ['12,5'],
    ['abc'],
    ['', ''],
    [NaN, null],
    [Infinity, null],
    [-Infinity, null],
    [10n, 10],
    [9_007_199_254_740_993n, '9007199254740993'],
    [true, 'true']
  ],
  boolean: [[true], [false], ['true'], [1, '1']],
  date: [
    ['2024-02-29'],
    ['1900-03-01'],
    ['9999-12-31'],
    ['1900-01-01'],
    ['1850-06-01'],
    ['0001-01-01'],
    ['+012024-01-01'],
    ['2024-02-30'],
    ['2024-02-29T01:02:03.000Z'],
    ['soon']
  ],
  datetime: [
    ['2024-02-29T13:14:15.000Z'],
    ['2024-02-29T13:14:15.123Z'],
    ['2024-02-29T13:14:15Z', '2024-02-29T13:14:15.000Z'],
    ['9999-12-31T23:59:59.999Z'],
    ['2024-02-29T00:00:00.000Z', '2024-02-29'],
    ['1850-01-01T00:00:00.000Z'],
    ['2024-02-29T13:14:15.123456Z'],
    ['+012024-01-01T00:00:00.000Z'],
    ['2024-02-29T13:14:15+02:00'],
    ['later']
  ],
  json: [
    [{ a: [1, null, 'ü'] }, '{"a":[1,null,"ü"]}'],
    ['text', '"text"'],
    [5, '5'],
    [false, 'false'],
    [[], '[]'],
    ['', '""']
  ]
}

await t.test('cells of every kind come back as they were', async t => {
  for (const [kind, cases] of Object.entries(table) as Array<[CellKind, (typeof table)[CellKind]]>) {
    // A second column keeps rows whose cell is not there.
    const columns = [
      { name: 'value', label: 'Value', kind },
      { name: 'place', label: 'Place', kind: 'number' }
    ] as const
    const rows = [...cases.map(([written], index) => [written, index]), [null, -1], [undefined, -2]]
    const expected = [
      ...cases.map(([written, read = written as ReadCell], index) => [index + 2, read, index]),
      [cases.length + 2, null, -1],
      [cases.length + 3, null, -2]
    ]
    t.strictSame(await roundTrip(t, { title: kind, columns }, [rows]), [[1, 'Value', 'Place'], ...expected], kind)
  }
})

await t.test('lines, facts and the foot stand around the rows of all pages', async t => {
  const columns = [
    { name: 'a', label: 'A & "B"', kind: 'text' },
    { name: 'n', label: 'N', kind: 'number' }
  ] as const
  const frame = {
    title: 'Report',
    columns,
    lines: ['The title', 'The site'],
    facts: [
      { label: 'Customer', value: 'Acme <Ltd>' },
      { label: 'Year', value: 2024 },
      { label: 'Note', value: null }
    ],
    foot: ['The end']
  }
  t.strictSame(
    await roundTrip(t, frame, [
      [['x', 1]],
      [],
      [
        ['y', 2],
        [null, null],
        ['z', null]
      ]
    ]),
    [
      [1, 'The title'],
      [2, 'The site'],
      [3, 'Customer: Acme <Ltd>'],
      [4, 'Year: 2024'],
      [5, 'Note: '],
      [6, 'A & "B"', 'N'],
      [7, 'x', 1],
      [8, 'y', 2],
      [10, 'z'],
      [12, 'The end']
    ]
  )
  t.strictSame(await roundTrip(t, { title: 'Empty', columns }, []), [[1, 'A & "B"', 'N']])
})

await t.test('text that no cell can hold is cut, and the foot says so', async t => {
  const columns = [{ name: 'a', label: 'A', kind: 'text' }] as const
  const cut = `${'x'.repeat(32_766)}`
  t.strictSame(await roundTrip(t, { title: 'Long', columns, foot: ['End'] }, [[[`${longest}y`], [`${cut}😀`]]]), [
    [1, 'A'],
    [2, longest],
    [3, cut],
    [5, 'End'],
    [6, '2 cells were longer than 32,767 characters and cut there']
  ])
  t.strictSame((await roundTrip(t, { title: 'Long', columns }, [[[`${longest}y`]]])).at(-1), [
    4,
    '1 cell was longer than 32,767 characters and cut there'
  ])
})
