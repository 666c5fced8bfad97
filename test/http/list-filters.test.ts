import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { column, parameter, refusal } from '../helpers/list-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(
  t,
  database,
  {
    '/specimens': { model: 'Specimen', list: { search: ['text', 'code'], defaultOrdering: ['code'] } },
    '/few': { model: 'Specimen', fields: ['id', 'code', 'text'], list: { filters: ['code', 'int'] } },
    '/lenient': { model: 'Specimen', list: { lenientQuery: true, ordering: ['code'] } }
  },
  { crud: true }
)
const send = sender(app)

const rows = [
  {
    code: 'a',
    int: 1,
    small: -1,
    big: '9007199254740993',
    float: 0.1,
    real: 0.1,
    decimal: '1.5',
    bool: true,
    text: '100%_a\\b',
    short: 'AbC',
    fixed: 'x',
    timestamp: '2026-01-01T10:00:00Z',
    timestamptz: '2026-01-01T10:00:00Z',
    date: '2026-01-01',
    time: '08:30:00',
    json: { a: 1 },
    jsonText: [1],
    bytes: 'AQI=',
    color: 'BLUE',
    uuid: '00000000-0000-4000-8000-00000000000a',
    address: '10.0.0.1',
    texts: ['red', 'it\'s "b"', '{x,y}'],
    ints: [1, 2],
    bigs: ['9007199254740993'],
    floats: [0.5],
    decimals: ['1.50'],
    bools: [true],
    moments: ['2026-01-01T10:00:00Z'],
    blobs: ['AQI='],
    colors: ['BLUE', 'RED'],
    uuids: ['00000000-0000-4000-8000-00000000000a']
  },
  {
    code: 'b',
    int: 2,
    small: 0,
    big: '9007199254740994',
    float: 'NaN',
    real: 2,
    decimal: '2.0000000001',
    bool: false,
    text: 'Éclair 100x_a',
    short: 'abd',
    fixed: 'xyz',
    timestamp: '2026-01-02T10:00:00.123Z',
    timestamptz: '2026-01-02T10:00:00.123Z',
    date: '2026-01-02',
    time: '09:00:00.5',
    bytes: 'AQM=',
    color: 'RED',
    uuid: '00000000-0000-4000-8000-00000000000b',
    address: '10.0.0.2',
    texts: ['blue'],
    ints: [2, 3]
  },
  { code: 'n' }
]

t.before(async () => {
  const { status } = await send('POST', '/specimens', rows)
  if (status !== 201) throw new Error('The rows were not made')
})
t.beforeEach(() => {
  statements.length = 0
})

const codes = async (...conditions: readonly (readonly [name: string, value: string])[]): Promise<string> =>
  (
    await column(send, `/specimens?${conditions.map(([name, value]) => parameter(name, value)).join('&')}`, 'code')
  ).join('')

/** The codes of the rows that each operator finds. */
type Found = Readonly<Record<string, string>>

/** The same for every field whose first row has the smaller value: `low` and `high` are those of the two rows. */
function compared (low: string, high: string): readonly (readonly [string, string, string])[] {
  return [
    ['equals', low, 'a'],
    ['ne', low, 'bn'],
    ['gt', low, 'b'],
    ['gte', low, 'ab'],
    ['lt', high, 'a'],
    ['lte', high, 'ab'],
    ['in', `${low}, ${high}`, 'ab'],
    ['in', high, 'b'],
    ['nin', low, 'bn'],
    ['nin', `${low},${high}`, 'n'],
    ['isnull', 'true', 'n'],
    ['isnull', 'false', 'ab']
  ]
}

