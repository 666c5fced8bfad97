import t from 'tap'
import { stringify } from 'csv-stringify/sync'
import { csvWriter } from '../../../../lib/tabular/csv/write-csv.js'
import type { Cell, TableFrame } from '../../../../lib/tabular/table/table.js'
import { collect, randomNumbers, randomText, written } from '../../../helpers/csv.js'

const frame: TableFrame = {
  title: 'Things',
  columns: [
    { name: 'code', label: 'Code', kind: 'text' },
    { name: 'amount', label: 'Amount, net', kind: 'number' },
    { name: 'data', label: '=Data', kind: 'json' }
  ]
}

await t.test('lines, facts, headers, rows and foot stand in this order', async t => {
  const around = {
    ...frame,
    lines: ['Report', 'Made, by hand', '@home'],
    facts: [
      { label: 'Year', value: 2026 },
      { label: '=a', value: null }
    ],
    foot: ['Date: 2026-01-31', '-']
  }
  const file = await written(csvWriter(), around, [['a', 1, null]])
  t.equal(
    file.toString(),
    [
      'Report',
      '"Made, by hand"',
      "'@home",
      'Year: 2026',
      '"\'=a: "',
      'Code,"Amount, net",\'=Data',
      'a,1,',
      '',
      'Date: 2026-01-31',
      "'-",
      ''
    ].join('\r\n')
  )
})

await t.test('cells are in quotes and guarded where they have to be, and nowhere else', async t => {
  const rows: Cell[][] = [
    ['', '', ''],
    [null, undefined, null],
    ['a b', -5, -5],
    ['a,b', '-5.10', { a: 1 }],
    ['a"b', true, '=1'],
    ['a\nb', 5n, []],
    ['a\rb', 0, null],
    [' a', '', null],
    ['a\t', 0, null],
    ['a;b|c\td', 0, null],
    ["it's", 0, null],
    ['=1,2', 0, null],
    ["'=1", 0, null],
    [' =1', 0, null],
    ['\tx', 0, null],
    ['\u00A0é💥', 0, null]
  ]
  const lines = [
    '"","",""""""',
    ',,',
    "a b,-5,'-5",
    '"a,b",-5.10,"{""a"":1}"',
    '"a""b",true,"""=1"""',
    '"a\nb",5,[]',
    '"a\rb",0,',
    '" a","",',
    '"a\t",0,',
    '"a;b|c\td",0,',
    "it's,0,",
    '"\'=1,2",0,',
    "''=1,0,",
    "' =1,0,",
    '"\'\tx",0,',
    '\u00A0é💥,0,'
  ]
  const text = (await written(csvWriter(), frame, rows)).toString()
  t.strictSame(text.split('\r\n'), ['Code,"Amount, net",\'=Data', ...lines, ''])
})

await t.test('the delimiter, the byte order mark and the guard are options', async t => {
  const file = await written(csvWriter({ delimiter: ';', bom: true, guard: false }), frame, [['=a;b', '1,5', 'x,y']])
  t.equal(file.toString(), '\uFEFFCode;"Amount, net";=Data\r\n"=a;b";"1,5";"""x,y"""\r\n')
  for (const delimiter of ['', ',,', '"', '\n', '\r', '\0', '💥']) {
    t.throws(() => csvWriter({ delimiter }), TypeError, JSON.stringify(delimiter))
  }
})

await t.test('a table without rows has its headers', async t => {
  t.equal((await written(csvWriter(), frame)).toString(), 'Code,"Amount, net",\'=Data\r\n')
})

await t.test('another writer puts the same cells in quotes', async t => {
  const random = randomNumbers(3)
  const alphabet = [...', ;"\r\n\tab\'é💥=']
  const rows = Array.from({ length: 3000 }, () =>
    frame.columns.map(() => (random(9) === 0 ? null : randomText(random, alphabet, 5)))
  )
  const columns = frame.columns.map(({ name }) => ({ name, label: name, kind: 'text' }) as const)
  for (const delimiter of [',', ';', '\t']) {
    const file = await written(csvWriter({ delimiter, guard: false }), { title: '', columns }, rows)
    const expected = stringify([columns.map(({ name }) => name), ...rows], {
      delimiter,
      record_delimiter: '\r\n',
      quote_record_delimiter: true,
      quoted_match: /^$|^ | $|[,;\t]/
    })
    t.equal(file.toString(), expected, JSON.stringify(delimiter))
  }
})

await t.test('bytes come some 64 Ki at a time, and a page is asked for when the one before is written', async t => {
  const asked: number[] = []
  let isEnded = false
  async function * pages (): AsyncGenerator<Cell[][]> {
    try {
      for (let page = 0; page < 10; page++) {
        asked.push(page)
        yield Array.from({ length: 5000 }, (_, index) => ['x'.repeat(40), index, null])
      }
    } finally {
      isEnded = true
    }
  }
  const sizes: number[] = []
  for await (const bytes of csvWriter()(frame, pages())) {
    sizes.push(bytes.length)
    if (sizes.length === 5) break
  }
  t.strictSame(
    sizes.filter(size => size < 65_536 || size > 65_700),
    []
  )
  t.strictSame({ asked, isEnded }, { asked: [0, 1], isEnded: true })
})

await t.test('nothing is written before the first page is there', async t => {
  async function * failing (): AsyncGenerator<Cell[][]> {
    yield * []
    throw new Error('no rows')
  }
  await t.rejects(collect(csvWriter()(frame, failing())), { message: 'no rows' })
})
