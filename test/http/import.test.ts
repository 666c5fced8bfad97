import t from 'tap'
import { CommonsError } from 'fastify-prisma-commons/errors'
import type { ResourceOptions } from 'fastify-prisma-commons/import'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, form, importServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const { prisma } = database
await prisma.customer.createMany({
  data: [
    { code: 'C-1', name: 'One' },
    { code: 'C-2', name: 'Two' }
  ]
})

const contracts: ResourceOptions = {
  model: 'Contract',
  import: { foreignKeys: { customer: { lookup: 'code' } }, uniqueFields: ['contractNumber', 'year'] }
}

const summary = (counts: object): object => ({
  total_rows: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  failed: 0,
  ...counts
})

t.beforeEach(async () => {
  await prisma.employee.deleteMany()
  await prisma.contract.deleteMany()
})

await t.test('rows are created, updated by the unique constraint, and left alone when nothing changes', async t => {
  const { send } = await importServer(t, database, contracts)
  const first = await send(
    csv('contractNumber,year,amount,status,customer', '0007,2026,10.5,draft,C-1', 'B,2026,7,active,')
  )
  t.strictSame(
    [first.status, first.body],
    [
      201,
      {
        success: true,
        timestamp: '2026-01-01T00:00:00.000Z',
        message: 'Contracts imported successfully',
        data: {
          import_summary: summary({ total_rows: 2, created: 2 }),
          operation: 'append',
          deleted_count: 0,
          failed_rows: []
        }
      }
    ]
  )
  const second = await send(
    csv('contractNumber,year,amount,customer', '0007,2026,10.50,C-1', 'B,2026,8,C-2', 'C,2026,1,')
  )
  t.strictSame(second.body.data, {
    import_summary: summary({ total_rows: 3, created: 1, updated: 1, unchanged: 1 }),
    operation: 'append',
    deleted_count: 0,
    failed_rows: []
  })
  const rows = await prisma.contract.findMany({
    select: { contractNumber: true, amount: true, status: true, customer: { select: { code: true } } },
    orderBy: { contractNumber: 'asc' }
  })
  t.strictSame(
    rows.map(row => ({ ...row, amount: String(row.amount) })),
    [
      { contractNumber: '0007', amount: '10.5', status: 'draft', customer: { code: 'C-1' } },
      { contractNumber: 'B', amount: '8', status: 'active', customer: { code: 'C-2' } },
      { contractNumber: 'C', amount: '1', status: 'draft', customer: null }
    ]
  )
})

await t.test(
  'bad rows are told by the numbers that a spreadsheet shows, and keep no other from being stored',
  async t => {
    const { send } = await importServer(t, database, contracts)
    const { status, body } = await send(
      csv(
        'contractNumber,year,amount,externalRef,customer',
        'A,2026,1,r,',
        '',
        'B,x,1e999,s,C-9',
        'C,2026,3,r,C-1',
        ',2026,1,,',
        'E,2026,5,u,',
        'F,2026,6,,,x'
      )
    )
    t.equal(status, 207)
    t.match(body, { success: false, message: '4 of 6 contracts could not be imported' })
    const { import_summary: counts, failed_rows: failed } = body.data as {
      import_summary: object
      failed_rows: { row_number: number; errors: { code: string; column?: string }[] }[]
    }
    t.strictSame(counts, summary({ total_rows: 6, created: 2, failed: 4 }))
    t.strictSame(
      failed.map(({ row_number: row, errors }) => [
        row,
        ...errors.map(({ code, column }) => `${code} ${column ?? ''}`)
      ]),
      [
        [4, 'invalid_type year', 'foreign_key_not_found customer'],
        [5, 'duplicate_key externalRef'],
        [6, 'required contractNumber'],
        [8, 'malformed_row ']
      ]
    )
    t.strictSame(
      (await prisma.contract.findMany({ orderBy: { contractNumber: 'asc' } })).map(row => row.contractNumber),
      ['A', 'E']
    )
  }
)

