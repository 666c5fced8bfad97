import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import t from 'tap'
import { flexible, manyStrOnly } from 'fastify-prisma-commons/bulk'
import type { ResourceOptions } from 'fastify-prisma-commons/bulk'
import { currentUser } from 'fastify-prisma-commons/current-user'
import {
  bulkAnswer,
  bulkDatabase,
  contract,
  counts,
  refused,
  sender,
  serve,
  type Answer
} from '../helpers/bulk-app.js'
import { csv, form } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const { prisma, query } = database
const contracts: ResourceOptions = { model: 'Contract', bulk: { csvBodies: true, maxItems: 5, actionRoutes: true } }
const app = await serve(t, database, {
  '/contracts': contracts,
  '/specimens': {
    model: 'Specimen',
    bulk: { csvBodies: true },
    fields: [
      'code',
      'int',
      'big',
      'float',
      'decimal',
      'bool',
      'text',
      'date',
      'timestamptz',
      'json',
      'color',
      'texts',
      'ints'
    ]
  },
  '/small': { model: 'Contract', bulk: { csvBodies: true }, bodyLimit: 60 },
  '/plain': { model: 'Contract' }
})
const json = sender(app)

async function send (
  method: 'POST' | 'PUT' | 'PATCH',
  url: string,
  payload: string | Buffer,
  headers: Readonly<Record<string, string>> = {}
): Promise<Answer> {
  const answer = await app.inject({ method, url, payload, headers: { 'content-type': 'text/csv', ...headers } })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

async function sendForm (
  method: 'POST' | 'PUT' | 'PATCH',
  url: string,
  ...parts: Parameters<typeof form>
): Promise<Answer> {
  const { headers, payload } = form(...parts)
  return await send(method, url, payload, headers)
}

const stored = async (): Promise<readonly unknown[]> =>
  (await prisma.contract.findMany({ orderBy: { id: 'asc' } })).map(
    ({ id, contractNumber, year, amount, status, note, externalRef, customerId }) => [
      id,
      contractNumber,
      year,
      String(amount),
      status,
      note,
      externalRef,
      customerId
    ]
  )

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, specimens RESTART IDENTITY CASCADE')
})

await t.test('each row is created as the item that it spells, in a body and in a form', async t => {
  await prisma.customer.create({ data: { code: 'C', name: 'C' } })
  const file = csv(
    'contractNumber,year,amount,status,note,externalRef,customer',
    '0007,2026,10.50,active,"a ""b"", c",,1',
    '"8",+2027, 1e2 ,,"",E-8,'
  )
  const rows = [
    contract({
      contractNumber: '0007',
      year: 2026,
      amount: '10.50',
      status: 'active',
      note: 'a "b", c',
      customerId: 1
    }),
    contract({ id: 2, contractNumber: '8', year: 2027, amount: '100.00', note: '', externalRef: 'E-8' })
  ]
  const expected = bulkAnswer('Contracts created successfully', { created: 2, updated: 0, unchanged: 0 }, rows)
  for (const url of ['/contracts', '/contracts/bulk-create']) {
    for (const deliver of [
      send,
      async (method: 'POST', url: string, file: string) => await sendForm(method, url, {}, file)
    ]) {
      await query('TRUNCATE contracts RESTART IDENTITY CASCADE')
      const { status, body } = await deliver('POST', url, file)
      t.strictSame([status, body], [201, expected], url)
    }
  }
})

