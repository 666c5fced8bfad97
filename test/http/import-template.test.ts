import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { fromBufferPromise } from 'yauzl'
import { defineResource, presets } from 'fastify-prisma-commons/import'
import type { ResourceOptions } from 'fastify-prisma-commons/import'
import { importOf } from '../../lib/import/plan/resolve.js'
import { makeTemplate } from '../../lib/import/template/template.js'
import { resolveResource } from '../../lib/resource/definition/resource.js'
import { defaultLimits } from '../../lib/tabular/table/limits.js'
import type { ReadCell } from '../../lib/tabular/table/table.js'
import { readXlsx } from '../../lib/tabular/xlsx/read/read-xlsx.js'
import { storeOf } from '../../prisma/binding/store.js'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { collect, rowsOf } from '../helpers/csv.js'
import { importServer, type ImportServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const { prisma } = database
await prisma.user.createMany({
  data: [
    { id: 1, name: 'alice' },
    { id: 2, name: 'bob' }
  ]
})
await prisma.customer.createMany({
  data: [
    { code: 'C-2', name: 'Two' },
    { code: '0001', name: 'One' }
  ]
})

const contracts: ResourceOptions = {
  model: 'Contract',
  import: {
    fields: {
      contractNumber: { example: 'N-009', hint: 'As on the paper' },
      year: { example: 2026 },
      amount: {},
      status: {},
      note: { column: 'Remark' },
      externalRef: {}
    },
    foreignKeys: { customer: { lookup: 'code' } },
    uniqueFields: ['contractNumber', 'year']
  }
}

const employees: ResourceOptions = {
  model: 'Employee',
  import: {
    models: {
      departments: { model: 'Department', fields: ['name', 'code'], uniqueFields: ['code'] },
      employees: {
        model: 'Employee',
        fields: {
          firstName: {},
          lastName: {},
          email: {},
          dateOfBirth: {},
          salary: {},
          phone: {},
          department: { column: 'department_code', lookup: 'code' }
        },
        uniqueFields: ['email']
      }
    }
  }
}

t.beforeEach(async () => {
  await prisma.employee.deleteMany()
  await prisma.department.deleteMany()
  await prisma.contract.deleteMany()
  await prisma.article.deleteMany()
})

/** The rows that an import would read of a workbook. */
async function sheetOf (workbook: Buffer): Promise<readonly (readonly ReadCell[])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'commons-'))
  await writeFile(join(folder, 'x'), workbook)
  const pages = await collect(readXlsx(join(folder, 'x'), defaultLimits))
  await rm(folder, { recursive: true })
  return pages.flat().map(({ cells }) => cells)
}

/** The XML of the parts of a workbook. */
async function partsOf (workbook: Buffer): Promise<Readonly<Record<string, string>>> {
  const zip = await fromBufferPromise(workbook, { lazyEntries: true })
  const parts: Record<string, string> = {}
  for await (const entry of zip.eachEntry()) parts[entry.fileName] = await text(await zip.openReadStreamPromise(entry))
  return parts
}

function rulesOf (sheet: string): readonly string[] {
  return [...sheet.matchAll(/<dataValidation (.*?)<\/dataValidation>/g)].map(([, rule]) =>
    rule!
      .replaceAll(/ (?:allowBlank|error|xml:space)="[^"]*"/g, '')
      .replaceAll(/<\/?formula\d>/g, ' ')
      .replaceAll(/ {2,}/g, ' ')
      .trim()
  )
}

/** The texts of a sheet, row by row. */
function textsOf (sheet: string): readonly (readonly string[])[] {
  return [...sheet.matchAll(/<row .*?<\/row>/g)].map(([row]) =>
    [...row.matchAll(/<t(?: [^>]*)?>(.*?)<\/t>/g)].map(([, text]) => text!.replaceAll('&quot;', '"'))
  )
}

async function template ({ app }: ImportServer, query = ''): Promise<Buffer> {
  const answer = await app.inject(`/x/import-template${query}`)
  t.equal(answer.statusCode, 200, answer.body)
  return answer.rawPayload
}