await t.test('departments and employees come from one file, linked', async t => {
  const { send, app } = await importServer(t, database, {
    model: 'Employee',
    import: {
      models: {
        departments: { model: 'Department', fields: ['name', 'code'], uniqueFields: ['code'] },
        employees: {
          model: 'Employee',
          fields: {
            firstName: 'first_name',
            lastName: 'last_name',
            email: { transform: 'email' },
            department: { column: 'department_code', lookup: 'code' }
          },
          uniqueFields: ['email']
        }
      },
      transforms: {
        email (value) {
          if (/^\S+@\S+$/.test(String(value))) return value
          throw new CommonsError('invalid_value', { params: { problem: 'This is no e-mail address' } })
        }
      }
    }
  })
  const file = csv(
    'name,code,first_name,last_name,email,department_code',
    'Sales,S,Ann,A,a@x.de,S',
    'Legal,L,,,,',
    ',,Bob,B,b@x.de,L',
    ',,Cid,C,c@x.de,S',
    'Sales,S,Dan,D,d@x.de,S',
    ',,Eve,E,bad,S',
    ',,Fay,F,f@x.de,S',
    ',,Gus,G,g@x.de,NOPE',
    ',,Hal,H,h@x.de,L'
  )
  const { status, body } = await send(file)
  t.equal(status, 207)
  const data = body.data as { import_summary: object; failed_rows: object[]; failed_rows_url: string }
  t.strictSame(
    data.import_summary,
    summary({
      total_rows: 9,
      created: 7,
      failed: 2,
      models: {
        departments: { created: 2, updated: 0, unchanged: 1 },
        employees: { created: 6, updated: 0, unchanged: 0 }
      }
    })
  )
  t.match(data.failed_rows, [
    {
      row_number: 7,
      status: 'failed',
      errors: [{ code: 'invalid_value', column: 'email', message: 'This is no e-mail address' }]
    },
    {
      row_number: 9,
      status: 'failed',
      errors: [{ code: 'foreign_key_not_found', column: 'department_code', message: 'No Department with code "NOPE"' }]
    }
  ])
  const rows = await prisma.employee.findMany({
    select: { email: true, department: { select: { code: true } } },
    orderBy: { email: 'asc' }
  })
  t.strictSame(
    rows.map(row => [row.email, row.department?.code]),
    [
      ['a@x.de', 'S'],
      ['b@x.de', 'L'],
      ['c@x.de', 'S'],
      ['d@x.de', 'S'],
      ['f@x.de', 'S'],
      ['h@x.de', 'L']
    ]
  )

  const failures = await app.inject(data.failed_rows_url)
  t.equal(failures.statusCode, 200)
  t.equal(
    failures.body,
    csv(
      'name,code,first_name,last_name,email,department_code,import_errors',
      ',,Eve,E,bad,S,email: This is no e-mail address',
      ',,Gus,G,g@x.de,NOPE,"department_code: No Department with code ""NOPE"""'
    )
  )
  const repaired = await send(failures.body.replace('bad,S', 'e@x.de,S').replace('NOPE,', 'L,'))
  t.equal(repaired.status, 201)
  t.match(repaired.body.data, { ignored_columns: ['import_errors'], import_summary: { total_rows: 2, created: 2 } })
  t.equal((await app.inject('/x/import-failures/nothing')).statusCode, 404)
  await prisma.employee.deleteMany()
  await prisma.department.deleteMany({ where: { code: { in: ['S', 'L'] } } })
})

await t.test('one key twice is created, then updated; with updates off the second fails', async t => {
  const file = csv('contractNumber,year,amount', 'A,2026,1', 'A,2026,2', 'A,2026,2', 'B,2026,1')
  const on = await importServer(t, database, contracts)
  t.match((await on.send(file)).body.data, {
    import_summary: summary({ total_rows: 4, created: 2, updated: 1, unchanged: 1 })
  })
  t.equal(String((await prisma.contract.findFirstOrThrow({ where: { contractNumber: 'A' } })).amount), '2')
  await prisma.contract.deleteMany()
  const off = await importServer(t, database, { ...contracts, import: { ...contracts.import, updateIfExists: false } })
  const { body } = await off.send(file)
  t.match(body.data, {
    import_summary: summary({ total_rows: 4, created: 2, failed: 2 }),
    failed_rows: [{ row_number: 3, errors: [{ code: 'unique_violation' }] }, { row_number: 4 }]
  })
  t.equal(String((await prisma.contract.findFirstOrThrow({ where: { contractNumber: 'A' } })).amount), '1')
})