await t.test('every operator of every kind of field', async t => {
  const comparable: Readonly<Record<string, readonly [string, string]>> = {
    int: ['1', '2'],
    small: ['-1', '0'],
    big: ['9007199254740993', '9007199254740994'],
    float: ['0.1', 'NaN'],
    real: ['0.1', '2'],
    decimal: ['1.50', '2.0000000001'],
    text: ['100%_a\\b', 'Éclair 100x_a'],
    short: ['AbC', 'abd'],
    fixed: ['x', 'xyz'],
    timestamp: ['2026-01-01T10:00:00Z', '2026-01-02T10:00:00.123Z'],
    timestamptz: ['2026-01-01T12:00:00 02:00', '2026-01-02T12:00:00.123+02:00'],
    date: ['2026-01-01', '2026-01-02'],
    time: ['08:30', '09:00:00.5'],
    uuid: ['00000000-0000-4000-8000-00000000000A', '00000000-0000-4000-8000-00000000000b'],
    address: ['10.0.0.1', '10.0.0.2']
  }
  for (const [field, [low, high]] of Object.entries(comparable)) {
    for (const [operator, value, expected] of compared(low, high)) {
      t.equal(
        await codes([operator === 'equals' ? field : `${field}[${operator}]`, value]),
        expected,
        `${field} ${operator} ${value}`
      )
    }
    t.equal(await codes([`${field}[equals]`, low]), 'a', `${field}[equals]`)
  }
  const equal: Readonly<Record<string, readonly [string, string]>> = {
    bool: ['true', 'false'],
    color: ['BLUE', 'RED'],
    bytes: ['AQI=', 'AQM=']
  }
  for (const [field, [low, high]] of Object.entries(equal)) {
    for (const [operator, value, expected] of compared(low, high).filter(
      ([operator]) => !operator.startsWith('g') && !operator.startsWith('l')
    )) {
      t.equal(await codes([`${field}[${operator}]`, value]), expected, `${field} ${operator} ${value}`)
    }
  }
  for (const field of ['json', 'jsonText']) {
    t.strictSame([await codes([`${field}[isnull]`, 'true']), await codes([`${field}[isnull]`, 'false'])], ['bn', 'a'])
  }
})

await t.test('lists are asked for an element', async t => {
  const found: Found = {
    texts: 'red',
    ints: '1',
    bigs: '9007199254740993',
    floats: '0.5',
    decimals: '1.5',
    bools: 'true',
    moments: '2026-01-01T10:00:00.000Z',
    blobs: 'AQI=',
    colors: 'BLUE',
    uuids: '00000000-0000-4000-8000-00000000000a'
  }
  for (const [field, value] of Object.entries(found)) t.equal(await codes([`${field}[has]`, value]), 'a', field)
  t.equal(await codes(['ints[has]', '2']), 'ab')
  t.equal(await codes(['ints[has]', '9']), '')
  for (const value of ['it\'s "b"', '{x,y}']) t.equal(await codes(['texts[has]', value]), 'a', value)
  t.equal(await codes(['texts[has]', 're']), '')
})

await t.test('parts of texts are found whatever their case; no sign stands for another', async t => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['text[contains]', '100%', 'a'],
    ['text[contains]', '100', 'ab'],
    ['text[contains]', '_A', 'ab'],
    ['text[contains]', '0__', ''],
    ['text[contains]', '\\b', 'a'],
    ['text[contains]', '\\', 'a'],
    ['text[startsWith]', '100%_', 'a'],
    ['text[startsWith]', '%', ''],
    ['text[startsWith]', 'ÉCL', 'b'],
    ['text[endsWith]', '_A\\B', 'a'],
    ['text[endsWith]', '_a', 'b'],
    ['text[endsWith]', '%', ''],
    ['short[contains]', 'bc', 'a'],
    ['short[startsWith]', 'AB', 'ab'],
    ['short[contains]', 'longer than five', ''],
    ['fixed[endsWith]', 'X', 'a'],
    ['fixed[startsWith]', 'X', 'ab'],
    ['text[contains]', '', 'ab']
  ]
  for (const [name, value, expected] of cases) t.equal(await codes([name, value]), expected, `${name} ${value}`)
})