async function csvTemplate (server: ImportServer, query: string): Promise<readonly (readonly ReadCell[])[]> {
  return (await rowsOf(await template(server, `?format=csv${query}`))).map(({ cells }) => cells)
}

await t.test('rules of values stand in the cells, the guide and the examples of a workbook', async t => {
  const server = await importServer(t, database, {
    ...contracts,
    values: {
      year: { minimum: 2000, maximum: 2100 },
      amount: { minimum: 5 },
      note: { enum: ['new', 'used'] },
      externalRef: { minLength: 20, maxLength: 30 },
      contractNumber: { trim: true, maxLength: 10 }
    }
  })
  const workbook = await template(server, '?include_examples=true')
  const parts = await partsOf(workbook)
  t.match(rulesOf(parts['xl/worksheets/sheet1.xml']!), [
    'type="whole" showErrorMessage="1" sqref="B2:B1048576"> 2000 2100',
    'type="decimal" showErrorMessage="1" sqref="C2:C1048576"> 5 9999999999.99',
    'type="list" showErrorMessage="1" sqref="D2:D1048576"> \'Contracts lists\'!$A$2:$A$4',
    'type="list" showErrorMessage="1" sqref="E2:E1048576"> \'Contracts lists\'!$B$2:$B$3',
    'type="textLength" showErrorMessage="1" sqref="F2:F1048576"> 20 30'
  ])
  t.match(parts['xl/worksheets/sheet2.xml'], /; must be at least 2000; must be at most 2100</)
  const imported = await server.send(workbook)
  t.match(imported.body.data, { import_summary: { created: 3, failed: 0 } }, JSON.stringify(imported.body))
})

