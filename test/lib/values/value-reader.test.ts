import Fastify from 'fastify'
import t from 'tap'
import { inputSchema, outputSchema } from '../../../lib/values/field-schema.js'
import { InvalidValue, valueReader } from '../../../lib/values/value-reader.js'
import { Registry } from '../../../lib/model/registry.js'
import { metadata } from '../../../prisma/generated/metadata.js'
import { bulkDatabase, sender, serve } from '../../helpers/bulk-app.js'

const model = new Registry(metadata).model('Specimen')
const fields = model.meta.fields.filter(field => field.name !== 'id' && !field.updatedAt)

const big = '9223372036854775807'
const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  1.5,
  255,
  256,
  32767,
  32768,
  -32768,
  -32769,
  2147483647,
  2147483648,
  -2147483648,
  -2147483649,
  4294967295,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e20,
  1e21,
  1e27,
  1e28,
  1e-7,
  1e-11,
  5e-324,
  1.7976931348623157e308,
  3.4028234663852886e38,
  3.5e38,
  1e-45,
  1e-46,
  0.1,
  '',
  ' ',
  'a',
  'abc',
  'abcd',
  'abcde',
  'abcdef',
  'ab ',
  '\u{1F600}'.repeat(5),
  '\u{1F600}'.repeat(6),
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udc00',
  'é',
  '"',
  '\\',
  "'",
  '{}',
  '{"a"}',
  '{,}',
  'NULL',
  'null',
  'true',
  't',
  '0',
  '-0',
  '+1',
  '1',
  '007',
  '1.',
  '.5',
  '.',
  '1.50',
  '-1e2',
  '1e28',
  '1e9999',
  '1e-9999',
  '1e99999',
  '0x10',
  '1_000',
  '1,5',
  ' 1',
  'NaN',
  'Infinity',
  '-Infinity',
  'nan',
  '1.23456789012345678901',
  '9'.repeat(28),
  '9'.repeat(29),
  `${'9'.repeat(28)}.99999999999`,
  big,
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '12345678901234567890',
  'RED',
  'red',
  'deep blue',
  'BLUE',
  'constructor',
  '__proto__',
  '00000000-0000-4000-8000-000000000000',
  '0F0F0F0F-0000-4000-8000-00000000000A',
  '00000000000040008000000000000000',
  '{00000000-0000-4000-8000-000000000000}',
  '0000',
  '10.0.0.1',
  '10.0.0.1/8',
  '10.0.0.1/33',
  '10.0.0',
  '10.0.0.1/',
  '::1',
  '::1/128',
  '::1/129',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
  '010.0.0.1',
  '256.0.0.1',
  '2026-01-31',
  '2026-02-30',
  '2024-02-29',
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-01-00',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '10000-01-01',
  '+010000-01-01',
  '-0001-01-01',
  '2026-1-1',
  '20260131',
  '31.01.2026',
  'infinity',
  'now',
  'today',
  'epoch',
  '2026-01-31T08:30',
  '2026-01-31 08:30',
  '2026-01-31T08:30:15',
  '2026-01-31T08:30:15Z',
  '2026-01-31t08:30:15z',
  '2026-01-31T08:30:15.123456789Z',
  '2026-01-31T08:30:15.5+02:00',
  '2026-01-31T08:30:15+0530',
  '2026-01-31T08:30:15-23:59',
  '2026-01-31T08:30:15+24:00',
  '2026-01-31T08:30:15+99:99',
  '2026-01-31T24:00:00Z',
  '2026-01-31T23:59:60Z',
  '2026-01-31T08:60:00Z',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
  '9999-12-31T23:59:59.999Z',
  '2026-01-31T08:30:15 BC',
  '2026-01-31T08:30:15Europe/Berlin',
  '08:30',
  '08:30:15',
  '08:30:15.1234567',
  '24:00:00',
  '23:59:59.9999',
  '8:30',
  '08:30:15+02',
  '25:00',
  'QQ==',
  'QUI=',
  'QUJD',
  'QQ',
  'QR==',
  'QUJD\n',
  '-_8=',
  '====',
  'A',
  [],
  {},
  [[]],
  [null],
  [1],
  ['1'],
  ['a', 'b'],
  [true, false],
  ['QQ==', 'QUI='],
  ['RED', 'BLUE'],
  ['RED', 'x'],
  [1, 'a'],
  [1.5, 2],
  ['a,b', '"', '\\', '{}', 'NULL', ''],
  [big, '1'],
  ['2026-01-31T08:30:15Z', '2026-02-28'],
  ['2026-02-30'],
  ['00000000-0000-4000-8000-000000000000'],
  ['\u0000'],
  ['\ud800'],
  ['NaN', 'Infinity'],
  [{}, [], 1, 'x', { a: [null] }],
  [
    [1, 2],
    [3, 4]
  ],
  { a: 1 },
  { set: [1] },
  { a: { b: ['x', 1.5, null, true] } },
  { '': '' },
  { '\u0000': 1 },
  { a: '\\u0000' },
  { a: '\ud800' },
  { toJSON: 1 },
  { length: 1, 0: 'a' }
]