await t.test('a replacement is whole or nothing, and within the scope', async t => {
  await prisma.contract.createMany({
    data: [
      { contractNumber: 'old', year: 1, amount: 1, customerId: 1 },
      { contractNumber: 'other', year: 1, amount: 1, customerId: 2 }
    ]
  })
  const { send } = await importServer(t, database, {
    ...contracts,
    import: { fields: ['contractNumber', 'year', 'amount'] },
    scope: { customerId: () => 1 }
  })
  const refused = await send(csv('contractNumber,year,amount', 'N,2026,1', 'M,2026,x'), { replace_data: '1' })
  t.equal(refused.status, 422)
  t.match(refused.body, {
    code: 'import_failed',
    message: '1 of 2 rows could not be imported; nothing was changed',
    data: {
      import_summary: summary({ total_rows: 2, failed: 1 }),
      operation: 'replace',
      deleted_count: 0,
      failed_rows: [{ row_number: 3 }]
    }
  })
  const numbers = async (): Promise<string[]> =>
    (await prisma.contract.findMany({ orderBy: { contractNumber: 'asc' } })).map(
      row => `${row.contractNumber} ${row.customerId}`
    )
  t.strictSame(await numbers(), ['old 1', 'other 2'])
  const dry = await send(csv('contractNumber,year,amount', 'N,2026,1'), { replace_data: 'yes' }, '?dry_run=true')
  t.match(
    [dry.status, dry.body],
    [
      200,
      {
        message: 'Contracts can be imported',
        meta: { dry_run: true },
        data: { import_summary: summary({ total_rows: 1, created: 1 }), deleted_count: 1 }
      }
    ]
  )
  t.strictSame(await numbers(), ['old 1', 'other 2'])
  const done = await send(csv('contractNumber,year,amount', 'N,2026,1'), { replace_data: 'yes' })
  t.match(
    [done.status, done.body.data],
    [201, { import_summary: summary({ total_rows: 1, created: 1 }), deleted_count: 1 }]
  )
  t.strictSame(await numbers(), ['N 1', 'other 2'])
})

await t.test('a dry run tells the whole of it and stores nothing', async t => {
  const { send } = await importServer(t, database, contracts)
  const { status, body } = await send(
    csv('contractNumber,year,amount', 'A,2026,1', 'B,2026,x'),
    { append_data: 'on' },
    '?dry_run=true'
  )
  t.equal(status, 200)
  t.match(body, {
    success: false,
    meta: { dry_run: true },
    data: { import_summary: summary({ total_rows: 2, created: 1, failed: 1 }) }
  })
  t.equal(await prisma.contract.count(), 0)
})

await t.test('wrong headers are all named, and nothing is stored', async t => {
  const { send } = await importServer(t, database, { ...contracts, actions: ['import', 'importTemplate'] })
  const { status, body } = await send(csv('contractNumber,yeer,Amount,amount,', 'A,2026,1,1,1'))
  t.equal(status, 422)
  t.match(body, { code: 'invalid_headers', data: { template_url: '/x/import-template' } })
  t.strictSame(
    (body['details'] as { message: string }[]).map(({ message }) => message),
    [
      'Unknown column "yeer". Did you mean "year"?',
      'The columns 3 and 4 are both "amount"',
      'The column "year" is missing'
    ]
  )
})