await t.test(
  'a workbook has a header alone, rules for what is typed, lists in a hidden sheet and a guide',
  async t => {
    const server = await importServer(t, database, contracts)
    const answer = await server.app.inject('/x/import-template')
    t.match(answer.headers, {
      'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'content-disposition': 'attachment; filename=contracts-template.xlsx'
    })
    t.strictSame(await sheetOf(answer.rawPayload), [
      ['contractNumber', 'year', 'amount', 'status', 'Remark', 'externalRef', 'customer']
    ])
    const parts = await partsOf(answer.rawPayload)
    t.match(
      parts['xl/workbook.xml'],
      /<sheet name="Contracts" sheetId="1" r:id="rId1"\/><sheet name="Guide" sheetId="2" r:id="rId2"\/><sheet name="Contracts lists" sheetId="3" state="hidden"/
    )
    const sheet = parts['xl/worksheets/sheet1.xml']!
    t.match(sheet, /<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"\/>/)
    t.strictSame(rulesOf(sheet), [
      'type="whole" showErrorMessage="1" sqref="B2:B1048576"> -2147483648 2147483647',
      'type="decimal" showErrorMessage="1" sqref="C2:C1048576"> -9999999999.99 9999999999.99',
      'type="list" showErrorMessage="1" sqref="D2:D1048576"> \'Contracts lists\'!$A$2:$A$4',
      'type="list" showErrorMessage="1" sqref="G2:G1048576"> \'Contracts lists\'!$B$2:$B$3'
    ])
    t.strictSame(textsOf(parts['xl/worksheets/sheet3.xml']!), [
      ['List 1', 'List 2'],
      ['draft', '0001'],
      ['active', 'C-2'],
      ['closed']
    ])

    // Fills of the header: three of what is required, four of what is not; text columns are text below it too.
    const styles = [
      ...parts['xl/styles.xml']!.matchAll(
        /<xf numFmtId="(\d+)" fontId="\d" fillId="(\d)" borderId="0" xfId="0" applyNumberFormat/g
      )
    ].map(([, format, fill]) => ({ format, fill }))
    const fills = [...parts['xl/styles.xml']!.matchAll(/<fill>(.*?)<\/fill>/g)].map(
      ([, fill]) => /fgColor rgb="FF(\w+)"/.exec(fill!)?.[1]
    )
    const headers = [...sheet.matchAll(/<c r="[A-G]1" s="(\d+)"/g)].map(
      ([, style]) => fills[Number(styles[Number(style)]!.fill)]
    )
    t.strictSame(headers, ['C00000', 'C00000', 'C00000', '548235', '548235', '548235', '548235'])
    const formats = [...sheet.matchAll(/<col min="\d" max="\d" width="[\d.]+" style="(\d+)"/g)].map(
      ([, style]) => styles[Number(style)]!.format
    )
    t.strictSame(formats, ['49', '0', '0', '49', '49', '49', '49'])

    t.strictSame(textsOf(parts['xl/worksheets/sheet2.xml']!), [
      ['How to fill in the sheet "Contracts"'],
      ['Red header: the cells below it must have a value'],
      ['Green header: they may stay empty'],
      ['Rows: the first one stays as it is; every one below it is imported'],
      ['Column', 'Needed', 'Value', 'Allowed values', 'Hint', 'Example 1', 'Example 2', 'Example 3'],
      ['contractNumber', 'required', 'text', 'As on the paper', 'N-009', 'N-010', 'N-011'],
      ['year', 'required', 'an integer from -2147483648 to 2147483647', '2026', '2027', '2028'],
      ['amount', 'required', 'a number of at most 10 digits, and 2 behind the point', '1.5', '2.5', '3.5'],
      ['status', 'optional', 'one of draft, active, closed', 'draft, active, closed', 'draft', 'active', 'closed'],
      ['Remark', 'optional', 'text', 'Note 1', 'Note 2', 'Note 3'],
      ['externalRef', 'optional', 'text', 'External ref 1', 'External ref 2', 'External ref 3'],
      [
        'customer',
        'optional',
        'code of a row of Customers',
        'Rows that are there, see the list in the cells',
        '0001',
        'C-2',
        '0001'
      ]
    ])
  }
)

await t.test('templates with examples import as they are, in both formats', async t => {
  const server = await importServer(t, database, contracts)
  for (const format of ['xlsx', 'csv']) {
    await prisma.contract.deleteMany()
    const { status, body } = await server.send(await template(server, `?include_examples=true&format=${format}`))
    t.strictSame(
      [status, body.data],
      [
        201,
        {
          import_summary: { total_rows: 3, created: 3, updated: 0, unchanged: 0, failed: 0 },
          operation: 'append',
          deleted_count: 0,
          failed_rows: []
        }
      ],
      JSON.stringify(body)
    )
    const rows = await prisma.contract.findMany({
      select: { contractNumber: true, year: true, amount: true, status: true, customer: { select: { code: true } } },
      orderBy: { contractNumber: 'asc' }
    })
    t.strictSame(
      rows.map(row => [row.contractNumber, row.year, String(row.amount), row.status, row.customer?.code]),
      [
        ['N-009', 2026, '1.5', 'draft', '0001'],
        ['N-010', 2027, '2.5', 'active', 'C-2'],
        ['N-011', 2028, '3.5', 'closed', '0001']
      ],
      format
    )
  }
})

await t.test(
  'a template of several models links its examples, and offers the rows that are there without insisting',
  async t => {
    await prisma.department.create({ data: { code: 'OLD', name: 'Old' } })
    const server = await importServer(t, database, employees)
    const workbook = await template(server, '?include_examples=true')
    const parts = await partsOf(workbook)
    t.strictSame(rulesOf(parts['xl/worksheets/sheet1.xml']!), [
      'type="date" showErrorMessage="1" sqref="F2:F1048576"> 1 2958465',
      'type="decimal" showErrorMessage="1" sqref="G2:G1048576"> -9999999999.99 9999999999.99',
      'type="textLength" showErrorMessage="1" sqref="H2:H1048576"> 0 20',
      'type="list" sqref="I2:I1048576"> \'Employees lists\'!$A$2:$A$2'
    ])
    t.match(textsOf(parts['xl/worksheets/sheet2.xml']!).slice(4), [
      ['Several records in a row: a row may leave all cells of departments or of employees empty, the red ones too'],
      ['Column', 'Belongs to', 'Needed'],
      ['name', 'departments', 'required', 'text']
    ])
    const { status, body } = await server.send(workbook)
    t.equal(status, 201, JSON.stringify(body))
    const rows = await prisma.employee.findMany({
      select: { email: true, dateOfBirth: true, salary: true, department: { select: { code: true } } },
      orderBy: { email: 'asc' }
    })
    t.strictSame(
      rows.map(row => [row.email, row.dateOfBirth?.toISOString(), String(row.salary), row.department?.code]),
      [1, 2, 3].map(n => [`person${n}@example.com`, `2026-0${n}-15T00:00:00.000Z`, `${n}.5`, `Code ${n}`])
    )
  }
)

await t.test('every kind of value has an example that is taken', async t => {
  const server = await importServer(t, database, { model: 'Article', import: {} })
  for (const format of ['xlsx', 'csv']) {
    await prisma.article.deleteMany()
    const { status, body } = await server.send(await template(server, `?include_examples=true&format=${format}`))
    t.equal(status, 201, JSON.stringify(body))
    t.match(await prisma.article.findMany({ orderBy: { title: 'asc' } }), [
      { title: 'Title 1', published: true, metadata: { example: 1 }, tags: ['Tags 1'], authorId: 1 },
      { title: 'Title 2', published: false, authorId: 2 },
      { title: 'Title 3', published: true, authorId: 1 }
    ])
  }
})

await t.test('columns come in the wanted order', async t => {
  const server = await importServer(t, database, {
    model: 'Contract',
    import: { fields: ['note', 'year', 'status', 'amount', 'contractNumber'] }
  })
  t.strictSame(await csvTemplate(server, ''), [['year', 'amount', 'contractNumber', 'note', 'status']])
  t.strictSame(await csvTemplate(server, '&order_by=required-first'), [
    ['year', 'amount', 'contractNumber', 'note', 'status']
  ])
  t.strictSame(await csvTemplate(server, '&order_by=config'), [['note', 'year', 'status', 'amount', 'contractNumber']])
  t.strictSame(await csvTemplate(server, '&order_by=alphabetic'), [
    ['amount', 'contractNumber', 'note', 'status', 'year']
  ])
})

await t.test('a template keeps to the formats and the delimiter of the import', async t => {
  const server = await importServer(t, database, {
    model: 'Contract',
    import: {
      fields: ['contractNumber', 'year', 'amount'],
      formats: ['csv'],
      csv: { delimiter: ';', encoding: 'utf-16le' }
    }
  })
  const answer = await server.app.inject('/x/import-template?include_examples=true')
  t.match(answer.headers, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename=contracts-template.csv'
  })
  t.equal(
    answer.body,
    '\uFEFFcontractNumber;year;amount\r\nContract number 1;1;1.5\r\nContract number 2;2;2.5\r\nContract number ' +
      '3;3;3.5\r\n'
  )
  t.equal((await server.send(answer.rawPayload)).status, 201)
  const refusals = await Promise.all(
    ['format=xlsx', 'order_by=x', 'include_examples=1', 'formt=csv'].map(
      async query => (await server.app.inject(`/x/import-template?${query}`)).json<{ message: string }>().message
    )
  )
  t.strictSame(refusals, [
    'The query parameter "format" must be csv',
    'The query parameter "order_by" must be required-first or config or alphabetic',
    'The query parameter "include_examples" must be true or false',
    'Unknown query parameter "formt". Did you mean "format"?'
  ])
})

