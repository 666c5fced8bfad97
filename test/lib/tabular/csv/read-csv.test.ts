import t from 'tap'
import { readCsv } from '../../../../lib/tabular/csv/read-csv.js'
import { csvWriter } from '../../../../lib/tabular/csv/write-csv.js'
import { defaultLimits } from '../../../../lib/tabular/table/limits.js'
import { CellError, type SheetRow } from '../../../../lib/tabular/table/table.js'
import {
  collect,
  inChunks,
  randomNumbers,
  randomText,
  rowsOf,
  written,
  type ReadOptions
} from '../../../helpers/csv.js'
import { failureOf } from '../../../helpers/failure.js'

const sizes = [1, 2, 3, 7, 65_536]

/** A row of a file: its number, its cells, and what is wrong with it. */
function row (number: number, cells: SheetRow['cells'], problem?: string): SheetRow {
  return { number, cells, ...(problem === undefined ? {} : { problem }) }
}

function unreadable (problem: string): object {
  return {
    code: 'file_unreadable',
    status: 422,
    message: `The file cannot be read: ${problem}`,
    params: { problem },
    details: []
  }
}

const short = 'The row has 1 cell, the first row 2'
const behind = 'Text follows the quote that closes a cell'
const inside = 'A quote stands inside a cell that is not in quotes'
const long = 'Cell 2 is longer than 5 characters'

const files: readonly [name: string, file: string | Uint8Array, rows: readonly SheetRow[], options?: ReadOptions][] = [
  ['cells are text, null or empty', 'a,b,c\n1,,""\n', [row(1, ['a', 'b', 'c']), row(2, ['1', null, ''])]],
  ['line ends may be mixed', 'a\r\nb\nc\rd', [row(1, ['a']), row(2, ['b']), row(3, ['c']), row(4, ['d'])]],
  [
    'blank rows count and are left out',
    '\r\na,b\n\n1,2\n,\n\n3,4\n\n',
    [row(2, ['a', 'b']), row(4, ['1', '2']), row(7, ['3', '4'])]
  ],
  [
    'a row of empty texts is left out as a blank one',
    'a,b\n"",""\n"",x\n,""\n',
    [row(1, ['a', 'b']), row(3, ['', 'x'])]
  ],
  [
    'line breaks in quotes make no row',
    'a,b\n"1\r\n2\n3",x\n4,y\n',
    [row(1, ['a', 'b']), row(2, ['1\r\n2\n3', 'x']), row(3, ['4', 'y'])]
  ],
  [
    'empty cells beyond the first row do not matter',
    'a,b\n1,2,,""\n3,4,,5\n',
    [row(1, ['a', 'b']), row(2, ['1', '2']), row(3, ['3', '4', null, '5'], 'The row has 4 cells, the first row 2')]
  ],
  [
    'empty cells at the end of the first row do not count',
    'a,b,," "\n1,2\n3,4,,\n5,6,7\n',
    [
      row(1, ['a', 'b']),
      row(2, ['1', '2']),
      row(3, ['3', '4']),
      row(4, ['5', '6', '7'], 'The row has 3 cells, the first row 2')
    ]
  ],
  [
    'cells that are missing at the end of a row are empty',
    'a,b,c\n1\n1,2\n',
    [row(1, ['a', 'b', 'c']), row(2, ['1']), row(3, ['1', '2'])]
  ],
  [
    'cells that are missing are errors where wanted',
    'a,b\n1\n2,""\n',
    [row(1, ['a', 'b']), row(2, ['1', new CellError('', short)], short), row(3, ['2', ''])],
    { strict: true }
  ],
  [
    'a row with wrong quotes harms no neighbour',
    'a,b\n1,2\n"x"y,3\n4,5\nx"y,6\n7,8\n',
    [
      row(1, ['a', 'b']),
      row(2, ['1', '2']),
      row(3, [new CellError('xy', behind), '3'], behind),
      row(4, ['4', '5']),
      row(5, [new CellError('x"y', inside), '6'], inside),
      row(6, ['7', '8'])
    ]
  ],
  [
    'a NUL is an error of its row',
    'a,b\n1,x\0y\n2,z\n',
    [row(1, ['a', 'b']), row(2, ['1', 'x\0y'], 'Cell 2 has a NUL character'), row(3, ['2', 'z'])]
  ],
  [
    'a cell that is too long is an error',
    'a,b\n1,123456\n2,"12345"\n',
    [row(1, ['a', 'b']), row(2, ['1', new CellError('123456', long)], long), row(3, ['2', '12345'])],
    { limits: { cellLength: 5 } }
  ],
  [
    'the apostrophe of the guard is taken away',
    "a,'=b\n'-1,''=1\n'x,\"'\t\"\n",
    [row(1, ['a', '=b']), row(2, ['-1', "'=1"]), row(3, ["'x", '\t'])]
  ],
  ['the apostrophe of the guard may stay', "a,'=b\n", [row(1, ['a', "'=b"])], { guard: false }],
  ['the delimiter is found', 'a;b\n1,5;x\n', [row(1, ['a', 'b']), row(2, ['1,5', 'x'])]],
  ['the delimiter is found behind blank rows', '\n\na\tb\n1;2;3\tx\n', [row(3, ['a', 'b']), row(4, ['1;2;3', 'x'])]],
  ['the delimiter is given', 'a;b,c\n', [row(1, ['a;b', 'c'])], { delimiter: ',' }],
  [
    'the file tells the delimiter in a line that is no row',
    'sep=|\r\na,|b\n1|2\n',
    [row(1, ['a,', 'b']), row(2, ['1', '2'])],
    { delimiter: ';' }
  ],
  ['a byte order mark is no text', '\uFEFFa,b\n', [row(1, ['a', 'b'])]],
  ['a byte order mark stands before the line of the delimiter', '\uFEFFsep=;\na;b\n', [row(1, ['a', 'b'])]],
  ['a byte order mark stands before quotes', '\uFEFF"a,a",b\n', [row(1, ['a,a', 'b'])]],
  [
    'UTF-16 is known by its mark',
    Buffer.from('\uFEFFa;é\r\n💥;"x\n"\r\n', 'utf16le'),
    [row(1, ['a', 'é']), row(2, ['💥', 'x\n'])]
  ],
  [
    'UTF-16 in the other order too',
    Buffer.from('\uFEFFa;é\r\n💥;"x\n"\r\n', 'utf16le').swap16(),
    [row(1, ['a', 'é']), row(2, ['💥', 'x\n'])]
  ],
  [
    'the encoding is given',
    Buffer.from('a,b\n\xE9,\x80\n', 'latin1'),
    [row(1, ['a', 'b']), row(2, ['é', '€'])],
    { encoding: 'windows-1252' }
  ]
]