await t.test('headers go by their spelling, by a mapping, and past what only answers show', async t => {
  const { send } = await importServer(t, database, contracts)
  t.match((await send(csv('Contract Number,YEAR,amount,Customer Code,id,createdAt', 'A,2026,1,C-1,77,x'))).body.data, {
    import_summary: { created: 1 },
    ignored_columns: ['id', 'createdAt']
  })
  const mapped = await send(csv('Nr,Jahr,Wert', 'B,2026,1'), {
    append_data: 'true',
    mapping: JSON.stringify({ Nr: 'contractNumber', Jahr: 'year', Wert: 'amount' })
  })
  t.equal(mapped.status, 201)
  const preview = await send(csv('Nr,Contract-Number,yaer,amount,id', '1,A,2026,5,7'), {}, '?preview=true')
  t.strictSame(
    [preview.status, preview.body.data],
    [
      200,
      {
        columns: [
          { header: 'Nr', column: null, match: null },
          { header: 'Contract-Number', column: 'contractNumber', match: 'spelling' },
          { header: 'yaer', column: 'year', match: 'guess' },
          { header: 'amount', column: 'amount', match: 'exact' },
          { header: 'id', column: null, match: 'ignored' }
        ],
        missing: [],
        rows: [{ row_number: 2, cells: { Nr: '1', 'Contract-Number': 'A', yaer: '2026', amount: '5', id: '7' } }]
      }
    ]
  )
  t.equal(await prisma.contract.count(), 2)
})

await t.test('forms that are none, and files that are none', async t => {
  const { app, send } = await importServer(t, database, {
    ...contracts,
    import: { ...contracts.import, limits: { fileSize: 100, rows: 3, columns: 5, cellLength: 20 } }
  })
  const post = async (payload: Buffer | string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await app.inject({ method: 'POST', url: '/x/import-from-file', payload, headers })
    return `${answer.statusCode} ${answer.json<{ code: string }>().code}`
  }
  const of = (
    fields: Readonly<Record<string, string>>,
    file: string | Buffer | null,
    name?: string
  ): Promise<string> => {
    const { payload, headers } = form(fields, file, name)
    return post(payload, headers)
  }
  const good = csv('contractNumber,year,amount', 'A,2026,1')
  const append = { append_data: 'true' }
  t.equal(await post('{}', { 'content-type': 'application/json' }), '415 unsupported_media_type')
  t.equal(await of(append, null), '400 file_required')
  t.equal(await of(append, good, 'other'), '400 validation_failed')
  t.equal(await of({}, good), '400 validation_failed')
  t.equal(await of({ append_data: 'true', replace_data: 'true' }, good), '400 validation_failed')
  t.equal(await of({ append_data: 'maybe' }, good), '400 validation_failed')
  t.equal(await of({ append: 'true' }, good), '400 validation_failed')
  t.equal(await of({ ...append, mapping: '[]' }, good), '400 validation_failed')
  const { payload, headers } = form(append, good)
  t.equal(await post(payload.subarray(0, payload.length - 40), headers), '400 malformed_body')
  t.equal(await of(append, ''), '422 file_unreadable')
  t.equal(await of(append, Buffer.from(`\u0089PNG\r\n\u001a\n${good}`, 'latin1')), '415 file_type_unsupported')
  t.equal(await of(append, csv('a'.repeat(101))), '413 file_too_large')
  t.equal(
    await of(append, csv('contractNumber,year,amount', 'A,1,1', 'B,1,1', 'C,1,1', 'D,1,1')),
    '413 file_limit_exceeded'
  )
  t.equal(await of(append, csv('a,b,c,d,e,f')), '413 file_limit_exceeded')
  t.match((await send(csv('contractNumber,year,amount', `${'x'.repeat(21)},1,1`))).body, {
    code: 'import_failed',
    data: { failed_rows: [{ errors: [{ code: 'malformed_row', message: 'Cell 1 is longer than 20 characters' }] }] }
  })
  t.equal(await prisma.contract.count(), 0)
})

