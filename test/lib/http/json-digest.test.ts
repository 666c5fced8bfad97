import t from 'tap'
import { jsonDigest } from '../../../lib/http/json-digest.js'

await t.test('the order of members tells nothing, that of elements does', async t => {
  t.equal(jsonDigest({ a: 1, b: { c: [], d: null } }), jsonDigest({ b: { d: null, c: [] }, a: 1 }))
  t.not(jsonDigest([1, 2]), jsonDigest([2, 1]))
})

await t.test('different values have different digests', async t => {
  const values = [
    null,
    true,
    1,
    '1',
    'null',
    '',
    [],
    {},
    [[]],
    [{}],
    [[], []],
    [[[]]],
    ['a', 'b'],
    ['a;b'],
    { a: 'b' },
    ['a', ['b']],
    [['a'], 'b'],
    { a: { b: 1 } },
    { a: 1, b: 1 },
    { 'a":': 1 },
    undefined,
    1n,
    [1, [2, 3]],
    [1, 2, [3]],
    [[1, 2], 3],
    new Date(0),
    new Date(0).toISOString(),
    'number 1'
  ]
  const digests = values.map(jsonDigest)
  // A date is its text.
  t.equal(new Set(digests).size, values.length)
})

await t.test('values are as deep as a client likes', async t => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown
  t.match(jsonDigest(deep), /^[\w-]{43}$/)
})
