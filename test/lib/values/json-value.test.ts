import t from 'tap'
import { jsonDepth, jsonProblem } from '../../../lib/values/json-value.js'

await t.test('JSON of every kind is fine as long as it can be stored as it is', async t => {
  const nested = (levels: number): unknown => JSON.parse('{"a":['.repeat(levels / 2) + ']}'.repeat(levels / 2))
  const surrogate = 'Text may not hold half of a surrogate pair'
  const cases: readonly [value: unknown, problem: string | undefined][] = [
    [null, undefined],
    [true, undefined],
    [-0.5, undefined],
    ['', undefined],
    [[], undefined],
    [{}, undefined],
    ['\u{1F600}', undefined],
    [{ '\u{1F600}': ['\u{10FFFF}'] }, undefined],
    ['\ud83d', surrogate],
    ['\ude00\ud83d', surrogate],
    [{ a: [{ b: 'x\udfff' }] }, surrogate],
    [{ '\ud800': 1 }, surrogate],
    [Infinity, 'Numbers must fit a 64-bit float'],
    [{ a: [1, -Infinity] }, 'Numbers must fit a 64-bit float'],
    [nested(jsonDepth), undefined],
    [[nested(jsonDepth)], `The JSON is nested deeper than ${jsonDepth} levels`]
  ]
  for (const [value, problem] of cases) t.equal(jsonProblem(value), problem, JSON.stringify(value).slice(0, 60))
})