await t.test('conditions all hold', async t => {
  t.equal(await codes(['int[gte]', '1'], ['int[lt]', '2'], ['bool', 'true']), 'a')
  t.equal(await codes(['int', '1'], ['bool', 'false']), '')
  t.equal(statements.length, 2)
})

await t.test('a search finds the rows that have all words, each in some field', async t => {
  const found = async (text: string): Promise<string> => codes(['search', text])
  t.strictSame(
    [
      await found('100'),
      await found(' 100   ÉCLAIR'),
      await found('a 100%'),
      await found('n'),
      await found(''),
      await found('  '),
      await found('_a\\'),
      await found('zzz a')
    ],
    ['ab', 'b', 'a', 'n', 'abn', 'abn', 'a', '']
  )
  t.strictSame(await refusal(send, `/specimens?search=${'x'.repeat(201)}`), [
    400,
    'invalid_parameter',
    'The query parameter "search" has 201 characters, which are more than the limit of 200'
  ])
  t.strictSame(await refusal(send, '/specimens?search=a+b+c+d+e+f+g+h+i+j+k'), [
    400,
    'invalid_parameter',
    'The query parameter "search" has 11 words, which are more than the limit of 10'
  ])
  t.strictSame(await refusal(send, '/specimens?search=a%00b'), [
    400,
    'invalid_parameter',
    'The query parameter "search" is not valid: Text may not hold the character U+0000'
  ])
  t.strictSame((await refusal(send, '/few?search=a'))[1], 'unknown_parameter')
})

await t.test('what does not fit is refused by name, and with what it must be', async t => {
  const invalid = (name: string, problem: string): unknown[] => [
    400,
    'invalid_parameter',
    `The query parameter "${name}" ${problem}`
  ]
  const unknown = (name: string, hint: string): unknown[] => [
    400,
    'unknown_parameter',
    `Unknown query parameter "${name}". ${hint}`
  ]
  const cases: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['int', 'x', invalid('int', 'must be an integer from -2147483648 to 2147483647')],
    ['int', '', invalid('int', 'must be an integer from -2147483648 to 2147483647')],
    ['int[gt]', '1.5', invalid('int[gt]', 'must be an integer from -2147483648 to 2147483647')],
    ['int[gt]', '2147483648', invalid('int[gt]', 'must be an integer from -2147483648 to 2147483647')],
    ['int[in]', '1,x', invalid('int[in]', 'must be an integer from -2147483648 to 2147483647, at index 1')],
    ['int[in]', '1,,2', invalid('int[in]', 'holds an empty element')],
    ['int[in]', '', invalid('int[in]', 'holds an empty element')],
    [
      'int[in]',
      Array.from({ length: 1001 }, (_, i) => i).join(),
      invalid('int[in]', 'holds 1001 values, which are more than the limit of 1000')
    ],
    ['big', '1e3', invalid('big', 'must be an integer from -2^63 to 2^63 - 1, beyond 2^53 as a string')],
    ['float[lt]', '0x10', invalid('float[lt]', 'must be a number')],
    ['decimal[lt]', 'a', invalid('decimal[lt]', 'must be a decimal number')],
    [
      'decimal[lt]',
      '1e40',
      invalid('decimal[lt]', 'is not valid: Expected at most 28 digits before the decimal point')
    ],
    ['bool', 'yes', invalid('bool', 'must be true or false')],
    ['color', 'deep blue', invalid('color', 'must be one of RED, GREEN, BLUE')],
    ['color', 'toString', invalid('color', 'must be one of RED, GREEN, BLUE')],
    ['timestamp[gte]', '2026-02-30', invalid('timestamp[gte]', 'must be an ISO 8601 date of the years 1 to 9999')],
    ['uuid', '1', invalid('uuid', 'must be a UUID')],
    ['address', 'x', invalid('address', 'must be an IP address, with or without a prefix length')],
    ['bytes', '?', invalid('bytes', 'must be base64 text')],
    ['short', 'longer', invalid('short', 'is not valid: The text is longer than 5 characters')],
    ['text', 'a\0', invalid('text', 'is not valid: Text may not hold the character U+0000')],
    ['text[contains]', '\0', invalid('text[contains]', 'is not valid: Text may not hold the character U+0000')],
    ['text[isnull]', '1', invalid('text[isnull]', 'must be true or false')],
    ['ints[has]', 'x', invalid('ints[has]', 'must be an integer from -2147483648 to 2147483647')],
    ['int[gtee]', '1', unknown('int[gtee]', 'Did you mean "gte"?')],
    [
      'int[contains]',
      '1',
      unknown('int[contains]', 'Operators of int: equals, ne, gt, gte, lt, lte, in, nin, isnull')
    ],
    [
      'int[__proto__]',
      '1',
      unknown('int[__proto__]', 'Operators of int: equals, ne, gt, gte, lt, lte, in, nin, isnull')
    ],
    ['color[gt]', 'RED', unknown('color[gt]', 'Operators of color: equals, ne, in, nin, isnull')],
    ['texts', 'red', unknown('texts', 'Operators of texts: has')],
    ['jsons[has]', '1', unknown('jsons[has]', 'Did you mean "json"?')],
    ['decimall', '1', unknown('decimall', 'Did you mean "decimal"?')]
  ]
  for (const [name, value, expected] of cases) {
    t.strictSame(
      await refusal(send, `/specimens?${parameter(name, value)}`),
      expected,
      `${name}=${value.slice(0, 20)}`
    )
  }
  t.equal((await refusal(send, '/specimens?legacy=1'))[1], 'unknown_parameter', 'a field that Prisma leaves out')
  t.match(await refusal(send, '/specimens?int=1&int=2'), invalid('int', 'stands more than once'))
  const many = ['int', 'small', 'big', 'float', 'real', 'decimal', 'code'].flatMap(name =>
    ['ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin'].map(operator => `${name}[${operator}]=1`)
  )
  t.equal((await send('GET', `/specimens?${many.join('&')}&int=1`)).status, 200)
  t.strictSame(
    await refusal(send, `/specimens?${many.join('&')}&int=1&small=1`),
    invalid('small', 'is more than the 50 comparisons and groups that a request may have')
  )
  statements.pop()
  t.strictSame(statements, [])
})

