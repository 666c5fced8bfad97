import t from 'tap'
import { CommonsError } from '../../../lib/errors.js'
import {
  entityTagOf,
  matchesStrongly,
  matchesWeakly,
  parseEntityTags,
  versionsOf,
  type EntityTag
} from '../../../lib/http/entity-tag.js'

const strong = (text: string): object => ({ text, isWeak: false })
const weak = (text: string): object => ({ text, isWeak: true })

function parsed (header: string | readonly string[] | undefined): unknown {
  try {
    return parseEntityTags('If-Match', header)
  } catch (error) {
    return error instanceof CommonsError ? `${error.status} ${error.message}` : error
  }
}

await t.test('a header is absent, a star, or a list of tags', async t => {
  const malformed = '400 The header If-Match must be * or a list of entity tags such as "1", "2"'
  const cases: readonly [header: string | readonly string[] | undefined, expected: unknown][] = [
    [undefined, undefined],
    ['*', '*'],
    [' * ', '*'],
    ['"3"', [strong('3')]],
    ['W/"3"', [weak('3')]],
    ['"1", W/"2" ,"3"', [strong('1'), weak('2'), strong('3')]],
    ['"1",,\t, "2",', [strong('1'), strong('2')]],
    [
      ['"1"', '"2"'],
      [strong('1'), strong('2')]
    ],
    ['""', [strong('')]],
    ['"a,b"', [strong('a,b')]],
    ['"é!#~"', [strong('é!#~')]],
    ['', malformed],
    [' , ', malformed],
    ['3', malformed],
    ['"3', malformed],
    ['3"', malformed],
    ['w/"3"', malformed],
    ['W/ "3"', malformed],
    ['"1" "2"', malformed],
    ['"1""2"', malformed],
    ['*, "1"', malformed],
    ['"1", *', malformed],
    ['"a b"', malformed],
    ['"a\tb"', malformed],
    ["'3'", malformed]
  ]
  for (const [header, expected] of cases) t.strictSame(parsed(header), expected, JSON.stringify(header))
})

await t.test('long headers take time in proportion to their length', async t => {
  for (const part of ['"', '" ', 'W/', '\t', ',', '"a",', '"a" ']) {
    const start = process.hrtime.bigint()
    parsed(part.repeat(200_000 / part.length))
    t.ok(process.hrtime.bigint() - start < 2_000_000_000n, JSON.stringify(part))
  }
})

await t.test(
  'strong comparison takes no weak tags, weak comparison takes both, and a row without a version only the star',
  async t => {
    const outcomes = (header: string, version: number | null): readonly boolean[] => {
      const tags = parseEntityTags('If-Match', header)!
      return [matchesStrongly(tags, version), matchesWeakly(tags, version)]
    }
    t.strictSame(outcomes('*', 3), [true, true])
    t.strictSame(outcomes('*', null), [true, true])
    t.strictSame(outcomes(entityTagOf(3), 3), [true, true])
    t.strictSame(outcomes('"2", "3"', 3), [true, true])
    t.strictSame(outcomes('W/"3"', 3), [false, true])
    t.strictSame(outcomes('"03"', 3), [false, false])
    t.strictSame(outcomes('"null"', null), [false, false])
  }
)

await t.test('the versions that match strongly are those of strong tags that a version has', async t => {
  const tags = parseEntityTags('If-Match', '"1", W/"2", "03", "4.0", "x", "", "-5", "2147483648", "6"')
  t.strictSame(versionsOf(tags as EntityTag[]), [1, -5, 6])
})
