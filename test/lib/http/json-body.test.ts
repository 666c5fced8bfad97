import t from 'tap'
import { CommonsError } from '../../../lib/errors.js'
import { parseJson } from '../../../lib/http/json-body.js'

interface Refusal {
  readonly code: string
  readonly places: readonly (readonly [pointer: string, index: number | undefined, field: string | undefined])[]
}

function refusal (text: string): Refusal | unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof CommonsError)) throw error
    return { code: error.code, places: error.details.map(({ pointer, index, field }) => [pointer, index, field]) }
  }
}

function forbidden (pointer: string, index: number | undefined, field: string): Refusal {
  return { code: 'forbidden_key', places: [[pointer, index, field]] }
}

await t.test('JSON is parsed as JSON.parse does it', async t => {
  for (const text of [
    'null',
    '0',
    '""',
    '[]',
    '{}',
    '[{"a":[1,{"b":null}]}]',
    ' {"a" : 1.5e3}\n',
    '{"a":1,"a":2}',
    '{"constructor":1}',
    '{"prototype":{"constructor":"x"}}',
    '{"constructor":{"proto":1}}',
    '["__proto__","constructor"]',
    '{"a":"__proto__"}',
    '{"a__proto__":1}',
    '{"\\u0061":1}'
  ]) {
    t.equal(JSON.stringify(parseJson(text)), JSON.stringify(JSON.parse(text)), text)
  }
  t.strictSame(parseJson('\uFEFF[1]'), [1], 'behind a byte order mark')
})

await t.test('what is no JSON is malformed, and its text is told to nobody', async t => {
  for (const text of ['', '[', '{"a":}', "{'a':1}", '[1,]', '\uFEFF', '\uFEFF\uFEFF[1]', 'secret']) {
    t.strictSame(refusal(text), { code: 'malformed_body', places: [] }, JSON.stringify(text))
    t.throws(() => parseJson(text), { message: 'The body is not valid JSON' })
  }
})

await t.test('keys that lead to a prototype are refused where they stand', async t => {
  const cases: readonly [text: string, expected: Refusal][] = [
    ['{"__proto__":1}', forbidden('/__proto__', undefined, '__proto__')],
    ['{"__proto__":null}', forbidden('/__proto__', undefined, '__proto__')],
    ['[{},{"__proto__":1}]', forbidden('/1/__proto__', 1, '__proto__')],
    ['[[{"__proto__":1}]]', forbidden('/0/0/__proto__', 0, '0.__proto__')],
    ['{"a":[{"b":{"__proto__":1}}]}', forbidden('/a/0/b/__proto__', undefined, 'a.0.b.__proto__')],
    ['[{"a.b":{"c/d~e":{"__proto__":1}}}]', forbidden('/0/a.b/c~1d~0e/__proto__', 0, 'a.b.c/d~e.__proto__')],
    ['{"\\u005f\\u005Fproto__":1}', forbidden('/__proto__', undefined, '__proto__')],
    ['{"__pro\\u0074o__":1}', forbidden('/__proto__', undefined, '__proto__')],
    ['{"constructor":{"prototype":{}}}', forbidden('/constructor', undefined, 'constructor')],
    ['{"c\\u006Fnstructor":{"prototyp\\u0065":1}}', forbidden('/constructor', undefined, 'constructor')],
    ['{"a":1,"constructor":{"b":1,"prototype":null}}', forbidden('/constructor', undefined, 'constructor')]
  ]
  for (const [text, expected] of cases) t.strictSame(refusal(text), expected, text)
})

await t.test('the search takes time and memory in proportion to the body, however deep it is', async t => {
  const levels = 300_000
  const start = performance.now()
  const { code, places } = refusal(`${'['.repeat(levels)}{"__proto__":1}${']'.repeat(levels)}`) as Refusal
  t.strictSame([code, places[0]![0].length], ['forbidden_key', '/0'.repeat(50).length])
  t.ok(Array.isArray(parseJson(`${'['.repeat(levels)}"constructor"${']'.repeat(levels)}`)))
  t.ok(performance.now() - start < 10_000)
})
