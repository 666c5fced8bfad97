import t from 'tap'
import { BulkError } from 'fastify-prisma-commons/errors'
import { commons } from 'fastify-prisma-commons/extension'
import { Prisma } from '../../prisma/generated/client/client.js'
import type { SpecimenCreateInput } from '../../prisma/generated/client/models.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma: plain, query } = await createDatabase(t)
const bulk = plain.$extends(commons({ metadata }))

const hostileTexts = [
  '',
  ' ',
  'NULL',
  'null',
  '{}',
  '""',
  '"',
  "'",
  '\\',
  '\\\\',
  '\\"',
  ',',
  '{"a",NULL}',
  'a\tb\nc\r\n',
  '\u0001\u001f',
  'ü€𝄞🧑‍🚀',
  "'; DROP TABLE specimens; --",
  '$1',
  '%',
  '\\u0000',
  '\\x00'
]
const nested = {
  prisma__type: 'date',
  prisma__value: 'x',
  deep: [{ prisma__type: 'bigint', prisma__value: '1' }, null, true, 1.5, '\\u0000 \\\\ " \''],
  '': { ' ': '🧑‍🚀' }
}
const date = (text: string): Date => new Date(text)
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values)

/** Values of every field, as Prisma takes them. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  int: [null, 0, -1, 2147483647, -2147483648],
  small: [null, 32767, -32768],
  big: [null, 0n, 5, 9223372036854775807n, -9223372036854775808n],
  float: [null, 0, -0, 1.1, 1e308, 5e-324],
  real: [null, 1.5, 0.1, 3.4e38],
  decimal: [
    null,
    0,
    '1.10',
    '-0.0000000001',
    '1e3',
    12.5,
    1e21,
    new Prisma.Decimal('7.25'),
    '9999999999999999999999999999.9999999999',
    '-1234567890123456789012345678.0123456789'
  ],
  bool: [null, true, false],
  text: [null, ...hostileTexts],
  short: [null, '', '12345', '🧑🧑🧑🧑🧑', '"\\\','],
  fixed: [null, '', 'a', 'ab', 'abc', '"\\,'],
  timestamp: [
    null,
    date('2024-02-29T23:59:59.999Z'),
    '2024-06-01T00:00:00Z',
    '2024-06-01T00:30:00+02:00',
    '2024-06-01T23:30:00.5-03:30',
    '2024-06-01T00:00:00.1239Z',
    date('1969-12-31T23:59:59.999Z'),
    date('0099-01-01T00:00:00.001Z'),
    date('9999-12-31T23:59:59.999Z')
  ],
  timestamptz: [
    null,
    date('2024-03-31T01:30:00.001Z'),
    '2024-06-01T00:30:00+02:00',
    '2024-06-01T10:00:00.123Z',
    date('1900-01-01T00:00:00.000Z')
  ],
  date: [
    null,
    date('2024-02-29T00:00:00Z'),
    '2024-06-01T23:30:00-03:00',
    date('0099-12-31T00:00:00Z'),
    date('1969-12-31T23:59:59Z')
  ],
  time: [
    null,
    date('1970-01-01T00:00:01.005Z'),
    date('1970-01-01T23:59:59.999Z'),
    '1970-01-01T08:30:00+02:00',
    date('2024-06-01T12:00:00.013Z')
  ],
  json: [
    nested,
    [],
    {},
    'text',
    '',
    0,
    false,
    1e21,
    ['\ud83d\ude00'],
    Prisma.JsonNull,
    Prisma.DbNull,
    { toJSON: () => ({ own: true }) }
  ],
  jsonText: [nested, '"', { b: 1, a: [2, 1] }, Prisma.JsonNull, Prisma.DbNull],
  bytes: [null, bytes(), bytes(0), bytes(0, 255, 0x5c, 0x22), Buffer.from('\\x00')],
  color: [null, 'RED', 'BLUE'],
  uuid: [null, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '00000000-0000-0000-0000-000000000000'],
  address: [null, '127.0.0.1', '10.0.0.0/8', '::1'],
  texts: [[], [''], hostileTexts, ['NULL'], ['a', 'a'], { set: ['in a set'] }],
  ints: [[], [0], [-2147483648, 2147483647, 0]],
  bigs: [[], [9223372036854775807n, -9223372036854775808n], [1]],
  floats: [[], [1.1, 0, -1e308, 5e-324]],
  decimals: [
    [],
    ['1.50', '99999999999999999999999999999999999.999999999999999999999999999999', new Prisma.Decimal('-0.1'), 3]
  ],
  bools: [[], [true, false, true]],
  moments: [[], [date('2024-02-29T23:59:59.999Z'), date('1969-12-31T23:59:59.999Z')], ['2024-06-01T00:30:00+02:00']],
  jsons: [[], [nested, [], 'x', '', 0, [[1], [2]], { a: null }]],
  blobs: [[], [bytes(), bytes(0, 255), Buffer.from('"\\,{}')]],
  colors: [[], ['BLUE'], ['GREEN', 'RED', 'BLUE', 'BLUE']],
  uuids: [[], ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11']]
}

interface Case {
  readonly code: string
  readonly field: string
  readonly value: unknown
}

const cases: Case[] = Object.entries(samples).flatMap(([field, values]) =>
  values.map((value, i) => ({ code: `${field} ${i}`, field, value }))
)
/** `{ code, text: 'x' }`: items that do not name the same fields. */
const rows = cases.map(({ code, field, value }) => ({ code, [field]: value }))
type Input = Prisma.SpecimenCreateManyInput

