import t from 'tap'
import { bulkDatabase, refused, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(t, database, { '/contracts': { model: 'Contract' }, '/tags': { model: 'Tag' } })
const send = sender(app)

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, tags RESTART IDENTITY CASCADE')
  statements.length = 0
})

await t.test('one answer names every fault of every item, at its place', async t => {
  const integer = 'an integer from -2147483648 to 2147483647'
  const decimal = 'a decimal number'
  const status = 'one of draft, active, closed'
  const object = 'an object'
  const { status: code, body } = await send('POST', '/contracts', [
    { contractNumber: 7, year: '2026', amount: 'ten', status: 'Draft', note: {}, customer: 'x' },
    { contractNumber: 'N-2', year: 2026, amount: 1 },
    null,
    ['N-3'],
    { contractNumber: null, year: 1.5, amount: null, nott: 'x', 'a/b~c.d': 1 },
    {},
    { contractNumber: 'N-4', year: 2026, amount: '1', customerId: 5 },
    { contractNumber: 'N-2', year: 2026, amount: '1', externalRef: 'E' }
  ])
  const type = (index: number, field: string | undefined, expected: string): object => ({
    index,
    ...(field === undefined ? {} : { field }),
    code: 'invalid_type',
    message: `Expected ${expected}`,
    params: { expected }
  })
  const simple = (index: number, field: string, code: 'required' | 'not_null'): object => ({
    index,
    field,
    code,
    message: code === 'required' ? 'This field is required' : 'This field may not be null'
  })
  const pair = {
    code: 'duplicate_key',
    message: 'Duplicate contractNumber, year at indexes 1, 7',
    params: { fields: ['contractNumber', 'year'], indexes: [1, 7] }
  }
  const hint =
    'Known: id, contractNumber, year, externalRef, amount, status, note, customerId, version, createdAt, ' +
    'updatedAt, createdById, updatedById, customer'
  const findings = [
    type(0, 'contractNumber', 'a string'),
    type(0, 'year', integer),
    type(0, 'amount', decimal),
    type(0, 'status', status),
    type(0, 'note', 'a string'),
    type(0, 'customer', integer),
    { index: 1, ...pair },
    type(2, undefined, object),
    type(3, undefined, object),
    simple(4, 'contractNumber', 'not_null'),
    type(4, 'year', integer),
    simple(4, 'amount', 'not_null'),
    {
      index: 4,
      field: 'nott',
      code: 'unknown_field',
      message: 'Unknown field "nott". Did you mean "note"?',
      params: { field: 'nott', hint: 'Did you mean "note"?' }
    },
    {
      index: 4,
      field: 'a/b~c.d',
      code: 'unknown_field',
      message: `Unknown field "a/b~c.d". ${hint}`,
      params: { field: 'a/b~c.d', hint }
    },
    simple(5, 'contractNumber', 'required'),
    simple(5, 'year', 'required'),
    simple(5, 'amount', 'required'),
    {
      index: 6,
      field: 'customerId',
      code: 'foreign_key_not_found',
      message: 'No Customer with id 5',
      params: { model: 'Customer', key: 'id', value: 5 }
    },
    { index: 7, ...pair }
  ]
  const expected = refused('validation_failed', '8 items are not valid; nothing was written', findings as never) as {
    details: { pointer: string }[]
  }
  expected.details[13]!.pointer = '/4/a~1b~0c.d'
  t.strictSame([code, body], [400, expected])
  t.strictSame(
    [statements.length, (await query('SELECT 1 FROM contracts')).length],
    [1, 0],
    'one look for the customers'
  )
})

await t.test(
  'beside them stand what the encoder refuses and ids without a row, which alone would be found later',
  async t => {
    await query("INSERT INTO tags (slug, name) VALUES ('a', 'A')")
    const tags = await send('PATCH', '/tags', [
      { id: 1, name: 'a\u0000' },
      { id: 2, name: 'B' },
      { id: 'x', name: 'C' }
    ])
    const problem = 'Text may not hold the character U+0000'
    const expected = 'an integer from -2147483648 to 2147483647'
    t.strictSame(
      [tags.status, tags.body],
      [
        400,
        refused('validation_failed', '3 items are not valid; nothing was written', [
          { index: 0, field: 'name', code: 'invalid_value', message: problem, params: { problem } },
          {
            index: 1,
            field: 'id',
            code: 'object_not_found',
            message: 'No Tag with id 2',
            params: { model: 'Tag', key: 'id', value: '2' }
          },
          { index: 2, field: 'id', code: 'invalid_type', message: `Expected ${expected}`, params: { expected } }
        ])
      ]
    )
    const digits = 'Expected at most 10 digits before the decimal point'
    const contracts = await send('POST', '/contracts', [
      { contractNumber: 'N', year: 1, amount: '1e10' },
      { contractNumber: 'N', year: 2 }
    ])
    t.strictSame(
      [contracts.status, contracts.body],
      [
        400,
        refused('validation_failed', '2 items are not valid; nothing was written', [
          { index: 0, field: 'amount', code: 'invalid_value', message: digits, params: { problem: digits } },
          { index: 1, field: 'amount', code: 'required', message: 'This field is required' }
        ])
      ]
    )
  }
)

