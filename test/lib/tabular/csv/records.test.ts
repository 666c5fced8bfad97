import { parse } from 'csv-parse/sync'
import t from 'tap'
import { readRecords, type CsvRecord } from '../../../../lib/tabular/csv/records.js'
import { randomNumbers, randomText } from '../../../helpers/csv.js'

const inside = 'A quote stands inside a cell that is not in quotes'
const behind = 'Text follows the quote that closes a cell'

interface Outcome {
  readonly records: readonly CsvRecord[]
  readonly isQuoteOpen: boolean
}

/** What comes of a text that grows by some characters at a time. */
function inSteps (text: string, size: number): Outcome {
  const records: CsvRecord[] = []
  let rest = ''
  for (let at = 0; at < text.length; at += size) {
    rest += text.slice(at, at + size)
    const part = readRecords(rest, ',', false)
    records.push(...part.records)
    rest = rest.slice(part.end)
  }
  const last = readRecords(rest, ',', true)
  return { records: [...records, ...last.records], isQuoteOpen: last.isQuoteOpen }
}

/** A row of the table below: cells, then what is wrong with them, and with which. */
function record (cells: (string | null)[], problem?: string, problemAt = problem === undefined ? -1 : 0): CsvRecord {
  return { cells, problem, problemAt }
}

const corpus: readonly [text: string, records: readonly CsvRecord[], isQuoteOpen?: boolean][] = [
  ['', []],
  ['a', [record(['a'])]],
  ['a,b\r\n', [record(['a', 'b'])]],
  ['a,b\nc,d\re,f\r\ng,h', [record(['a', 'b']), record(['c', 'd']), record(['e', 'f']), record(['g', 'h'])]],
  [
    'a\r\r\nb\n\nc\r\n\r\n',
    [record(['a']), record([null]), record(['b']), record([null]), record(['c']), record([null])]
  ],
  [',', [record([null, null])]],
  ['a,', [record(['a', null])]],
  ['a,\n,b', [record(['a', null]), record([null, 'b'])]],
  ['"",', [record(['', null])]],
  [',""', [record([null, ''])]],
  ['""', [record([''])]],
  ['""""', [record(['"'])]],
  ['"a""b","c,d"', [record(['a"b', 'c,d'])]],
  ['"a\r\nb\nc\rd",e\r\nf,g', [record(['a\r\nb\nc\rd', 'e']), record(['f', 'g'])]],
  ['" a ", b ', [record([' a ', ' b '])]],
  ['a"b,c\nd,e', [record(['a"b', 'c'], inside), record(['d', 'e'])]],
  ['a""b,c', [record(['a""b', 'c'], inside)]],
  [' "a",b', [record([' "a"', 'b'], inside)]],
  ['"a"b,c\nd,e', [record(['ab', 'c'], behind), record(['d', 'e'])]],
  ['"a" ,c', [record(['a ', 'c'], behind)]],
  ['"a"b"c",d', [record(['ab"c"', 'd'], behind)]],
  ['x"y,"a"b', [record(['x"y', 'ab'], inside)]],
  ['a,b\n"c,d\ne,f\n', [record(['a', 'b'])], true],
  ['"', [], true],
  ['"""', [], true],
  ['a,"b""', [], true],
  ['a\0b,\u2028\u0085é💥', [record(['a\0b', '\u2028\u0085é💥'])]]
]

await t.test('records are what the table says, wherever the text is cut', async t => {
  for (const [index, [text, records, isQuoteOpen = false]] of corpus.entries()) {
    for (const size of [1, 2, 3, 7, 65_536]) {
      t.strictSame(inSteps(text, size), { records, isQuoteOpen }, `text ${index} by ${size}`)
    }
  }
})

await t.test('any text gives the same records whole and in steps', async t => {
  const random = randomNumbers(23)
  const alphabet = [...'ab,,""\r\n\n\0é💥']
  for (let count = 0; count < 20_000; count++) {
    const text = randomText(random, alphabet, 24)
    const whole = inSteps(text, 65_536)
    const size = 1 + random(5)
    const steps = inSteps(text, size)
    if (JSON.stringify(steps) !== JSON.stringify(whole)) {
      t.strictSame(steps, whole, `${JSON.stringify(text)} by ${size}`)
    }
  }
})

await t.test('another delimiter divides cells', async t => {
  t.strictSame(readRecords('a;b,c;"d;e"\n', ';', true).records, [record(['a', 'b,c', 'd;e'])])
})

await t.test('another reader finds the same cells in files that are well formed', async t => {
  const random = randomNumbers(5)
  const alphabet = [...'ab,;"\r\n é💥\t']
  const ends = ['\r\n', '\n', '\r']
  for (let count = 0; count < 5000; count++) {
    const cell = (): string => {
      const text = randomText(random, alphabet, 4)
      return /[",\r\n]/.test(text) || random(3) === 0 ? `"${text.replaceAll('"', '""')}"` : text
    }
    const text = Array.from(
      { length: 1 + random(5) },
      () => Array.from({ length: 1 + random(4) }, cell).join(',') + ends[random(3)]!
    ).join('')
    const { records } = readRecords(text, ',', true)
    const found = records.map(({ cells }) => cells.map(cell => cell ?? ''))
    const expected: string[][] = parse(text, { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true })
    if (JSON.stringify(found) !== JSON.stringify(expected)) t.strictSame(found, expected, JSON.stringify(text))
    if (records.some(({ problem }) => problem !== undefined)) t.fail(JSON.stringify(text))
  }
})