await t.test('files are read as the table says, wherever chunks are cut', async t => {
  for (const [name, file, rows, options] of files) {
    for (const size of sizes) t.strictSame(await rowsOf(file, { ...options, size }), rows, `${name}, by ${size}`)
  }
})

await t.test('a file that is longer than what is read at a time is the same wherever chunks are cut', async t => {
  const record = (index: number): string =>
    `${index},"é ""${'x\r\n'.repeat(index % 50)}""",'=💥,${index % 7 === 0 ? '' : '""'}\r\n`
  const file = `sep=,\r\nid,text,formula,empty\r\n${Array.from({ length: 600 }, (_, index) => record(index)).join('')}`
  const rows = Array.from({ length: 600 }, (_, index) =>
    row(index + 2, [String(index), `é "${'x\r\n'.repeat(index % 50)}"`, '=💥', index % 7 === 0 ? null : ''])
  )
  for (const size of sizes) {
    const read = await rowsOf(file, { size })
    t.equal(read.length, 601)
    t.strictSame(
      read.slice(1).findIndex((found, index) => JSON.stringify(found) !== JSON.stringify(rows[index])),
      -1,
      `by ${size}`
    )
  }
})

await t.test('what is written is read again', async t => {
  const random = randomNumbers(99)
  const alphabet = [...'ab,;"\r\n\t =+-@\'\0é💥＝|', '""', '\r\n', "'="]
  const delimiters = [',', ';', '\t', '|']
  for (let count = 0; count < 600; count++) {
    const columns = Array.from(
      { length: 1 + random(5) },
      (_, index) =>
        ({
          name: `c${index}`,
          label: `c${index}${randomText(random, alphabet, 3).replaceAll('\0', '')}`,
          kind: 'text'
        }) as const
    )
    const table = Array.from({ length: random(40) }, () =>
      columns.map(() => (random(4) === 0 ? null : randomText(random, alphabet, 5)))
    )
    const delimiter = delimiters[random(4)]!
    const file = await written(csvWriter({ delimiter, bom: random(2) === 0 }), { title: '', columns }, table)
    const rows = await rowsOf(file, { delimiter, size: 1 + random(200) })
    const expected = [columns.map(({ label }) => label), ...table]
      .map((cells, index) => ({ number: index + 1, cells }))
      .filter(({ cells }) => cells.some(cell => cell !== null && cell !== ''))
    const found = rows.map(({ number, cells }) => ({ number, cells }))
    if (JSON.stringify(found) !== JSON.stringify(expected)) t.strictSame(found, expected)
    const problems = rows.filter(
      ({ cells, problem }) => problem !== undefined && !cells.some(cell => String(cell).includes('\0'))
    )
    if (problems.length > 0) t.strictSame(problems, [])
  }
})