await t.test('what was stored before a file turns out to be broken is told', async t => {
  const { send } = await importServer(t, database, {
    ...contracts,
    import: { ...contracts.import, chunkSize: 500, limits: { rows: 1_000_000 } }
  })
  const rows = Array.from({ length: 3000 }, (_, i) => `N${i},2026,1`)
  const { status, body } = await send(csv('contractNumber,year,amount', ...rows, '"open'))
  t.equal(status, 422)
  const { import_summary: counts } = body.data as { import_summary: { created: number } }
  t.match(body, {
    code: 'file_unreadable',
    message: /is never closed; the rows before are stored as the summary tells$/
  })
  t.equal(await prisma.contract.count(), counts.created)
  t.ok(counts.created > 0 && counts.created % 500 === 0)
})

await t.test('functions may wait, make rows of others, and fail without a word of theirs in the answer', async t => {
  const logged: object[] = []
  const { send } = await importServer(
    t,
    database,
    {
      model: 'Contract',
      import: {
        fields: {
          contractNumber: { transform: async value => `N-${String(value)}` },
          year: { compute: ({ month }) => Number(String(month).slice(0, 4)) },
          amount: { transform: value => (value as { toMoney: () => string }).toMoney() },
          note: { column: 'note', compute: ({ month }) => `made in ${String(month)}`, mode: 'ifEmpty' },
          status: { constant: 'active' },
          customer: { lookup: 'code', createIfMissing: value => ({ name: `Customer ${String(value)}` }) },
          externalRef: { column: 'month' }
        }
      }
    },
    app => {
      app.addHook('onRequest', async request => {
        request.log.error = (values: object) => {
          logged.push(values)
        }
      })
    }
  )
  const failed = await send(csv('contractNumber,month,amount,note,customer', '1,2026-01,5,,C-1', '2,2026-02,6,,C-1'))
  t.match(failed.body.data, {
    failed_rows: [
      { errors: [{ code: 'invalid_value', column: 'amount', message: 'The value cannot be converted' }] },
      {}
    ]
  })
  t.match(logged, [{ err: TypeError, column: 'amount' }])
  t.equal(logged.length, 1)

  const sound = await send(
    csv('contractNumber,month,amount,note,customer', '1,2026-01,,,C-8', '2,2026-02,,kept,C-8', '3,2026-03,,,')
  )
  t.match(sound.body.data, { failed_rows: [{ errors: [{ code: 'required', column: 'amount' }] }, {}, {}] })
})

await t.test('rows of others are made once, and only for rows that are stored', async t => {
  const { send } = await importServer(t, database, {
    model: 'Contract',
    import: {
      fields: {
        contractNumber: 'contractNumber',
        year: { constant: 2026 },
        amount: { constant: '1' },
        externalRef: 'externalRef',
        customer: { lookup: 'code', createIfMissing: value => ({ name: `Customer ${String(value)}` }) }
      }
    }
  })
  const { body } = await send(csv('contractNumber,externalRef,customer', 'A,r,X-1', 'B,s,X-1', 'C,r,X-2', 'D,t,C-1'))
  t.match(body.data, { import_summary: { created: 3, failed: 1 }, failed_rows: [{ row_number: 4 }] })
  t.strictSame(
    await prisma.customer.findMany({ where: { code: { startsWith: 'X' } }, select: { code: true, name: true } }),
    [{ code: 'X-1', name: 'Customer X-1' }]
  )
  await prisma.contract.deleteMany()
  await prisma.customer.deleteMany({ where: { code: 'X-1' } })
})

await t.test('programs that put quotes around every cell mean nothing by it, but in texts', async t => {
  const { send } = await importServer(t, database, contracts)
  const { status } = await send(
    csv('"contractNumber","year","amount","note","status","customer"', '"A","2026","1.5","","",""')
  )
  t.equal(status, 201)
  t.match(await prisma.contract.findFirst({ select: { note: true, status: true, customerId: true } }), {
    note: '',
    status: 'draft',
    customerId: null
  })
})

