import t from 'tap'
import { ndjsonWriter } from '../../../../lib/tabular/ndjson/write-ndjson.js'
import { collect, inPages, written } from '../../../helpers/csv.js'

const columns = [
  { name: 'id', label: 'Id', kind: 'number' },
  { name: 'customer.code', label: 'Customer', kind: 'text' },
  { name: '__proto__', label: 'Data', kind: 'json' }
] as const

await t.test('rows are objects by the names of the columns, a line each', async t => {
  const file = await written(
    ndjsonWriter(),
    { title: 'Things', columns, lines: ['Head'], facts: [{ label: 'Year', value: 1 }], foot: ['Foot'] },
    [
      [1, '=1 "x"\n💥', { a: [1] }],
      ['12.50', null, null]
    ],
    [[9007199254740993n, undefined, 'text']]
  )
  t.equal(
    file.toString(),
    [
      '{"id":1,"customer.code":"=1 \\"x\\"\\n💥","__proto__":{"a":[1]}}',
      '{"id":"12.50","customer.code":null,"__proto__":null}',
      '{"id":"9007199254740993","customer.code":null,"__proto__":"text"}',
      ''
    ].join('\n')
  )
})

await t.test('a table without rows is an empty file', async t => {
  t.strictSame(await collect(ndjsonWriter()({ title: 'Things', columns }, inPages())), [])
})

await t.test('bytes come some 64 Ki at a time', async t => {
  const rows = Array.from({ length: 5000 }, (_, index) => [index, 'x'.repeat(40), null])
  const sizes = (await collect(ndjsonWriter()({ title: 'Things', columns }, inPages(rows)))).map(
    ({ length }) => length
  )
  t.ok(sizes.length > 5)
  t.strictSame(
    sizes.slice(0, -1).filter(size => size < 65_536 || size > 65_800),
    []
  )
})