await t.test('no text of a request is read as SQL', async t => {
  for (const text of ["'; DROP TABLE specimens; --", "' OR '1'='1", '$1', '"', "\\'; --", '%', '{}', 'NULL']) {
    t.equal(await codes(['text', text]), '', text)
    t.equal(await codes(['text[in]', text]), '', text)
    for (const name of [text, `int[${text}]`, `${text}[in]`]) {
      t.equal((await refusal(send, `/specimens?${parameter(name, '1')}`))[1], 'unknown_parameter', name)
    }
    t.equal((await refusal(send, `/specimens?${parameter('ordering', text)}`))[1], 'invalid_parameter', text)
  }
  t.equal(Number((await query('SELECT count(*) FROM specimens'))[0]!['count']), 3)
  for (const statement of statements) t.notMatch(statement, /DROP|'1'/)
})

await t.test('only what the resource names is to be filtered by, shown or not', async t => {
  t.strictSame(await column(send, '/few?int=1', 'code'), ['a'])
  for (const name of ['text', 'bool']) {
    t.strictSame((await refusal(send, `/few?${name}=true`)).slice(0, 2), [400, 'unknown_parameter'], name)
  }
})

await t.test('a lenient resource reads over names that it does not know, not over values', async t => {
  t.strictSame(await column(send, '/lenient?foo=1&ordering=-x,-code&bar[gte]=2', 'code'), ['n', 'b', 'a'])
  t.equal((await refusal(send, '/lenient?int=x'))[0], 400)
  t.equal((await refusal(send, '/lenient?int[foo]=1'))[0], 400)
  t.strictSame(await column(send, '/lenient/query', 'code', { filters: { foo: 1, int: 1 }, bar: 2 }), ['a'])
})
