import t from 'tap'
import { checkDelimiter, firstRecord, separatorLine, sniffDelimiter } from '../../../../lib/tabular/csv/sniff.js'

await t.test('the delimiter is what stands most often outside quotes, a comma if there is none', async t => {
  const records: readonly [record: string, delimiter: string][] = [
    ['', ','],
    ['name', ','],
    ['a,b', ','],
    ['a;b', ';'],
    ['a\tb', '\t'],
    ['a|b', '|'],
    ['a;b,c;d', ';'],
    ['a,b;c', ','],
    ['"a,b,c";d', ';'],
    ['"a;""b;c";d,e', ','],
    ['"a,b', ','],
    ['"a,b\n,,";d', ';']
  ]
  t.strictSame(
    records.map(([record]) => [record, sniffDelimiter(record)]),
    records
  )
})

await t.test('the first record is the first that is not blank, with the line breaks in its quotes', async t => {
  const texts: readonly [text: string, record: string][] = [
    ['', ''],
    ['\r\n\n', ''],
    ['a,b', 'a,b'],
    ['a,b\r\nc', 'a,b'],
    ['\n\r\na\rb', 'a'],
    ['"a\nb",c\nd', '"a\nb",c'],
    ['x"\n"y\nz', 'x"\n"y'],
    ['"a\nb', '"a\nb']
  ]
  t.strictSame(
    texts.map(([text]) => [text, firstRecord(text)]),
    texts
  )
})

await t.test('a line may tell the delimiter', async t => {
  t.strictSame(separatorLine('sep=;\r\na;b'), { delimiter: ';', length: 7 })
  t.strictSame(separatorLine('SEP=\t\na'), { delimiter: '\t', length: 6 })
  t.strictSame(separatorLine('sep=,\ra'), { delimiter: ',', length: 6 })
  t.strictSame(separatorLine('sep=x'), { delimiter: 'x', length: 5 })
  for (const text of ['', 'sep=', 'sep=\n', 'sep=;;\n', 'sep=;,a\n', ' sep=;\n', 'sep="\n', 'a\nsep=;\n']) {
    t.equal(separatorLine(text), null, JSON.stringify(text))
  }
})

await t.test('a delimiter is one character that does not mean something else', async t => {
  for (const delimiter of [',', ';', '\t', '|', ' ', 'x', 'é']) {
    t.doesNotThrow(() => checkDelimiter(delimiter), delimiter)
  }
  for (const delimiter of ['', ',,', '"', '\r', '\n', '\0', '💥']) {
    t.throws(() => checkDelimiter(delimiter), {
      name: 'TypeError',
      message:
        'The delimiter must be one character other than a quote or a line break, not ' + `${JSON.stringify(delimiter)}`
    })
  }
})