await t.test('permissions and hooks hold, and only resources that serve templates have the route', async t => {
  const calls: string[] = []
  const allowed = await importServer(t, database, {
    ...contracts,
    actions: ['importTemplate'],
    authorize: ({ headers }, action) => {
      calls.push(`authorize ${action}`)
      return headers['x-user'] !== 'nobody'
    },
    before: {
      importTemplate: ({ items }) => {
        calls.push(`before ${items.length}`)
      }
    },
    after: {
      importTemplate: ({ rows }) => {
        calls.push(`after ${rows.length}`)
      }
    }
  })
  await template(allowed, '?format=csv')
  t.strictSame(calls, ['authorize importTemplate', 'before 0', 'after 0'])
  t.equal((await allowed.app.inject({ url: '/x/import-template', headers: { 'x-user': 'nobody' } })).statusCode, 403)
  t.equal((await allowed.send('x')).status, 404)
  const without = await importServer(t, database, { ...contracts, actions: ['import'] })
  t.equal((await without.app.inject('/x/import-template')).statusCode, 404)
  t.ok((presets.importable as readonly string[]).includes('importTemplate'))
})

/** What the lists of a template hold. */
async function listed (options: ResourceOptions, user?: string): Promise<readonly string[]> {
  const { app } = await importServer(t, database, options)
  const { rawPayload } = await app.inject({
    url: '/x/import-template',
    ...(user === undefined ? {} : { headers: { 'x-user': user } })
  })
  return textsOf((await partsOf(rawPayload))['xl/worksheets/sheet3.xml'] ?? '')
    .slice(1)
    .flat()
}