/** What the encoder, which knows the database's limits, may refuse of what the reader takes. */
const limits =
  /^(?:Text may not hold the character U\+0000|The text is longer than \d characters|Expected at most \d+ digits before the decimal point)$/

type Row = Readonly<Record<string, unknown>>

/** A value as it comes out of a body, in the field that takes it. */
interface Taken {
  readonly name: string
  readonly value: unknown
}

const taken: readonly Taken[] = fields.flatMap(({ name }) => {
  const read = valueReader(model, model.ownField(name))
  return values
    .map(value => JSON.parse(JSON.stringify(value)) as unknown)
    .filter(value => !(read(value) instanceof InvalidValue) && !(value === null && model.ownField(name).required))
    .map(value => ({ name, value }))
})

await t.test('what a field takes the database stores, shows as described, and takes back unchanged', async t => {
  const database = await bulkDatabase(t)
  const send = sender(
    await serve(t, database, {
      '/specimens': { model: 'Specimen', decimals: 'round', bulk: { maxItems: 10_000 }, bodyLimit: 2 ** 24 }
    })
  )
  const itemOf = ({ name, value }: Taken, index: number): Row => ({ code: `code ${index}`, [name]: value })
  // The encoder tells all that it refuses at once.
  const first = await send('POST', '/specimens', taken.map(itemOf))
  const refused = new Map(
    (first.body.details as { index: number; params?: { problem?: string } }[]).map(({ index, params }) => [
      index,
      params?.problem ?? ''
    ])
  )
  t.strictSame(
    [...refused].filter(([, problem]) => !limits.test(problem)).map(([index, problem]) => [taken[index], problem]),
    [],
    'refused, though the reader took it'
  )
  const stored = taken.filter((_, index) => !refused.has(index))
  const made = await send('POST', '/specimens', stored.map(itemOf))
  t.equal(made.status, 201, JSON.stringify(made.body).slice(0, 500))
  const rows = made.body.data as Row[]

  for (const method of ['PATCH', 'PUT'] as const) {
    await database.query("UPDATE specimens SET touched_at = '2000-01-01'")
    const again = await send(method, '/specimens', rows)
    const written = (await database.query("SELECT id FROM specimens WHERE touched_at <> '2000-01-01'")).map(
      ({ id }) => id
    )
    t.strictSame(
      [again.status, stored.filter((_, index) => written.includes(rows[index]!['id']))],
      [200, []],
      `${method}: not the same when it is sent back`
    )
  }

  const validator = Fastify({ ajv: { customOptions: { coerceTypes: false, strict: false, validateFormats: false } } })
  t.after(() => validator.close())
  validator.get('/', async request => {
    const fits = (schema: object, value: unknown): boolean => request.compileValidationSchema(schema)(value) as boolean
    const schemas = new Map(
      fields.map(field => [field.name, [inputSchema(model, field), outputSchema(model, field)] as const])
    )
    return stored.filter(({ name, value }, index) => {
      const [input, output] = schemas.get(name)!
      return !fits(input, value) || !fits(output, rows[index]![name])
    })
  })
  t.strictSame((await validator.inject('/')).json(), [], 'described by no schema')
})

await t.test('every field takes what it can hold', t => {
  const counts = fields.map(({ name }) => `${name} ${taken.filter(one => one.name === name).length}`)
  t.equal(
    counts.join(', '),
    'code 133, int 13, small 9, big 26, float 36, real 32, decimal 52, bool 3, text 134, short 134, fixed 134, ' +
      'timestamp 15, timestamptz 15, date 15, time 20, json 198, jsonText 198, bytes 19, color 3, uuid 3, address 6, ' +
      'texts 13, ints 2, bigs 4, floats 4, decimals 5, bools 2, moments 2, jsons 21, blobs 2, colors 2, uuids 2'
  )
  t.end()
})