await t.test('a file that is no table is refused', async t => {
  const cases: readonly [name: string, file: string | Uint8Array, expected: object][] = [
    ['no byte', '', unreadable('it is empty')],
    ['a mark only', '\uFEFF', unreadable('it is empty')],
    ['blank lines', '\r\n\n,,\n', unreadable('it is empty')],
    ['the line of the delimiter only', 'sep=;\n', unreadable('it is empty')],
    ['an open quote', 'a,b\n1,2\n3,"4\n5,6\n', unreadable('the quote that opens in row 3 is never closed')],
    ['other bytes', Buffer.from('a,b\n\xE9,2\n', 'latin1'), unreadable('it has bytes that are not utf-8')],
    [
      'UTF-16 without a mark',
      Buffer.from('a,b\n', 'utf16le'),
      {
        code: 'file_type_unsupported',
        status: 415,
        message: 'Unsupported file type: it is binary, or UTF-16 without a byte order mark'
      }
    ],
    ['binary', Buffer.from([1, 0, 2, 0, 10, 3]), { code: 'file_type_unsupported', status: 415 }],
    [
      'a picture',
      Buffer.from('\x89PNG\r\n\x1A\n\0\0\0\rIHDR', 'latin1'),
      { code: 'file_type_unsupported', message: 'Unsupported file type: it is a PNG image, not a CSV file' }
    ]
  ]
  for (const [name, file, expected] of cases) {
    for (const size of sizes) t.match(await failureOf(rowsOf(file, { size })), expected, `${name}, by ${size}`)
  }
})

await t.test('there are only so many rows and columns', async t => {
  const limits = { rows: 2, columns: 3 }
  t.equal((await rowsOf('a,b,c\n1,2,3\n\n\n1,2,3\n', { limits })).length, 3)
  t.match(await failureOf(rowsOf('a,b,c\n1,2,3\n1,2,3\n1,2,3\n', { limits })), {
    code: 'file_limit_exceeded',
    status: 413,
    message: 'The file has more than 2 rows',
    params: { limit: 2, unit: 'rows' }
  })
  t.match(await failureOf(rowsOf('a,b,c\n1,2,3,\n', { limits })), {
    code: 'file_limit_exceeded',
    status: 413,
    message: 'The file has more than 3 columns',
    params: { limit: 3, unit: 'columns' }
  })
})

await t.test('a record without an end is found out early, whatever the chunks', async t => {
  const cases: readonly [name: string, start: string, filler: string, problem: string][] = [
    ['an open quote', 'a,b\n1,"', 'x,y\n', 'the quote that opens in row 2 is never closed'],
    ['an open quote before many doubled ones', 'a,b\n1,"', '""""', 'the quote that opens in row 2 is never closed'],
    ['one line', 'a,b\n', 'xxx,', 'row 2 is too long'],
    ['one line of quotes', 'a,b\n', 'x"y"', 'row 2 is too long'],
    ['one line that is all there is', '', 'xxxx', 'row 1 is too long']
  ]
  for (const [name, start, filler, problem] of cases) {
    for (const size of [4096, 65_536, 50_000_000]) {
      let taken = 0
      let isEnded = false
      async function * endless (): AsyncGenerator<Uint8Array> {
        try {
          yield Buffer.from(start)
          const chunk = Buffer.from(filler.repeat(size / filler.length))
          for (; taken < 50_000_000; taken += chunk.length) yield chunk
        } finally {
          isEnded = true
        }
      }
      t.match(await failureOf(collect(readCsv(endless(), defaultLimits))), unreadable(problem), `${name}, by ${size}`)
      t.ok(isEnded && taken < 4 * 2 ** 20, `${name}, by ${size}, ends early: ${taken}`)
    }
  }
})

await t.test('a consumer that stops ends the reading', async t => {
  let taken = 0
  let isEnded = false
  async function * endless (): AsyncGenerator<Uint8Array> {
    try {
      for (; ; taken++) yield Buffer.from('a,b,c\n'.repeat(10_000))
    } finally {
      isEnded = true
    }
  }
  const pages = readCsv(endless(), defaultLimits)[Symbol.asyncIterator]()
  const { value } = await pages.next()
  t.ok(value.length > 500 && value.length < 20_000)
  await pages.return?.()
  t.strictSame({ taken, isEnded }, { taken: 0, isEnded: true })
})

await t.test('an error of the source is given on', async t => {
  async function * broken (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a,b\n1,2\n')
    throw new Error('the upload broke')
  }
  await t.rejects(collect(readCsv(broken(), defaultLimits)), { message: 'the upload broke' })
})

await t.test('wrong options are errors of the program, before anything is read', async t => {
  t.throws(() => readCsv(inChunks(Buffer.from('a'), 1), defaultLimits, { delimiter: ',,' }), TypeError)
  t.throws(() => readCsv(inChunks(Buffer.from('a'), 1), defaultLimits, { encoding: 'ebcdic' }), TypeError)
})