await t.test('the same faults of one object carry no index', async t => {
  const { status, body } = await send('POST', '/contracts', { contractNumber: 'N', amount: 'x', customer: 5 })
  const expected = 'a decimal number'
  t.strictSame(
    [status, body],
    [
      400,
      refused('validation_failed', 'The request is not valid', [
        { field: 'amount', code: 'invalid_type', message: `Expected ${expected}`, params: { expected } },
        { field: 'year', code: 'required', message: 'This field is required' },
        {
          field: 'customer',
          code: 'foreign_key_not_found',
          message: 'No Customer with id 5',
          params: { model: 'Customer', key: 'id', value: 5 }
        }
      ])
    ]
  )
})

await t.test('the same faults as a problem document', async t => {
  const { status, headers, body } = await send('POST', '/contracts', [{ contractNumber: 'N', year: 1 }], {
    accept: 'application/problem+json'
  })
  t.strictSame(
    [status, headers['content-type'], headers['vary'], body],
    [
      400,
      'application/problem+json; charset=utf-8',
      'Authorization, Prefer, Accept',
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: '1 item is not valid; nothing was written',
        code: 'required',
        errors: [{ code: 'required', pointer: '/0/amount', message: 'This field is required', index: 0 }]
      }
    ]
  )
})

await t.test('only JSON is taken', async t => {
  const body = '[{"slug":"a","name":"A"}]'
  for (const [type, status] of [
    ['application/json', 201],
    ['application/json; charset=utf-8', 201],
    ['Application/JSON', 201],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/vnd.api+json', 415],
    ['application/jsonx', 415],
    ['text/json', 415],
    ['json', 415],
    ['', 415]
  ] as const) {
    await query('TRUNCATE tags CASCADE')
    const answer = await app.inject({ method: 'POST', url: '/tags', headers: { 'content-type': type }, payload: body })
    t.equal(answer.statusCode, status, type)
    if (status === 415) {
      t.strictSame(answer.json(), {
        ...refused('unsupported_media_type', 'The media type is not supported', []),
        errors: {}
      })
    }
  }
  t.equal(
    (await app.inject({ method: 'DELETE', url: '/tags', headers: { 'content-type': 'text/plain' }, payload: '[1]' }))
      .statusCode,
    415
  )
  t.equal((await app.inject({ method: 'POST', url: '/tags', payload: body })).statusCode, 415, 'no type at all')
})

await t.test('bodies that are no JSON, or neither an object nor a list', async t => {
  const malformed = { ...refused('malformed_body', 'The body is not valid JSON', []), errors: {} }
  for (const text of [
    '[',
    '{"slug":"a"',
    '[{"slug":"a"},]',
    '[{"slug":"a"}] x',
    'undefined',
    'NaN',
    "[{'slug':'a'}]",
    '\u0000',
    '[{"slug":"\u0001"}]',
    '[1e]'
  ]) {
    const { status, body } = await send('POST', '/tags', text)
    t.strictSame([status, body], [400, malformed], JSON.stringify(text))
  }
  const expected = 'an object or a list of objects as the body'
  const message = `Expected ${expected}`
  const noItems = {
    ...refused('invalid_type', message, [{ code: 'invalid_type', message, params: { expected } }]),
    errors: {}
  }
  for (const text of ['', 'null', '7', '"slug"', 'true']) {
    for (const url of ['/tags', '/tags?unique_fields=slug']) {
      const { status, body } = await send('POST', url, text)
      t.strictSame([status, body], [400, noItems], `${text} ${url}`)
    }
  }
  t.equal((await send('POST', '/tags')).status, 400, 'no body at all')
  t.equal(
    (await send('POST', '/tags', '\uFEFF[{"slug":"a","name":"A"}]')).status,
    201,
    'a byte order mark is no fault'
  )
})