await plain.$transaction(
  async tx => {
    for (const row of rows) await tx.specimen.create({ data: row as SpecimenCreateInput })
  },
  { timeout: 60_000 }
)
const expected = await stored()

/** Rows as Prisma reads them, without what differs from row to row. */
async function stored (): Promise<Record<string, unknown>[]> {
  const found = new Map(
    (await plain.specimen.findMany({ omit: { id: true, touchedAt: true } })).map(row => [row.code, row])
  )
  return cases.map(({ code }) => found.get(code)!)
}

/** What the database holds, as text: tells a JSON null from a SQL one, an empty list from none. */
async function held (): Promise<unknown[]> {
  const found = new Map(
    (await query("SELECT row_to_json(s)::jsonb - 'id' - 'touched_at' AS row FROM specimens s")).map(({ row }) => [
      row.specimen_code,
      row
    ])
  )
  return cases.map(({ code }) => found.get(code))
}

const expectedHeld = await held()

function withoutStamps (given: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return given.map(({ id, touchedAt, ...row }) => row)
}

/** Empties all columns of all rows, so that an update has something to do in each. */
async function emptyRows (): Promise<void> {
  await plain.specimen.deleteMany()
  await plain.specimen.createMany({
    data: cases.map(({ code }) => ({ code, json: 'before', jsonText: 'before', ints: [7], texts: ['before'] }))
  })
}

/** Fields that the row of each case did not name hold something else after an update. */
function onlyField (given: readonly Record<string, unknown>[]): unknown[] {
  return cases.map(({ code, field }, i) => [code, given[i]![field]])
}

await t.test('the samples name every field', async t => {
  const fields = Object.keys(plain.specimen.fields).filter(name => !['id', 'code', 'touchedAt'].includes(name))
  t.strictSame(Object.keys(samples), fields)
})

await t.test('bulkCreate', async t => {
  await plain.specimen.deleteMany()
  const report = await bulk.specimen.bulkCreate({ data: rows as Input[], select: true })
  t.strictSame(withoutStamps(report.rows), expected, 'rows it gives back')
  t.strictSame(await stored(), expected, 'rows as Prisma reads them')
  t.strictSame(await held(), expectedHeld, 'rows as the database holds them')
})

