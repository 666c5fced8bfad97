import t from 'tap'
import { wantsProblem } from '../../../lib/http/accept.js'

const table: ReadonlyArray<readonly [accept: string | undefined, expected: boolean]> = [
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['application/*', false],
  ['application/json', false],
  ['application/problem+json', true],
  ['Application/Problem+JSON', true],
  ['application/json, application/problem+json', true],
  ['application/json;q=0.9, application/problem+json', true],
  ['application/json, application/problem+json;q=0.5', false],
  ['application/problem+json; charset=utf-8; q=0.2, */*;q=0.1', true],
  ['application/problem+json;q=0', false],
  ['application/problem+json;q=x', false],
  ['application/problem+json;q=2', false],
  ['application/problem+jsonp', false]
]

await t.test('problem details go to those who name them and do not prefer plain JSON', async t => {
  for (const [accept, expected] of table) t.equal(wantsProblem(accept), expected, String(accept))
})
