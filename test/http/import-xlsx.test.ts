import t from 'tap'
import type { ResourceOptions } from 'fastify-prisma-commons/import'
import type { TableFrame } from '../../lib/tabular/table/table.js'
import { xlsxWriter } from '../../lib/tabular/xlsx/write/xlsx-writer.js'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { written } from '../helpers/csv.js'
import { importServer } from '../helpers/import-app.js'
import { workbookParts, zipOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const { prisma } = database

const employees: ResourceOptions = {
  model: 'Employee',
  import: { fields: ['firstName', 'lastName', 'email', 'dateOfBirth', 'salary', 'phone'], uniqueFields: ['email'] }
}

const frame: TableFrame = {
  title: 'People',
  columns: [
    { name: 'firstName', label: 'First Name', kind: 'text' },
    { name: 'lastName', label: 'Last Name', kind: 'text' },
    { name: 'email', label: 'Email', kind: 'text' },
    { name: 'dateOfBirth', label: 'Date Of Birth', kind: 'date' },
    { name: 'salary', label: 'Salary', kind: 'number' },
    { name: 'phone', label: 'Phone', kind: 'number' }
  ]
}

async function workbook (rows: (readonly unknown[])[]): Promise<Buffer> {
  return await written(xlsxWriter(), frame, rows)
}

await t.test('typed cells of a workbook become values; its failed rows come back as a workbook', async t => {
  const { send, app } = await importServer(t, database, employees)
  const { status, body } = await send(
    await workbook([
      ['Ann', 'A', 'a@x.de', '1990-02-28', '1234.5', 49301],
      ['Bob', null, 'b@x.de', null, null, null],
      ['Cid', 'C', 'c@x.de', 'soon', null, null],
      ['Dan', '', 'd@x.de', null, '0', null]
    ])
  )
  t.equal(status, 207)
  const data = body.data as {
    failed_rows: { row_number: number; errors: { column: string }[] }[]
    failed_rows_url: string
  }
  t.match(data, {
    import_summary: { total_rows: 4, created: 2, failed: 2 },
    failed_rows: [
      { row_number: 3, errors: [{ code: 'required', column: 'lastName' }] },
      { row_number: 4, errors: [{ code: 'invalid_type', column: 'dateOfBirth' }] }
    ]
  })
  const rows = await prisma.employee.findMany({
    select: { firstName: true, lastName: true, dateOfBirth: true, salary: true, phone: true },
    orderBy: { email: 'asc' }
  })
  t.strictSame(
    rows.map(row => ({ ...row, salary: String(row.salary) })),
    [
      { firstName: 'Ann', lastName: 'A', dateOfBirth: new Date('1990-02-28'), salary: '1234.5', phone: '49301' },
      { firstName: 'Dan', lastName: '', dateOfBirth: null, salary: '0', phone: null }
    ]
  )
  const failures = await app.inject(data.failed_rows_url)
  t.match(failures.headers, {
    'content-type': /spreadsheetml/,
    'content-disposition': 'attachment; filename=failed-employees.xlsx'
  })
  const again = await send(failures.rawPayload)
  t.match(
    [again.status, again.body],
    [422, { code: 'import_failed', data: { ignored_columns: ['import_errors'], import_summary: { failed: 2 } } }]
  )
})

await t.test('what pretends to be a workbook, or is a dangerous one, is refused', async t => {
  const { send } = await importServer(t, database, {
    ...employees,
    import: { ...employees.import, limits: { inflatedSize: 2 ** 20, rows: 100 } }
  })
  const refused = async (file: Buffer): Promise<string> => {
    const { status, body } = await send(file)
    return `${status} ${String(body['code'])}`
  }
  const good = await workbook([['Ann', 'A', 'x@x.de', null, null, null]])
  t.equal(await refused(good.subarray(0, good.length - 200)), '422 file_unreadable', 'cut')
  t.equal(await refused(Buffer.from('d0cf11e0a1b11ae1', 'hex')), '415 file_type_unsupported', 'an old workbook')
  t.equal(
    await refused(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
    '415 file_type_unsupported',
    'a picture'
  )
  t.equal(
    await refused(await zipOf(workbookParts({ rows: ' '.repeat(2 ** 21) }))),
    '413 file_limit_exceeded',
    'a bomb'
  )
  t.equal(
    await refused(await zipOf(workbookParts({ parts: { 'xl/vbaProject.bin': 'x' } }))),
    '415 file_type_unsupported',
    'macros'
  )
  t.equal(
    await refused(
      await zipOf(
        workbookParts({ parts: { 'xl/worksheets/sheet1.xml': '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>' } })
      )
    ),
    '422 file_unreadable',
    'entities'
  )
  t.equal(
    await refused(await workbook(Array.from({ length: 101 }, () => ['a', 'b', 'c', null, null, null]))),
    '413 file_limit_exceeded',
    'too many rows'
  )
  t.equal(await prisma.employee.count({ where: { email: 'x@x.de' } }), 0)
})