await t.test('bulkUpsert of items that name the same fields', async t => {
  for (const [field] of Object.entries(samples)) {
    const indexes = [...cases.keys()].filter(i => cases[i]!.field === field)
    const wanted = onlyField(expected).filter((_, i) => indexes.includes(i))
    const data = indexes.map(i => rows[i] as Input)
    const codes = { code: { in: data.map(row => row.code) } }
    await plain.specimen.deleteMany({ where: codes })
    const inserted = await bulk.specimen.bulkUpsert({ data, on: 'code', select: true })
    t.strictSame(
      [inserted.created, inserted.rows.map(row => [row.code, row[field as 'text']])],
      [data.length, wanted],
      `${field}: inserted`
    )
    await plain.specimen.deleteMany({ where: codes })
    await plain.specimen.createMany({ data: data.map(({ code }) => ({ code })) })
    const updated = await bulk.specimen.bulkUpsert({ data, on: 'code', select: true })
    t.strictSame(
      [updated.updated + updated.unchanged, updated.rows.map(row => [row.code, row[field as 'text']])],
      [data.length, wanted],
      `${field}: updated`
    )
    const again = await bulk.specimen.bulkUpsert({ data, on: 'code', select: true })
    t.strictSame(
      [again.unchanged, again.rows.map(row => [row.code, row[field as 'text']])],
      [data.length, wanted],
      `${field}: unchanged the second time`
    )
  }
  t.strictSame(onlyField(await stored()), onlyField(expected))
})

await t.test('bulkUpsert of items that name different fields', async t => {
  await plain.specimen.deleteMany()
  const inserted = await bulk.specimen.bulkUpsert({ data: rows as Input[], on: 'code', select: true })
  t.strictSame([inserted.created, withoutStamps(inserted.rows)], [rows.length, expected])
  t.strictSame(await held(), expectedHeld)
  await emptyRows()
  const updated = await bulk.specimen.bulkUpsert({ data: rows as Input[], on: 'code', select: true })
  t.strictSame(onlyField(updated.rows), onlyField(expected))
  t.strictSame(onlyField(await stored()), onlyField(expected))
  const again = await bulk.specimen.bulkUpsert({ data: rows as Input[], on: 'code' })
  t.equal(again.unchanged, rows.length, 'nothing is written the second time')
})

await t.test('bulkUpdate', async t => {
  await emptyRows()
  const items = rows.map(({ code, ...data }) => ({ where: { code }, data: data as Partial<Input> }))
  const report = await bulk.specimen.bulkUpdate({ data: items, select: true })
  t.strictSame(onlyField(report.rows), onlyField(expected))
  t.strictSame(onlyField(await stored()), onlyField(expected))
  const again = await bulk.specimen.bulkUpdate({ data: items })
  t.strictSame([again.updated, again.unchanged], [0, rows.length], 'nothing is written the second time')
})

await t.test('a null clears, in lists and in Json too', async t => {
  await plain.specimen.create({ data: { code: 'null', json: { a: 1 }, jsonText: [1], texts: ['a'] } })
  await bulk.specimen.bulkUpdate({
    data: [{ where: { code: 'null' }, data: { json: null as never, jsonText: Prisma.DbNull, texts: null as never } }]
  })
  t.strictSame(
    await query(
      'SELECT json IS NULL AS json, "jsonText" IS NULL AS "jsonText", texts IS NULL AS texts FROM specimens WHERE ' +
        "specimen_code = 'null'"
    ),
    [{ json: true, jsonText: true, texts: true }]
  )
})

await t.test('dates that Prisma does not take are days of UTC, whatever the zone of the process', async t => {
  await bulk.specimen.bulkCreate({
    data: [
      {
        code: 'zone',
        timestamp: '2024-06-01T10:00:00',
        timestamptz: '2024-06-01 10:00',
        date: '2024-06-01',
        time: '10:00:00.25'
      }
    ]
  })
  const { timestamp, timestamptz, date, time } = await plain.specimen.findUniqueOrThrow({ where: { code: 'zone' } })
  t.strictSame(
    [timestamp, timestamptz, date, time],
    [
      new Date('2024-06-01T10:00:00Z'),
      new Date('2024-06-01T10:00:00Z'),
      new Date('2024-06-01T00:00:00Z'),
      new Date('1970-01-01T10:00:00.250Z')
    ]
  )
})

