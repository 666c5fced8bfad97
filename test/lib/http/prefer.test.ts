import t from 'tap'
import { appliedHeader, parsePrefer } from '../../../lib/http/prefer.js'

const table: ReadonlyArray<
  readonly [title: string, header: string | string[] | undefined, expected: Record<string, string>]
> = [
  ['no header', undefined, {}],
  ['an empty header', '', {}],
  ['a token', 'respond-async', { 'respond-async': '' }],
  ['a value', 'return=minimal', { return: 'minimal' }],
  ['a list', 'return=minimal, handling=lenient,wait=10', { return: 'minimal', handling: 'lenient', wait: '10' }],
  ['names without regard to case, values with', 'RETURN=Minimal', { return: 'Minimal' }],
  ['the first of two', 'return=minimal, return=representation', { return: 'minimal' }],
  ['the first of two headers', ['return=minimal', 'Return=representation, wait=1'], { return: 'minimal', wait: '1' }],
  ['a quoted string', 'return="minimal"', { return: 'minimal' }],
  [
    'commas, semicolons and escapes in quotes',
    String.raw`a="x, y; z=\"1\" \\", b=2`,
    { a: String.raw`x, y; z="1" \ `.trim(), b: '2' }
  ],
  ['empty values, three ways', 'a=, b="", c', { a: '', b: '', c: '' }],
  ['blanks around everything', ' \t a = 1 ; p = 2 ,\t b\t=\t"2" ', { a: '1', b: '2' }],
  ['parameters', 'a; x=1; y="2, b=3";z, c=4', { a: '', c: '4' }],
  ['empty parameters', 'a;, b; ;x=1, c;', { a: '', b: '', c: '' }],
  ['empty elements', ',, a=1 ,,b,', { a: '1', b: '' }],
  ['elements that break the grammar, their neighbours stay', 'a b, =1, [x], c=1=2, d="1"2, e;[, ok', { ok: '' }],
  ['nothing out of a quoted string of a broken element', '@="x, return=minimal, y", ok', { ok: '' }],
  ['a quote that never closes', 'a=1, b="2, c=3', { a: '1' }],
  ['a quote that ends in a backslash', 'a=1, b="2, c\\', { a: '1' }],
  ['names of Object.prototype', 'constructor=1, toString', { constructor: '1', tostring: '' }]
]

await t.test('parsePrefer reads the grammar of RFC 7240', async t => {
  for (const [title, header, expected] of table) {
    t.strictSame([...parsePrefer(header)], Object.entries(expected), title)
  }
})

await t.test('parsePrefer takes time linear in the length of the header', async t => {
  const hostile: Array<(n: number) => string> = [
    n => 'a'.repeat(n),
    n => 'a,'.repeat(n),
    n => ' '.repeat(n),
    n => ';'.repeat(n),
    n => 'a="'.repeat(n),
    n => 'a="\\'.repeat(n),
    n => '"\\"'.repeat(n),
    n => `a=${'"'.repeat(n)}`,
    n => `a="${'\\"'.repeat(n)}`,
    n => `@"${'\\'.repeat(n)}`,
    n => 'a;b="x";'.repeat(n)
  ]
  function cost (header: string): number {
    let best = Infinity
    for (let round = 0; round < 5; round++) {
      const from = process.cpuUsage()
      parsePrefer(header)
      const { user, system } = process.cpuUsage(from)
      best = Math.min(best, user + system)
    }
    return best
  }
  for (const build of hostile) {
    const [small, large] = [cost(build(10_000)), cost(build(160_000))]
    // 16 times the length: quadratic work would take 256 times as long.
    t.ok(large < 64 * Math.max(small, 200), `${build.toString()}: ${small} us, then ${large} us`)
  }
})

await t.test('appliedHeader prints what was applied', async t => {
  t.equal(appliedHeader([]), undefined)
  t.equal(
    appliedHeader([
      ['return', 'minimal'],
      ['respond-async', '']
    ]),
    'return=minimal, respond-async'
  )
  t.equal(appliedHeader([['a', 'x, "y" \\']]), String.raw`a="x, \"y\" \\"`)
  const preferences = parsePrefer('Return="minimal", note="a, \\"b\\""')
  t.strictSame(parsePrefer(appliedHeader(preferences)), preferences, 'what was printed reads back')
})