await t.test('cells without a header, and replacements by nothing, are told', async t => {
  const { send } = await importServer(t, database, contracts)
  const { body } = await send(csv('contractNumber,year,amount,', 'A,2026,1,', 'B,2026,1,lost'))
  t.match(body.data, {
    import_summary: { created: 1, failed: 1 },
    failed_rows: [
      { row_number: 3, errors: [{ code: 'malformed_row', message: 'The row has 4 cells, the first row 3' }] }
    ]
  })
  const nothing = await send(csv('contractNumber,year,amount'), { replace_data: 'true' })
  t.match(
    [nothing.status, nothing.body],
    [422, { code: 'import_failed', message: 'The file has no rows; nothing was changed', data: { deleted_count: 0 } }]
  )
  t.equal(await prisma.contract.count(), 1)
  t.equal((await send(csv('contractNumber,year,amount'))).status, 201)
})

await t.test('failed rows come back in the form that the import reads', async t => {
  const { send, app } = await importServer(t, database, {
    ...contracts,
    import: { ...contracts.import, csv: { delimiter: ';', encoding: 'windows-1252' } }
  })
  const { body } = await send(Buffer.from('contractNumber;year;amount;note\r\nA,1;x;1;Gr\u00fc\u00dfe\r\n', 'latin1'))
  const failures = await app.inject((body.data as { failed_rows_url: string }).failed_rows_url)
  t.match(failures.body, /^\ufeffcontractNumber;year;amount;note;import_errors\r\n"A,1";x;1;Gr\u00fc\u00dfe;/)
  t.equal((await send(failures.body.replace(';x;', ';2026;'))).status, 201)
  t.match(await prisma.contract.findFirst({ where: { contractNumber: 'A,1' } }), { note: 'Gr\u00fc\u00dfe' })
})

await t.test('who may not import is told before the file is taken', async t => {
  const refusing = await importServer(t, database, {
    ...contracts,
    authorize: (_request, action) => action !== 'import'
  })
  t.equal((await refusing.send('no file at all')).status, 403)
  const anonymous = await importServer(t, database, {
    ...contracts,
    import: { fields: ['contractNumber', 'year', 'amount'] },
    scope: { customerId: () => null }
  })
  t.equal((await anonymous.send('no file at all')).status, 401)
})

await t.test('a resource without an import is refused by the plugin', async t => {
  await t.rejects(importServer(t, database, { model: 'Tag' }), {
    message: 'import: the resource Tag has none: give it the option "import", or the action'
  })
})

await t.test('rows that others refer to hold a replacement up', async t => {
  const { id: customerId } = await prisma.customer.findFirstOrThrow()
  await prisma.contract.create({ data: { contractNumber: 'A', year: 1, amount: 1, customerId } })
  const before = await prisma.customer.count()
  const { send } = await importServer(t, database, { model: 'Customer', import: { fields: ['code', 'name'] } })
  const { status, body } = await send(csv('code,name', 'N,New'), { replace_data: 'true' })
  t.match([status, body['code']], [409, 'foreign_key_restricted'])
  t.equal(await prisma.customer.count(), before)
})

await t.test('separators of lines and paragraphs in a failed row come back', async t => {
  const { send, app } = await importServer(t, database, contracts)
  const { body } = await send(csv('contractNumber,year,amount,note', 'A,x,1,a\u2028b\u2029c'))
  const failures = await app.inject((body.data as { failed_rows_url: string }).failed_rows_url)
  t.match([failures.statusCode, failures.body], [200, /^A,x,1,a\u2028b\u2029c,/m])
})

await t.test('a model of which all cells are empty texts has no row', async t => {
  const { send } = await importServer(t, database, {
    model: 'Employee',
    import: {
      models: {
        departments: { model: 'Department', fields: ['name', 'code'], uniqueFields: ['code'] },
        employees: { model: 'Employee', fields: ['firstName', 'lastName', 'email'], uniqueFields: ['email'] }
      }
    }
  })
  const { body } = await send(csv('"name","code","firstName","lastName","email"', '"","","Ann","A","a@x.de"'))
  t.match(body.data, { import_summary: { models: { departments: { created: 0 }, employees: { created: 1 } } } })
  t.equal(await prisma.department.count({ where: { code: '' } }), 0)
})