await t.test('text keeps the microseconds that its column holds', async t => {
  const timestamptz = ['1969-12-31T23:59:59.999999Z', '2024-06-01T12:00:00.1234567+02:00', '9999-12-31T23:59:59.9990Z']
  const data = timestamptz.map((text, i) => ({ code: `micro ${i}`, timestamptz: text, timestamp: text }))
  const { rows } = await bulk.specimen.bulkCreate({ data, select: true })
  t.strictSame(
    await query(
      "SELECT timestamptz::text, timestamp::text FROM specimens WHERE specimen_code LIKE 'micro%' ORDER BY 1"
    ),
    [
      { timestamptz: '1969-12-31 23:59:59.999999+00', timestamp: '1969-12-31 23:59:59.999' },
      { timestamptz: '2024-06-01 10:00:00.123456+00', timestamp: '2024-06-01 10:00:00.123' },
      { timestamptz: '9999-12-31 23:59:59.999+00', timestamp: '9999-12-31 23:59:59.999' }
    ]
  )
  t.strictSame(
    rows,
    await plain.specimen.findMany({ where: { code: { startsWith: 'micro' } }, orderBy: { code: 'asc' } })
  )
  const again = await bulk.specimen.bulkUpsert({ data, on: 'code' })
  t.equal(again.unchanged, 3)
})

await t.test('Json keeps keys that mean something to JavaScript', async t => {
  const text = '{"toJSON":"x","__proto__":{"a":1},"constructor":{"prototype":null}}'
  const { rows } = await bulk.specimen.bulkCreate({
    data: [{ code: 'keys', json: JSON.parse(text), jsons: [JSON.parse(text)] }],
    select: { json: true, jsons: true }
  })
  t.equal(JSON.stringify(rows), `[{"json":${text},"jsons":[${text}]}]`)
})

await t.test('numbers that Prisma cannot write arrive all the same', async t => {
  const { NaN: none, POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least, MAX_VALUE: largest } = Number
  const data = [none, most, least, -largest].map((float, i) => ({
    code: `number ${i}`,
    float,
    real: Number.isFinite(float) ? 0 : float,
    floats: [float],
    decimal: Number.isNaN(float) ? (float as never) : null
  }))
  const { rows } = await bulk.specimen.bulkCreate({
    data,
    select: { float: true, real: true, floats: true, decimal: true }
  })
  t.strictSame(
    rows.map(row => ({ ...row, decimal: String(row.decimal) })),
    data.map(({ code, ...row }) => ({ ...row, decimal: String(row.decimal) }))
  )
  t.strictSame(
    await query(
      "SELECT float::text, real::text, floats[1]::text AS first FROM specimens WHERE specimen_code LIKE 'number%' " +
        'ORDER BY 1'
    ),
    [
      { float: '-1.7976931348623157e+308', real: '0', first: '-1.7976931348623157e+308' },
      { float: '-Infinity', real: '-Infinity', first: '-Infinity' },
      { float: 'Infinity', real: 'Infinity', first: 'Infinity' },
      { float: 'NaN', real: 'NaN', first: 'NaN' }
    ]
  )
})

