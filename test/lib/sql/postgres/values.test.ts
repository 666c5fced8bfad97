import t from 'tap'
import type { FieldMeta, Metadata } from '../../../../lib/model/meta.js'
import { Registry, type Model } from '../../../../lib/model/registry.js'
import { dialectOf } from '../../../../lib/sql/dialects.js'
import { metadata } from '../../../../prisma/generated/metadata.js'

const postgres = dialectOf('postgresql')
const registry = new Registry(metadata as Metadata)
const model = (name: string): Model => registry.model(name)
const field = (name: string, one: string): FieldMeta => model(name).ownField(one)
const [contract, token] = [model('Contract'), model('Token')]

/** What the encoder says of a value alone: its element of the array, or its fault. */
function encoded (name: string, value: unknown): string {
  let fault: string | undefined
  const text = postgres.encode(model('Specimen'), field('Specimen', name), [value], (position, code, params) => {
    fault = `${position} ${code}: ${Object.values(params).join()}`
  })
  return fault ?? text!.slice(1, -1)
}

await t.test('encode', t => {
  const table: readonly (readonly [name: string, value: unknown, wanted: string])[] = [
    ['int', -2147483648, '-2147483648'],
    ['int', 7n, '7'],
    ['int', undefined, 'NULL'],
    ['int', null, 'NULL'],
    ['int', '7', '0 invalid_type: an integer'],
    ['big', '-9223372036854775808', '-9223372036854775808'],
    ['big', '+007', '7'],
    ['big', 2 ** 53, '0 invalid_type: an integer (a bigint, or its digits as a string)'],
    ['float', 1e21, '1e+21'],
    ['float', Number.NaN, 'NaN'],
    ['float', -Infinity, '-Infinity'],
    ['real', 3.5e38, '0 invalid_value: Expected a number that single precision can hold'],
    ['decimal', '1.50', '1.50'],
    ['decimal', 1e-7, '1e-7'],
    ['decimal', '.5', '.5'],
    ['decimal', '1e28', '0 invalid_value: Expected at most 28 digits before the decimal point'],
    ['decimal', '1e-99', '1e-99'],
    ['decimal', '0e99', '0e99'],
    ['decimal', 'NULL', '0 invalid_value: Expected a decimal number'],
    ['decimal', '1; DROP', '0 invalid_value: Expected a decimal number'],
    ['bool', false, 'f'],
    ['bool', 'true', '0 invalid_type: a boolean'],
    ['text', 'NULL', '"NULL"'],
    ['text', '', '""'],
    ['text', 'a"b\\c', '"a\\"b\\\\c"'],
    ['text', "{},\n'", '"{},\n\'"'],
    ['text', '\u0000', '0 invalid_value: Text may not hold the character U+0000'],
    ['short', 'ééééé', '"ééééé"'],
    ['short', 'éééééé', '0 invalid_value: The text is longer than 5 characters'],
    ['uuid', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', '"a0eebc999c0b4ef8bb6d6bb9bd380a11"'],
    ['uuid', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', '0 invalid_value: Expected a UUID'],
    ['timestamp', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['timestamp', '2024-01-01T00:00:00.123456-02:00', '"2024-01-01T02:00:00.123Z"'],
    ['timestamp', '2024-01-01', '"2024-01-01T00:00:00.000Z"'],
    ['timestamptz', '2024-01-01T00:00:00.123456789+0530', '"2023-12-31T18:30:00.123456Z"'],
    ['timestamptz', '2024-12-31T23:59:60Z', '0 invalid_value: Expected an ISO 8601 date of the years 1 to 9999'],
    ['timestamptz', '9999-12-31T23:59:59-01:00', '0 invalid_value: Expected an ISO 8601 date of the years 1 to 9999'],
    ['timestamptz', 'now', '0 invalid_value: Expected an ISO 8601 date of the years 1 to 9999'],
    ['date', '2024-01-01T23:00:00-02:00', '"2024-01-02"'],
    ['date', '2023-02-29', '0 invalid_value: Expected an ISO 8601 date of the years 1 to 9999'],
    ['time', '08:30', '"08:30:00.000"'],
    ['time', new Date(1), '"00:00:00.001"'],
    ['time', '08:30+02:00', '0 invalid_value: Expected an ISO 8601 date of the years 1 to 9999'],
    ['json', { 'a"': [1, null] }, '"{\\"a\\\\\\"\\":[1,null]}"'],
    ['json', 'null', '"\\"null\\""'],
    ['json', undefined, 'NULL'],
    ['json', null, 'NULL'],
    ['json', '\\u0000', '"\\"\\\\\\\\u0000\\""'],
    ['json', ['\u0000'], '0 invalid_value: Text may not hold the character U+0000'],
    ['bytes', Uint8Array.of(0, 255), '"\\\\x00ff"'],
    ['bytes', Buffer.from('abc').subarray(1), '"\\\\x6263"'],
    ['bytes', [0], '0 invalid_type: bytes'],
    ['color', 'BLUE', '"deep blue"'],
    ['color', 'deep blue', '0 invalid_value: Expected one of RED, GREEN, BLUE'],
    ['color', '__proto__', '0 invalid_value: Expected one of RED, GREEN, BLUE'],
    ['texts', [], '"{}"'],
    ['texts', ['a"', 'NULL', ''], '"{\\"a\\\\\\"\\",\\"NULL\\",\\"\\"}"'],
    ['texts', { set: ['a'] }, '"{\\"a\\"}"'],
    ['texts', { length: 1 }, '0 invalid_type: a list'],
    ['ints', [1, -2], '"{1,-2}"'],
    ['colors', ['BLUE'], '"{\\"deep blue\\"}"'],
    ['blobs', [Uint8Array.of(1)], '"{\\"\\\\\\\\x01\\"}"'],
    ['bools', [true], '"{t}"']
  ]
  for (const [name, value, wanted] of table) t.equal(encoded(name, value), wanted, `${name} ${String(wanted)}`)
  const bare = { ...field('Specimen', 'timestamptz'), native: ['Timestamptz'] }
  t.equal(
    postgres.encode(model('Specimen'), bare, ['2024-01-01T00:00:00.123456789Z'], () => {}),
    '{"2024-01-01T00:00:00.123456Z"}',
    'a column without a precision holds microseconds'
  )
  const nulls: string[] = []
  class DbNull {}
  postgres.encode(
    model('Specimen'),
    { ...field('Specimen', 'json'), required: true },
    [new DbNull(), null, 0],
    (position, code) => nulls.push(`${position} ${code}`)
  )
  t.strictSame(nulls, ['0 not_null', '1 not_null'], 'a Json that is required takes no null of either kind')
  const required: string[] = []
  t.equal(
    postgres.encode(contract, field('Contract', 'amount'), [1, null, undefined, 'x'], (position, code) =>
      required.push(`${position} ${code}`)
    ),
    '{1,NULL,NULL,NULL}'
  )
  t.strictSame(
    required,
    ['1 not_null', '3 invalid_value'],
    'all faults of a column, a null where none may be among them'
  )
  t.strictSame(
    [
      postgres.encodeValue(token, field('Token', 'scopes'), ['a', 'b']),
      postgres.encodeValue(contract, field('Contract', 'note'), null)
    ],
    ['{"a","b"}', null]
  )
  t.throws(
    () => postgres.encodeValue(contract, field('Contract', 'year'), 'x'),
    new TypeError('Contract.year cannot hold x: an integer')
  )
  t.end()
})

await t.test('keyText is one text for values that the database holds for equal, and null for what is none', t => {
  const same: readonly (readonly [name: string, ...values: readonly unknown[]])[] = [
    ['int', 7, 7n, '7', '+07'],
    ['big', 7, 7n, '7', '+007', '07'],
    ['big', 0, '-0', '000'],
    ['decimal', '1.50', '01.5', '15e-1', 1.5, '+1.5', '.15E1'],
    ['decimal', '0', '0.00', '-0', '0e5'],
    ['decimal', '-10', '-1e1', '-10.0'],
    ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc999c0b4ef8bb6d6bb9bd380a11'],
    ['fixed', 'a', 'a  '],
    ['timestamp', new Date(0), '1970-01-01T02:00:00+02:00', '1970-01-01T00:00:00.0009Z', '1970-01-01'],
    ['date', '2024-01-01', '2024-01-01T23:00:00Z', new Date('2024-01-01T05:00:00Z')],
    ['time', '08:30', '08:30:00.000', '1999-01-01T08:30:00Z'],
    ['bytes', Uint8Array.of(1, 2), Buffer.from([0, 1, 2]).subarray(1)],
    ['bool', true]
  ]
  for (const [name, ...values] of same) {
    t.equal(
      new Set(values.map(value => postgres.keyText(field('Specimen', name), value) ?? 'none')).size,
      1,
      `${name} ${String(values[0])}`
    )
  }
  const other: readonly (readonly [name: string, ...values: readonly unknown[]])[] = [
    ['decimal', '1', '10', '0.1', '-1', '1.01'],
    ['big', '1', '-1', '9007199254740993', '9007199254740992'],
    ['text', 'a', 'A', 'a ', ''],
    ['time', '08:30', '08:31'],
    ['timestamptz', '2024-01-01T00:00:00.000001Z', '2024-01-01T00:00:00.000002Z'],
    ['color', 'RED', 'BLUE'],
    ['bool', true, false],
    ['bytes', Uint8Array.of(1), Uint8Array.of(1, 0), Uint8Array.of()]
  ]
  for (const [name, ...values] of other) {
    t.equal(
      new Set(values.map(value => postgres.keyText(field('Specimen', name), value))).size,
      values.length,
      `${name} ${String(values[0])}`
    )
  }
  const none: readonly (readonly [name: string, ...values: readonly unknown[]])[] = [
    ['int', null, undefined, 1.5, Number.NaN, 'x', '', {}, { toString: 1 }],
    ['decimal', '', '.e', 'x', {}, { toFixed: 1, toString: 1 }],
    ['text', 1, null, { toString: 1 }, Object.create(null), ['a']],
    ['timestamp', 'x', 0, new Date(Number.NaN)],
    ['time', '25:00'],
    ['bool', 'true'],
    ['bytes', 'AA=='],
    ['color', 1, {}],
    ['json', {}],
    ['texts', ['a']]
  ]
  for (const [name, ...values] of none) {
    t.strictSame(
      values.map(value => postgres.keyText(field('Specimen', name), value)),
      values.map(() => null),
      name
    )
  }
  t.end()
})

await t.test('decoder gives the values of Prisma, or those of JSON', t => {
  const raw: Readonly<Record<string, unknown>> = {
    int: 1,
    big: '9223372036854775807',
    float: Number.NaN,
    real: 0.5,
    decimal: '1.10',
    bool: false,
    text: 'x',
    timestamp: 1004.9999999999999,
    timestamptz: '-1 58',
    date: 86_400_000,
    time: 1004.9999999999999,
    json: '{"a":[1]}',
    jsonText: 'null',
    bytes: '00ff',
    color: 'deep blue',
    uuid: null,
    texts: '["a\\"","NULL"]',
    ints: '[1,2]',
    bigs: '["9223372036854775807"]',
    floats: '["NaN","-Infinity","1.5"]',
    decimals: '["1.10"]',
    bools: '[true]',
    moments: '["1969-12-31T23:59:59.9995","2024-01-01T02:00:00+02:00","2024-01-01T00:00:00Z"]',
    jsons: '[{"a":null},"x"]',
    blobs: '["\\\\x00ff"]',
    colors: '["red","deep blue"]',
    uuids: null,
    $ord: 1
  }
  const fields = Object.keys(raw)
    .filter(name => name !== '$ord')
    .map(name => field('Specimen', name))
  const decimal = (text: string): unknown => ({ decimal: text })
  const shared = {
    int: 1,
    real: 0.5,
    bool: false,
    text: 'x',
    json: { a: [1] },
    jsonText: null,
    color: 'BLUE',
    uuid: null,
    texts: ['a"', 'NULL'],
    ints: [1, 2],
    bools: [true],
    jsons: [{ a: null }, 'x'],
    colors: ['RED', 'BLUE'],
    uuids: []
  }
  t.strictSame(postgres.decoder(model('Specimen'), fields, 'prisma', { decimal })(raw), {
    ...shared,
    big: 9223372036854775807n,
    float: Number.NaN,
    decimal: { decimal: '1.10' },
    timestamp: new Date(1005),
    timestamptz: new Date(-1),
    date: new Date(86_400_000),
    time: new Date(1005),
    bytes: Uint8Array.of(0, 255),
    bigs: [9223372036854775807n],
    floats: [Number.NaN, Number.NEGATIVE_INFINITY, 1.5],
    decimals: [{ decimal: '1.10' }],
    moments: [new Date(-1), new Date('2024-01-01T00:00:00Z'), new Date('2024-01-01T00:00:00Z')],
    blobs: [Uint8Array.of(0, 255)]
  })
  const json = postgres.decoder(model('Specimen'), fields, 'json', { decimal })(raw)
  t.strictSame(json, {
    ...shared,
    big: '9223372036854775807',
    float: 'NaN',
    decimal: '1.10',
    timestamp: '1970-01-01T00:00:01.005Z',
    timestamptz: '1969-12-31T23:59:59.999058Z',
    date: '1970-01-02',
    time: '00:00:01.005',
    bytes: 'AP8=',
    bigs: ['9223372036854775807'],
    floats: ['NaN', '-Infinity', 1.5],
    decimals: ['1.10'],
    moments: ['1969-12-31T23:59:59.999Z', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    blobs: ['AP8=']
  })
  t.strictSame(JSON.parse(JSON.stringify(json)), json, 'JSON takes it as it is')
  t.end()
})

await t.test('decoder gives lists of times with a zone, which Prisma cannot read', t => {
  const zoned = { ...field('Specimen', 'moments'), name: 'zoned', native: ['Timetz', '6'] }
  const decode = (form: 'json' | 'prisma'): unknown =>
    postgres.decoder(model('Specimen'), [zoned], form, { decimal: String })({
      zoned: '["08:30:00+00","08:30:00.123456+02","24:00:00-03:30"]'
    })['zoned']
  t.strictSame(decode('json'), ['08:30:00.000', '08:30:00.123456+02:00', '24:00:00.000-03:30'])
  t.strictSame(decode('prisma'), [
    new Date('1970-01-01T08:30:00Z'),
    new Date('1970-01-01T08:30:00.123Z'),
    new Date('1970-01-02T00:00:00Z')
  ])
  t.end()
})
