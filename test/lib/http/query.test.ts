import t from 'tap'
import { CommonsError } from '../../../lib/errors.js'
import { checkParameters, readBoolean, readList, readText, type Query } from '../../../lib/http/query.js'

function outcome (read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error instanceof CommonsError ? `${error.status} ${error.code}: ${error.message}` : error
  }
}

await t.test('a text, a list and a boolean are read, and undefined when they are absent', async t => {
  const text = (query: Query): unknown => outcome(() => readText(query, 'a'))
  const list = (query: Query): unknown => outcome(() => readList(query, 'a'))
  const flag = (query: Query): unknown => outcome(() => readBoolean(query, 'a'))
  const repeated = '400 invalid_parameter: The query parameter "a" stands more than once'
  const empty = '400 invalid_parameter: The query parameter "a" holds an empty element'
  const neither = '400 invalid_parameter: The query parameter "a" must be true or false'
  const cases: readonly [query: Query, text: unknown, list: unknown, flag: unknown][] = [
    [{}, undefined, undefined, undefined],
    [{ b: 'true' }, undefined, undefined, undefined],
    [{ a: 'true' }, 'true', ['true'], true],
    [{ a: 'false' }, 'false', ['false'], false],
    [{ a: 'True' }, 'True', ['True'], neither],
    [{ a: '' }, '', empty, neither],
    [{ a: ' x , y' }, ' x , y', ['x', 'y'], neither],
    [{ a: 'x,,y' }, 'x,,y', empty, neither],
    [{ a: ',' }, ',', empty, neither],
    [{ a: 'x, ' }, 'x, ', empty, neither],
    [{ a: ['x', 'y'] }, repeated, repeated, repeated],
    // What other parsers make of a[b]=c.
    [{ a: { b: 'c' } } as never, repeated, repeated, repeated]
  ]
  for (const [query, ...expected] of cases) {
    t.strictSame([text(query), list(query), flag(query)], expected, JSON.stringify(query))
  }
})

await t.test('a parameter that nobody reads is refused', async t => {
  t.equal(
    outcome(() => checkParameters(Object.assign(Object.create(null), { a: '1' }) as Query, ['a', 'b'])),
    undefined
  )
  t.equal(
    outcome(() => checkParameters({ unique_field: 'a' }, ['unique_fields'])),
    '400 unknown_parameter: Unknown query parameter "unique_field". Did you mean "unique_fields"?'
  )
  t.equal(
    outcome(() => checkParameters({ a: '1' }, [])),
    '400 unknown_parameter: Unknown query parameter "a". This route takes none'
  )
  t.equal(
    outcome(() => checkParameters({ zzz: 'a' }, ['a', 'b'])),
    '400 unknown_parameter: Unknown query parameter "zzz". Known: a, b'
  )
})
