import t from 'tap'
import { parseJsonText } from '../../../lib/text/parse-json-text.js'

await t.test('escaped keys are read as they are, after any other text', async t => {
  // On Node 24 and 26 the first text makes JSON.parse read the second one wrongly.
  for (const [before, after, expected] of [
    ['{"h":[],"\\\\":0}', '{"h":1,"\\"":2}', ['h', '"']],
    ['{"%":"","\\\\":0}', '{"%":"","\\n":[{}],"\\\\":1}', ['%', '\n', '\\']],
    ['{"a":0,"b\\\\":0}', '{"a":0,"b\\n":1,"\\u0062\\\\":2}', ['a', 'b\n', 'b\\']]
  ] as const) {
    for (let times = 0; times < 3; times++) {
      parseJsonText(before)
      t.strictSame(Object.keys(parseJsonText(after) as object), expected, after)
    }
  }
})

await t.test('values are those of JSON.parse', async t => {
  for (const text of [
    '{"a":{"b":["\\n",{"\\t" : {"\\u0063":[1,"x:\\"y\\":"]}}]}}',
    '{"\\u0061":1,"b":2,"a":3}',
    '{"b":2,"a":1,"\\u0061":3}',
    '{"2":1,"\\u0031":2}',
    '["\\\\","\\\\\\"",":"]',
    '"\\": "',
    'null'
  ]) {
    t.equal(JSON.stringify(parseJsonText(text)), JSON.stringify(JSON.parse(text)), text)
  }
  t.strictSame(parseJsonText('{"\\n":1e400}', (_, value) => (value === Infinity ? '1e400' : value)), { '\n': '1e400' })
})

await t.test('an escaped "__proto__" is a key like any other', async t => {
  const value = parseJsonText('{"\\u005f_proto__":{"admin":true}}') as object
  t.strictSame(Object.keys(value), ['__proto__'])
  t.equal(Object.getPrototypeOf(value), Object.prototype)
})

await t.test('text that is not JSON fails as JSON.parse does', async t => {
  for (const text of ['{"\\n":', '{"\\n', '\\', '{"\\x":1}', '{"a":1} \\', '{"\\n":1,}', '']) {
    t.throws(() => parseJsonText(text), SyntaxError, text)
  }
})

await t.test('long and deep values are read', async t => {
  const long = `[${'{"\\n":[1]},'.repeat(20_000)}0]`
  t.equal((parseJsonText(long) as unknown[]).length, 20_001)
  const list = parseJsonText(`{"\\n":[${'{},'.repeat(200_000)}{}]}`) as Record<string, unknown[]>
  t.equal(list['\n']!.length, 200_001)
})