const byCustomer: ResourceOptions = {
  model: 'Contract',
  import: { fields: ['contractNumber', 'year', 'amount'], foreignKeys: { customer: { lookup: 'code' } } }
}

await t.test('lists hold no rows of others', async t => {
  const scoped: ResourceOptions = {
    ...byCustomer,
    scope: { createdById: ({ headers }) => (headers['x-user'] === undefined ? null : Number(headers['x-user'])) }
  }
  await prisma.customer.updateMany({ where: { code: '0001' }, data: { createdById: 1 } })
  await prisma.customer.updateMany({ where: { code: 'C-2' }, data: { createdById: 2 } })
  t.strictSame(await listed(byCustomer), ['0001', 'C-2'])
  t.strictSame(
    [await listed(scoped, '1'), await listed(scoped, '2'), await listed(scoped, '3')],
    [['0001'], ['C-2'], []]
  )
  const { app } = await importServer(t, database, scoped)
  t.equal((await app.inject('/x/import-template')).statusCode, 401)
  // Without a request nobody's rows are meant.
  const store = storeOf(database.client)
  const resource = resolveResource(defineResource(scoped), store.registry)
  const { bytes } = await makeTemplate(
    resource,
    importOf(resource),
    store,
    { format: 'xlsx', includeExamples: false, order: 'config' },
    { action: 'importTemplate', request: null }
  )
  t.strictSame(
    Object.keys(await partsOf(bytes)).filter(name => name.startsWith('xl/worksheets/')),
    ['xl/worksheets/sheet1.xml', 'xl/worksheets/sheet2.xml']
  )
  // Rows of a model that does not share the field of the scope belong to nobody.
  t.strictSame(await listed({ ...byCustomer, scope: { note: () => 'mine' } }, '1'), ['0001', 'C-2'])
})

await t.test('lists hold no rows that are marked as deleted', async t => {
  const article = { slug: 'live', title: 'T', content: '' }
  await prisma.article.createMany({ data: [article, { ...article, slug: 'gone', deletedAt: new Date() }] })
  const { id } = await prisma.article.findFirstOrThrow({ where: { slug: 'live' } })
  t.strictSame(await listed({ model: 'Comment', import: { fields: ['articleId', 'body', 'rating'] } }), [id])
  t.strictSame(
    await listed({
      model: 'Comment',
      import: { fields: ['body', 'rating'], foreignKeys: { article: { lookup: 'slug' } } }
    }),
    ['live']
  )
})

await t.test('of more than 5,000 rows there is no list', async t => {
  await prisma.customer.createMany({
    data: Array.from({ length: 4999 }, (_, i) => ({ code: `M-${i}`, name: 'Many' }))
  })
  t.strictSame(await listed(byCustomer), [])
  await prisma.customer.delete({ where: { code: 'M-0' } })
  t.equal((await listed(byCustomer)).length, 5000)
  await prisma.customer.deleteMany({ where: { name: 'Many' } })
})