/** Field, a value that its column cannot hold, and what is said about it. */
const refused: readonly (readonly [field: string, value: unknown, code: string, text: string | RegExp])[] = [
  ['int', '1', 'invalid_type', 'Expected an integer'],
  ['int', 1.5, 'invalid_type', 'Expected an integer'],
  ['int', 2147483648, 'invalid_value', 'Expected an integer from -2147483648 to 2147483647'],
  ['int', Number.NaN, 'invalid_type', 'Expected an integer'],
  ['small', 32768, 'invalid_value', 'Expected an integer from -32768 to 32767'],
  ['big', 9223372036854775808n, 'invalid_value', 'Expected an integer from -2^63 to 2^63 - 1'],
  ['big', 2 ** 60, 'invalid_type', 'Expected an integer (a bigint, or its digits as a string)'],
  ['big', '1.0', 'invalid_type', 'Expected an integer (a bigint, or its digits as a string)'],
  ['float', '1', 'invalid_type', 'Expected a number'],
  ['real', 1e39, 'invalid_value', 'Expected a number that single precision can hold'],
  ['real', 1e-60, 'invalid_value', 'Expected a number that single precision can hold'],
  ['decimal', '1e28', 'invalid_value', 'Expected at most 28 digits before the decimal point'],
  [
    'decimal',
    '9999999999999999999999999999.99999999995',
    'invalid_value',
    'Expected at most 28 digits before the decimal point'
  ],
  ['decimal', '1,5', 'invalid_value', 'Expected a decimal number'],
  ['decimal', Number.POSITIVE_INFINITY, 'invalid_value', 'Expected a decimal number'],
  ['decimal', { toFixed: 1, d: 1, e: 1, toString: 1 }, 'invalid_type', 'Expected a decimal number'],
  ['bool', 1, 'invalid_type', 'Expected a boolean'],
  ['text', 'a\u0000b', 'invalid_value', 'Text may not hold the character U+0000'],
  ['text', 'a\ud83d', 'invalid_value', 'Text may not hold half a surrogate pair'],
  ['text', { toString: 1 }, 'invalid_type', 'Expected a string'],
  ['short', '123456', 'invalid_value', 'The text is longer than 5 characters'],
  ['fixed', '1234', 'invalid_value', 'The text is longer than 3 characters'],
  ['timestamp', '2024-02-30T00:00:00Z', 'invalid_value', 'Expected an ISO 8601 date of the years 1 to 9999'],
  ['timestamp', '1', 'invalid_value', 'Expected an ISO 8601 date of the years 1 to 9999'],
  ['timestamp', new Date(Number.NaN), 'invalid_value', 'Expected an ISO 8601 date of the years 1 to 9999'],
  ['timestamp', '0000-01-01T00:00:00Z', 'invalid_value', 'Expected an ISO 8601 date of the years 1 to 9999'],
  ['timestamp', 1717200000000, 'invalid_type', 'Expected a date'],
  ['time', '25:00', 'invalid_value', 'Expected an ISO 8601 date of the years 1 to 9999'],
  ['json', { a: ['\u0000'] }, 'invalid_value', 'Text may not hold the character U+0000'],
  ['json', '\ud83d', 'invalid_value', 'Text may not hold half a surrogate pair'],
  ['json', () => 1, 'invalid_type', 'Expected a JSON value'],
  ['json', { a: 1n }, 'invalid_type', 'Expected a JSON value'],
  ['json', Prisma.AnyNull, 'invalid_type', 'Expected a JSON value'],
  ['bytes', 'AA==', 'invalid_type', 'Expected bytes'],
  ['color', 'red', 'invalid_value', 'Expected one of RED, GREEN, BLUE'],
  ['color', 'constructor', 'invalid_value', 'Expected one of RED, GREEN, BLUE'],
  ['uuid', "'", 'invalid_value', 'Expected a UUID'],
  ['texts', 'a', 'invalid_type', 'Expected a list'],
  ['texts', ['a', null], 'invalid_value', 'A list may not hold null'],
  ['texts', ['\udc00'], 'invalid_value', 'Text may not hold half a surrogate pair'],
  ['texts', ['a\u0000'], 'invalid_value', 'Text may not hold the character U+0000'],
  ['ints', [1, '2'], 'invalid_type', 'Expected an integer'],
  ['jsons', [Prisma.DbNull], 'invalid_value', 'A list may not hold null'],
  ['colors', ['RED', 'red'], 'invalid_value', 'Expected one of RED, GREEN, BLUE']
]

await t.test('values that a column cannot hold are refused with their item and field, before any SQL', async t => {
  const data = refused.map(([field, value], i) => ({ code: `refused ${i}`, [field]: value })) as Input[]
  const wanted = refused.map(([field, , code, message], index) => ({ code, index, field, message }))
  const writes = {
    create: () => bulk.specimen.bulkCreate({ data }),
    upsert: () => bulk.specimen.bulkUpsert({ data, on: 'code' }),
    update: () =>
      bulk.specimen.bulkUpdate({ data: data.map(({ code, ...values }) => ({ where: { code }, data: values })) })
  }
  for (const [name, write] of Object.entries(writes)) {
    const error = await write().then(
      () => null,
      (reason: unknown) => reason
    )
    t.ok(error instanceof BulkError, name)
    t.strictSame(
      (error as BulkError).details.map(({ code, index, field, message }) => ({ code, index, field, message })),
      wanted,
      name
    )
  }
  t.equal(await plain.specimen.count({ where: { code: { startsWith: 'refused' } } }), 0)
})