await t.test('values of every kind are those that JSON would have', async t => {
  const head = 'code,int,big,float,decimal,bool,text,date,timestamptz,json,color,texts,ints'
  const { status, body } = await send(
    'POST',
    '/specimens?unique_fields=code',
    [
      head.replaceAll(',', ';'),
      '007;007;9223372036854775807;1.5e3;-0.10;yes;" x ";2026-02-28;2026-02-28T12:00:00+02:00;"{""a"":[1]}";RED;a, ' +
        'b;[1,2]',
      'B;;;;;;;;;;;;',
      'C;;;;;false;"";;;null;;"";""',
      'D;;;;;0;\'=1+1;;;"""x""";;\'-b;'
    ].join('\n')
  )
  t.equal(status, 200, JSON.stringify(body))
  const empty = {
    int: null,
    big: null,
    float: null,
    decimal: null,
    bool: null,
    text: null,
    date: null,
    timestamptz: null,
    json: null,
    color: null,
    texts: [],
    ints: []
  }
  t.strictSame(body.data, [
    {
      code: '007',
      int: 7,
      big: '9223372036854775807',
      float: 1500,
      decimal: '-0.1000000000',
      bool: true,
      text: ' x ',
      date: '2026-02-28',
      timestamptz: '2026-02-28T10:00:00.000Z',
      json: { a: [1] },
      color: 'RED',
      texts: ['a', 'b'],
      ints: [1, 2]
    },
    { ...empty, code: 'B' },
    { ...empty, code: 'C', bool: false, text: '' },
    { ...empty, code: 'D', bool: false, text: '=1+1', json: 'x', texts: ['-b'] }
  ])
  const bad = await send(
    'PUT',
    '/specimens?unique_fields=code',
    csv(head, 'A,x,1.5,one,"1,5",maybe,t,28.2.2026,today,{,red,"[",a', 'B,,"",,,,,,,"{""__proto__"":1}",,,')
  )
  t.equal(bad.status, 400)
  t.strictSame(
    (bad.body['details'] as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`),
    [
      ...['int', 'big', 'float', 'decimal', 'bool', 'date', 'timestamptz', 'json', 'color', 'texts', 'ints'].map(
        name => `/0/${name} invalid_type`
      ),
      '/1/json invalid_type'
    ]
  )
})

await t.test('rows are updated by their ids: an empty cell is null, or nothing where null cannot be', async t => {
  await json('POST', '/plain', [
    { contractNumber: 'A', year: 1, amount: 1, note: 'a', status: 'active' },
    { contractNumber: 'B', year: 1, amount: 1, note: 'b', status: 'active' }
  ])
  const { status, body } = await send('PATCH', '/contracts', csv('id,amount,note,status', '2,,,', '001,5,"",closed'))
  t.strictSame([status, body['message']], [200, 'Contracts updated successfully'])
  t.strictSame(await stored(), [
    [1, 'A', 1, '5', 'closed', '', null, null],
    [2, 'B', 1, '1', 'active', null, null, null]
  ])
  const replaced = await send(
    'PUT',
    '/contracts/bulk-update',
    csv('id,contractNumber,year,amount,version', '1,A,2,7,2'),
    { prefer: 'return=minimal' }
  )
  t.strictSame(
    [replaced.status, replaced.body],
    [200, counts('Contracts replaced successfully', 'replaced', 1, { created: 0, updated: 1, unchanged: 0 })]
  )
  t.strictSame((await stored())[0], [1, 'A', 2, '7', 'draft', null, null, null])
  const stale = await send('PATCH', '/contracts', csv('id,version,note', '1,1,x'))
  t.match([stale.status, stale.body], [409, { code: 'version_conflict', details: [{ index: 0 }] }])
  const missing = await send('PATCH', '/contracts', csv('id,note', '1,x', '9,x'))
  t.match([missing.status, missing.body], [404, { details: [{ code: 'object_not_found', pointer: '/1/id' }] }])
  t.match(await send('PATCH', '/contracts', csv('id,note', ',x')), {
    status: 400,
    body: { details: [{ code: 'required', pointer: '/0/id' }] }
  })
})

await t.test('rows are upserted by the unique constraint that the query names, or the form', async t => {
  const file = csv('contractNumber,year,amount,note', 'A,1,5,x', 'B,1,6,x')
  const expected = (created: number, updated: number): object => ({
    status: 200,
    body: { message: 'Contracts upserted successfully', meta: { created, updated } }
  })
  t.match(await send('POST', '/contracts?unique_fields=contractNumber,year', file), expected(2, 0))
  t.match(
    await send(
      'PATCH',
      '/contracts?unique_fields=contractNumber,year&update_fields=amount',
      file.replace('5,x', '7,y')
    ),
    expected(0, 1)
  )
  t.match(
    await sendForm(
      'PUT',
      '/contracts',
      { unique_fields: 'contractNumber,year', update_fields: 'note' },
      file.replace('6,x', '8,z')
    ),
    expected(0, 1)
  )
  t.strictSame(await stored(), [
    [1, 'A', 1, '7', 'draft', 'x', null, null],
    [2, 'B', 1, '6', 'draft', 'z', null, null]
  ])
  const { status, body } = await sendForm('POST', '/contracts', { update_fields: 'note' }, file)
  t.strictSame([status, body['errors']], [400, { update_fields: ['update_fields goes with unique_fields'] }])
})

await t.test('bad rows are told by their indexes, and in part all others are written', async t => {
  const file = csv('contractNumber,year,amount', 'A,1,1', '', 'B,x,1', 'C,1,1,1', 'D,1,1')
  const expected = 'an integer from -2147483648 to 2147483647'
  const problem = 'The row has 4 cells, the first row 3'
  const findings = [
    { index: 1, field: 'year', code: 'invalid_type', message: `Expected ${expected}`, params: { expected } },
    { index: 2, code: 'malformed_row', message: problem, params: { problem } }
  ]
  const whole = await send('POST', '/contracts', file)
  t.strictSame(
    [whole.status, whole.body],
    [400, refused('validation_failed', '2 items are not valid; nothing was written', findings)]
  )
  t.strictSame(await stored(), [])
  const part = await send('POST', '/contracts?partial_success=true', file)
  t.equal(part.status, 207)
  t.match(part.body.data, {
    results: [
      { index: 0, status: 201 },
      { index: 1, status: 400, errors: [{ code: 'invalid_type' }] },
      { index: 2, status: 400, errors: [{ code: 'malformed_row' }] },
      { index: 3, status: 201 }
    ],
    summary: { total: 4, created: 2, failed: 2 }
  })
  t.strictSame(
    (await prisma.contract.findMany({ orderBy: { contractNumber: 'asc' } })).map(row => row.contractNumber),
    ['A', 'D']
  )
  const alone = await send('PATCH', '/contracts', csv('id,note', '1,a,b'))
  t.match([alone.status, alone.body], [400, { code: 'malformed_row', details: [{ pointer: '/0' }] }])
  const stray = await send('POST', '/contracts', csv('contractNumber,year,amount,,', 'A,2,1,,', 'B,2,1,,x'))
  t.match(
    [stray.status, stray.body],
    [400, { details: [{ pointer: '/1', message: 'The row has 5 cells, the first row 3' }] }]
  )
})

await t.test('a dry run stores nothing', async t => {
  const { status, body } = await send('POST', '/contracts?dry_run=true', csv('contractNumber,year,amount', 'A,1,1'))
  t.match([status, body], [201, { meta: { dry_run: true, created: 1 } }])
  t.strictSame(await stored(), [])
})

await t.test('wrong columns are told once, whatever the number of rows', async t => {
  const { status, body } = await send('POST', '/contracts', csv('contractNumber,yeer,amount', 'A,1,1', 'B,1,1'))
  const hint = 'Did you mean "year"?'
  const message = `Unknown field "yeer". ${hint}`
  t.strictSame(
    [status, body],
    [
      400,
      {
        ...refused('unknown_field', message, []),
        errors: { yeer: [message] },
        details: [{ code: 'unknown_field', pointer: '', message, params: { field: 'yeer', hint } }]
      }
    ]
  )
  const several = await send('POST', '/contracts', csv('amount,,amount,__proto__,Year', '1,,1,{},1'))
  t.match(
    [several.status, several.body],
    [400, { code: 'validation_failed', message: '4 columns of the file are not valid' }]
  )
  t.strictSame(
    (several.body['details'] as { code: string; message: string }[]).map(
      ({ code, message }) => `${code} ${message.slice(0, 34)}`
    ),
    [
      'required Column 2 has no name',
      'invalid_value The columns 1 and 3 are both "amou',
      'unknown_field Unknown field "__proto__". Known: ',
      'unknown_field Unknown field "Year". Did you mean'
    ]
  )
  t.match(await send('POST', '/contracts', csv('contractNumber,createdAt,id', 'A,1,1')), {
    status: 400,
    body: {
      details: [
        { code: 'required', pointer: '/0/year' },
        { code: 'required', pointer: '/0/amount' }
      ]
    }
  })
})

await t.test('files that are none, and files that are too much', async t => {
  const head = 'contractNumber,year,amount'
  const fault = async (file: string | Buffer, url = '/contracts', headers = {}): Promise<string> => {
    const { status, body } = await send('POST', url, file, headers)
    return `${status} ${String(body['code'])}`
  }
  t.equal(await fault(''), '422 file_unreadable')
  t.equal(await fault(csv(head)), '400 empty_batch')
  t.equal(await fault(csv(head, '"A,1,1')), '422 file_unreadable')
  t.equal(await fault(csv('a"b,year', 'A,1')), '422 file_unreadable')
  t.equal(await fault(Buffer.from(csv(head, 'Ä,1,1'), 'latin1')), '422 file_unreadable')
  t.equal(
    await fault(Buffer.from(csv(head, 'Ä,1,1'), 'latin1'), '/contracts', {
      'content-type': 'text/csv; charset="windows-1252"'
    }),
    '201 undefined'
  )
  t.equal((await prisma.contract.findFirstOrThrow()).contractNumber, 'Ä')
  t.equal(
    await fault(csv(head, 'A,1,1'), '/contracts', { 'content-type': 'text/csv; charset=morse' }),
    '415 unsupported_media_type'
  )
  t.equal(
    await fault(Buffer.from('\uFEFF' + csv(head, 'B,1,1'), 'utf16le'), '/contracts', { 'content-type': 'TEXT/CSV' }),
    '201 undefined'
  )
  t.equal(await fault(Buffer.from(`\u0089PNG\r\n\u001a\n${csv(head)}`, 'latin1')), '415 file_type_unsupported')
  t.equal(await fault(Buffer.from(`PK\u0003\u0004${csv(head)}`, 'latin1')), '415 file_type_unsupported')
  t.match(await send('POST', '/contracts', csv(head, ...'ABCDEF'.split('').map(name => `${name},2,1`))), {
    status: 413,
    body: { code: 'file_limit_exceeded', message: 'The file has more than 5 rows' }
  })
  t.match(await send('POST', '/small', csv(head, `${'A'.repeat(40)},2,1`)), {
    status: 413,
    body: { code: 'file_too_large', message: 'The file is larger than the limit of 60 bytes' }
  })
  t.match(await sendForm('POST', '/small', {}, csv(head, `${'A'.repeat(40)},2,1`)), {
    status: 413,
    body: { code: 'file_too_large', message: 'The file is larger than the limit of 60 bytes' }
  })
  const large = csv(head, `${'A'.repeat(2 ** 15)},2,1`)
  t.equal(await fault(`${large}${'\n'.repeat(2 ** 20)}`), '400 malformed_row', 'more than JSON bodies may have')
  t.equal(await fault(`${large}${'\n'.repeat(10 * 2 ** 20)}`), '413 file_too_large')
})

await t.test('forms have one file, and fields of an upsert', async t => {
  const folder = t.testdir()
  const { TMPDIR: before } = process.env
  process.env['TMPDIR'] = folder
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  const file = csv('contractNumber,year,amount', 'A,1,1')
  const fault = async (...parts: Parameters<typeof form>): Promise<string> => {
    const { status, body } = await sendForm('POST', '/contracts', ...parts)
    return `${status} ${String(body['code'])} ${String(body['message'])}`
  }
  const { headers, payload } = form({}, file)
  const boundary = '--commons-boundary--\r\n'
  const twice = await send('POST', '/contracts', payload.toString().replace(boundary, payload.toString()), headers)
  t.match([twice.status, twice.body], [400, { code: 'validation_failed', message: 'The form may have one file only' }])
  t.equal(await fault({}, null), '400 file_required The form has no file')
  t.equal(await fault({}, file, 'data'), '400 validation_failed The file must be in the field "file"')
  t.match(await sendForm('POST', '/contracts', { unique_feelds: 'id' }, file), {
    status: 400,
    body: { errors: { unique_feelds: ['Unknown field "unique_feelds". Did you mean "unique_fields"?'] } }
  })
  t.equal((await send('POST', '/contracts', payload.subarray(0, -30), headers)).body['code'], 'malformed_body')
  t.equal(
    (await send('POST', '/contracts', form({}, csv('contractNumber', '"')).payload, headers)).body['code'],
    'file_unreadable'
  )
  t.strictSame(await stored(), [])
  t.equal((await send('POST', '/contracts', payload, headers)).status, 201)
  t.strictSame(readdirSync(folder), [], 'no upload is left')
})

await t.test(
  'no other media type is taken, and no CSV where lists of ids are, or where it is not asked for',
  async t => {
    const file = csv('contractNumber,year,amount', 'A,1,1')
    const body = { ...refused('unsupported_media_type', 'The media type is not supported', []), errors: {} }
    for (const type of [
      'text/plain',
      'text/tab-separated-values',
      'application/x-www-form-urlencoded',
      'multipart/mixed; boundary=x',
      'text/csvx',
      ''
    ]) {
      const answer = await send('POST', '/contracts', file, { 'content-type': type })
      t.strictSame([answer.status, answer.body], [415, body], type)
    }
    const { headers, payload } = form({}, file)
    for (const [method, url] of [
      ['POST', '/plain'],
      ['PATCH', '/plain'],
      ['DELETE', '/contracts'],
      ['DELETE', '/contracts/bulk-delete']
    ] as const) {
      for (const [content, contentType] of [
        [file, 'text/csv'],
        [payload, headers['content-type']!]
      ] as const) {
        const answer = await app.inject({ method, url, payload: content, headers: { 'content-type': contentType } })
        t.strictSame([answer.statusCode, answer.json()], [415, body], `${method} ${url}`)
      }
    }
    t.equal((await app.inject({ method: 'POST', url: '/contracts', payload: file })).statusCode, 415, 'no type at all')
    t.match(await json('POST', '/contracts'), { status: 400, body: { code: 'invalid_type' } }, 'no body at all')
    t.match(await json('POST', '/contracts', { contractNumber: 'A', year: 1, amount: 1 }), {
      status: 201,
      body: { data: { id: 1 } }
    })
    t.match(await json('POST', '/contracts', '[{"__proto__":1}]'), { status: 400, body: { code: 'forbidden_key' } })
  }
)

await t.test('hooks know the action and the items; the parsers of the server stay where they are', async t => {
  const seen: unknown[] = []
  const app = await serve(
    t,
    database,
    { '/contracts': { ...contracts, bulk: { ...contracts.bulk, uniqueFields: ['contractNumber', 'year'] } } },
    {
      envelope: false,
      async prepare (app) {
        await app.register(multipart)
        app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, _body, done) =>
          done(null, 'of the server')
        )
        app.addContentTypeParser('*', (_request, _body, done) => done(null, []))
        app.addHook('preHandler', async request => {
          seen.push([request.action, request.body])
        })
        app.post('/own', async request => request.body)
      }
    }
  )
  const { headers, payload } = form({}, csv('contractNumber,year,amount', 'A,1,1'))
  for (const [body, type] of [
    [payload, headers['content-type']!],
    [csv('id,note', '1,x'), 'text/csv']
  ] as const) {
    t.equal(
      (await app.inject({ method: 'PATCH', url: '/contracts', payload: body, headers: { 'content-type': type } }))
        .statusCode,
      200
    )
  }
  t.strictSame(seen, [
    ['bulkUpsert', [{ contractNumber: 'A', year: 1, amount: '1' }]],
    ['bulkUpdate', [{ id: 1, note: 'x' }]]
  ])
  t.equal(
    (await app.inject({ method: 'POST', url: '/own', payload: 'a', headers: { 'content-type': 'text/csv' } })).body,
    'of the server'
  )
  for (const type of ['text/plain', undefined]) {
    const answer = await app.inject({
      method: 'POST',
      url: '/contracts',
      payload: 'a',
      headers: type === undefined ? {} : { 'content-type': type }
    })
    t.strictSame(
      [answer.statusCode, answer.json()],
      [415, { message: 'The media type is not supported', code: 'unsupported_media_type', errors: {}, details: [] }]
    )
  }
})

await t.test('relations are named as in JSON, and fields with a form of their own have that', async t => {
  await query('TRUNCATE departments, employees, tags RESTART IDENTITY CASCADE')
  await prisma.department.create({ data: { code: 'D-1', name: 'One' } })
  await prisma.tag.createMany({
    data: [
      { slug: 'a', name: 'A' },
      { slug: 'b', name: 'B' }
    ]
  })
  const app = await serve(t, database, {
    '/employees': {
      model: 'Employee',
      bulk: { csvBodies: true },
      fields: ['firstName', 'lastName', 'email'],
      relations: { department: flexible({ lookup: 'code' }) }
    },
    '/contracts': {
      ...contracts,
      fields: ['contractNumber', 'year', 'amount', 'note'],
      relations: { tags: manyStrOnly({ lookup: 'slug' }) },
      codecs: {
        year: {
          expected: 'digits as a text',
          read: value => (typeof value === 'string' ? Number(value) : undefined),
          show: String
        }
      }
    }
  })
  const post = async (url: string, payload: string): Promise<readonly [number, unknown]> => {
    const answer = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'text/csv' } })
    const { data, details } = answer.json<{ data: unknown; details?: { code: string; pointer: string }[] }>()
    return [answer.statusCode, details?.map(({ code, pointer }) => `${pointer} ${code}`) ?? data]
  }
  const one = { id: 1, code: 'D-1', name: 'One' }
  const person = (email: string, department: object | null): object => ({
    firstName: 'F',
    lastName: 'L',
    email,
    department
  })
  t.strictSame(
    await post(
      '/employees',
      csv(
        'firstName,lastName,email,department',
        'F,L,1, 1 ',
        'F,L,2,D-1',
        'F,L,3,',
        'F,L,4,"{""code"":""D-9"",""name"":""Nine""}"'
      )
    ),
    [201, [person('1', one), person('2', one), person('3', null), person('4', { id: 2, code: 'D-9', name: 'Nine' })]]
  )
  t.strictSame(
    await post('/employees', csv('firstName,lastName,email,department', 'F,L,5,""', 'F,L,6,D-7', 'F,L,7,{')),
    [400, ['/1/department foreign_key_not_found', '/2/department foreign_key_not_found']]
  )
  const item = (contractNumber: string, note: string | null, tags: string[]): object => ({
    contractNumber,
    year: '1',
    amount: '1.00',
    note,
    tags
  })
  t.strictSame(
    await post(
      '/contracts',
      csv('contractNumber,year,amount,note,tags', 'A,1,1,x,"b, a"', 'B,1,1,,', 'C,1,1,"","[""a""]"')
    ),
    [201, [item('A', 'x', ['a', 'b']), item('B', null, []), item('C', '', ['a'])]]
  )
  t.strictSame(await post('/contracts', csv('contractNumber,year,amount,note,tags', 'D,1.5,1,x,c')), [
    400,
    ['/0/year invalid_type', '/0/tags/0 foreign_key_not_found']
  ])
})

await t.test('what a body or a form writes has the user who sends it', async t => {
  const { id } = await prisma.user.create({ data: { name: 'csv' } })
  const app = await serve(
    t,
    database,
    { '/contracts': contracts },
    {
      async prepare (app) {
        await app.register(currentUser, { resolve: () => ({ id }) })
        app.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null, 'of the server'))
      }
    }
  )
  const { headers, payload } = form({}, csv('contractNumber,year,amount', 'B,1,1'))
  t.equal(
    (
      await app.inject({
        method: 'POST',
        url: '/contracts',
        payload: csv('contractNumber,year,amount', 'A,1,1'),
        headers: { 'content-type': 'text/csv' }
      })
    ).statusCode,
    201
  )
  t.equal((await app.inject({ method: 'POST', url: '/contracts', payload, headers })).statusCode, 201)
  t.strictSame(
    (await prisma.contract.findMany()).map(row => row.createdById),
    [id, id]
  )
})

await t.test('a body that breaks off changes nothing; what unpacks bodies may refuse one', async t => {
  const refusal = Object.assign(new Error('No'), { statusCode: 403 })
  const app = await serve(
    t,
    database,
    { '/contracts': contracts },
    {
      prepare (app) {
        app.addHook('preParsing', async request =>
          Readable.from(
            (async function * () {
              yield Buffer.from(csv('contractNumber,year,amount', 'A,1,1'))
              throw request.headers['x-unpack'] === undefined ? new Error('aborted') : refusal
            })()
          )
        )
      }
    }
  )
  const post = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await app.inject({
      method: 'POST',
      url: '/contracts',
      payload: 'x',
      headers: { 'content-type': 'text/csv', ...headers }
    })
    return `${answer.statusCode} ${answer.json<{ message: string }>().message}`
  }
  t.equal(await post({}), '400 The body ends before its end')
  t.equal(await post({ 'x-unpack': '1' }), '403 No')
  t.strictSame(await stored(), [])
})

await t.test('a body is refused before it has come as a whole, and its sender is told', async t => {
  const app = await serve(
    t,
    database,
    { '/contracts': contracts },
    {
      prepare (app) {
        app.addHook('onSend', async (request, reply) => {
          reply.header('x-sender', request.ip)
        })
      }
    }
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const sending = httpRequest({ port, method: 'POST', path: '/contracts', headers: { 'content-type': 'text/csv' } })
  t.after(() => {
    sending.destroy()
  })
  sending.write(csv('contractNumber,year', ...Array.from({ length: 20_000 }, () => 'A,1')))
  const [{ statusCode, headers }] = (await once(sending, 'response')) as [IncomingMessage]
  t.strictSame([statusCode, headers['x-sender']], [413, '127.0.0.1'])
})
