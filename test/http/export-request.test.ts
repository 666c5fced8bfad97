import t from 'tap'
import {
  defineResource,
  presets,
  manyIdOnly,
  readOnlyCustom,
  readOnlyData,
  readOnlyStr,
  manyReadOnlyData
} from 'fastify-prisma-commons/export'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { downloader, fileServer, refusedFile } from '../helpers/export-app.js'

const database = await bulkDatabase(t)
const { query } = database

await query("insert into users (id, name) values (1, 'Ann'), (2, 'Bob')")
await query("insert into customers (id, code, name, updated_at) values (1, 'C-1', 'One', now())")
await query("insert into tags (id, slug, name) values (1, 'red', 'Red'), (2, 'blue', 'Blue, dark')")
await query(`insert into contracts (id, contract_number, year, amount, status, note, customer_id, updated_at) values
  (1, 'N-1', 2026, 10, 'draft', 'same', 1, now()), (2, 'N-2', 2026, 20, 'draft', 'same', null, now()), (3, 'N-3', 2026, 30, 'active', 'same', 1, now())`)
await query('insert into "_ContractToTag" ("A", "B") values (1, 1), (1, 2), (2, 2)')
await query(
  "insert into invoices (id, owner_id, number, issued_on) values (1, 1, 'I-1', '2026-03-04'), (2, 2, 'I-1', " +
    "'2026-03-05'), (3, 1, 'I-2', '2026-03-06')"
)
await query(
  "insert into line_items (invoice_id, description, quantity, unit_price) values (1, 'a', 1, 1), (1, 'b', 2, 2.5), " +
    "(3, 'c', 3, 3)"
)
await query(
  'insert into articles (id, title, slug, content, tags, metadata, updated_at, deleted_at) values ' +
    "('00000000-0000-4000-8000-000000000001', 'Live', 'live', 'x', '{a,\"b,c\"}', '{\"k\":[1,null]}', now(), " +
    "null), ('00000000-0000-4000-8000-000000000002', 'Gone', 'gone', 'x', '{}', null, now(), now())"
)

const contracts = defineResource({
  model: 'Contract',
  fields: ['id', 'contractNumber', 'year', 'amount', 'status', 'note', 'customerId'],
  list: { search: ['note'] },
  relations: {
    customer: readOnlyData({ fields: ['id', 'code', 'name'] }),
    tags: manyReadOnlyData({ fields: ['slug', 'name'] })
  },
  export: {
    fields: {
      year: { canBeCommon: true, label: 'Year of contract' },
      total: { value: ({ amount, year }) => `${String(amount)} in ${String(year)}`, needs: ['amount', 'year'] },
      place: {
        value: row => (row['customer'] as { code: string } | null)?.code,
        needs: ['customer.code'],
        label: 'Where'
      }
    },
    include: ['id', 'contractNumber', 'amount']
  }
})
const download = downloader(await fileServer(t, database, { '/contracts': contracts }))
const lines = async (url: string, body?: unknown): Promise<readonly string[]> => {
  const { status, text } = await download(url, body)
  return status === 200 ? text.split('\r\n').slice(0, -1) : [text]
}

await t.test('a request says which columns a file has, and in which order', async t => {
  t.strictSame(
    await lines('/contracts/export'),
    ['Id,Contract Number,Amount', '1,N-1,10.00', '2,N-2,20.00', '3,N-3,30.00'],
    'those of the option'
  )
  t.strictSame(
    await lines('/contracts/export?includes= amount , id,amount'),
    ['Amount,Id', '10.00,1', '20.00,2', '30.00,3'],
    'trimmed, each once'
  )
  t.strictSame(await lines('/contracts/export', { includes: ['amount', 'id', 'amount'] }), [
    'Amount,Id',
    '10.00,1',
    '20.00,2',
    '30.00,3'
  ])
  t.strictSame(await lines('/contracts/export?includes=id,customer.name,tags.slug,tags.name'), [
    'Id,Customer Name,Tags Slug,Tags Name',
    '1,One,"red, blue","Red, Blue, dark"',
    '2,,blue,"Blue, dark"',
    '3,One,,'
  ])
  t.strictSame(
    await lines('/contracts/export?includes=total,id,place'),
    ['Total,Id,Where', '10.00 in 2026,1,C-1', '20.00 in 2026,2,', '30.00 in 2026,3,C-1'],
    'computed'
  )
})

await t.test('a request says which rows a file has, as in a list', async t => {
  const id = ['Id']
  t.strictSame(await lines('/contracts/export?includes=id&status=draft&ordering=-id'), [...id, '2', '1'])
  t.strictSame(
    await lines('/contracts/export', {
      includes: 'id',
      filters: { or: [{ status: 'active' }, { amount: { lt: 15 } }] },
      ordering: ['-amount']
    }),
    [...id, '3', '1']
  )
  t.strictSame(await lines('/contracts/export?includes=id&search=SAME'), [...id, '1', '2', '3'])
  t.strictSame(await lines('/contracts/export?includes=id&ids=3,1,99'), [...id, '3', '1'], 'in the order of the ids')
  t.strictSame(await lines('/contracts/export', { includes: ['id', 'tags.slug'], ids: [2, 3] }), [
    'Id,Tags Slug',
    '2,blue',
    '3,'
  ])
  t.strictSame(await lines('/contracts/export?includes=id&status=closed'), id, 'the header alone')
  t.strictSame(
    await lines('/contracts/export?includes=place&status=closed'),
    ['Where'],
    'the same of a computed column'
  )
})

await t.test('columns look as a request wants them to', async t => {
  const body = {
    file_type: 'csv',
    includes: ['id', 'amount'],
    column_config: { amount: { label: 'Sum, net', align: 'left', width: 12 } },
    file_titles: ['First', '  ', '=Second'],
    ids: [1]
  }
  t.strictSame(await lines('/contracts/export', body), ['First', "'=Second", 'Id,"Sum, net"', '1,10.00'])
})

await t.test('a value that all rows share stands above the table once', async t => {
  t.strictSame(
    await lines('/contracts/export?includes=id,year'),
    ['Year of contract: 2026', 'Id', '1', '2', '3'],
    'the option says so'
  )
  t.strictSame(
    await lines('/contracts/export', { includes: ['id', 'year'], column_config: { year: { can_be_common: false } } }),
    ['Id,Year of contract', '1,2026', '2,2026', '3,2026'],
    'the request has the last word'
  )
  const common = {
    status: { can_be_common: true },
    note: { can_be_common: true },
    'customer.code': { can_be_common: true }
  }
  const includes = ['id', 'status', 'note', 'customer.code']
  t.strictSame(
    await lines('/contracts/export', { includes, column_config: common }),
    ['Note: same', 'Id,Status,Customer Code', '1,draft,C-1', '2,draft,', '3,active,C-1'],
    'a null is another value'
  )
  t.strictSame(await lines('/contracts/export', { includes, column_config: common, filters: { status: 'active' } }), [
    'Status: active',
    'Note: same',
    'Customer Code: C-1',
    'Id',
    '3'
  ])
  t.strictSame(
    await lines('/contracts/export', { includes, column_config: common, ids: [2, 1] }),
    ['Status: draft', 'Note: same', 'Id,Customer Code', '2,', '1,C-1'],
    'of ids'
  )
  t.strictSame(
    await lines('/contracts/export', { includes, column_config: common, filters: { status: 'closed' } }),
    ['Id,Status,Note,Customer Code'],
    'of no rows'
  )
  t.strictSame(
    await lines('/contracts/export', { includes: ['note'], column_config: { note: { can_be_common: true } } }),
    ['Note', 'same', 'same', 'same'],
    'a table keeps one column'
  )
})

await t.test('what a request says wrongly is told, and where', async t => {
  const refused = async (url: string, body?: unknown): Promise<readonly unknown[]> =>
    await refusedFile(download, url, body)
  const parameter = (name: string, problem: string): readonly unknown[] => [
    400,
    'invalid_parameter',
    `The query parameter "${name}" ${problem}`
  ]
  const columns = 'Did you mean "amount"?'
  t.strictSame(
    await refused('/contracts/export?file_type=doc'),
    parameter('file_type', 'must be one of csv, xlsx, pdf, ndjson')
  )
  t.strictSame(await refused('/contracts/export?includes='), parameter('includes', 'holds an empty element'))
  t.strictSame(await refused('/contracts/export?includes=id,,amount'), parameter('includes', 'holds an empty element'))
  t.strictSame(
    await refused('/contracts/export?includes=amonut'),
    parameter('includes', `names "amonut", which is no column. ${columns}`)
  )
  t.strictSame(
    await refused('/contracts/export?includes=customer'),
    parameter(
      'includes',
      'names "customer", which is no column. Its fields are columns: customer.id, customer.code, customer.name'
    )
  )
  t.match(
    await refused('/contracts/export?includes=externalRef'),
    [400, 'invalid_parameter', /which is no column/],
    'a field that is not shown'
  )
  t.match(
    await refused('/contracts/export?includes=customer.email'),
    [400, 'invalid_parameter', /which is no column/],
    'a field that the relation does not show'
  )
  t.match(
    await refused('/contracts/export?includes=createdBy.name'),
    [400, 'invalid_parameter', /which is no column/],
    'a relation that is not declared'
  )
  t.match(await refused('/contracts/export?includes=constructor'), [400, 'invalid_parameter', /which is no column/])
  t.strictSame(await refused('/contracts/export?file_typ=csv'), [
    400,
    'unknown_parameter',
    'Unknown query parameter "file_typ". Did you mean "file_type"?'
  ])
  t.strictSame(
    await refused('/contracts/export?file_type=csv&file_type=pdf'),
    parameter('file_type', 'stands more than once')
  )
  for (const name of ['page', 'page_size', 'limit', 'offset', 'cursor', 'paginated']) {
    t.match(await refused(`/contracts/export?${name}=1`), [400, 'unknown_parameter', String], name)
  }
  t.match(await refused('/contracts/export?ids=1&status=draft'), [400, 'invalid_parameter', /does not go with ids/])
  const inBody: readonly (readonly [body: object, pointer: string, code: string, message: string])[] = [
    [{ file_type: 7 }, '/file_type', 'invalid_value', '"file_type" must be one of csv, xlsx, pdf, ndjson'],
    [{ includes: [] }, '/includes', 'invalid_value', '"includes" names no column'],
    [{ includes: 7 }, '/includes', 'invalid_value', '"includes" must be a list of names'],
    [{ includes: ['id', 7] }, '/includes', 'invalid_value', '"includes" must be a list of names'],
    [
      { includes: ['amonut'] },
      '/includes',
      'invalid_value',
      `"includes" names "amonut", which is no column. ${columns}`
    ],
    [{ include: ['id'] }, '/include', 'unknown_field', 'Unknown field "include". Did you mean "includes"?'],
    [{ page: 1 }, '/page', 'unknown_field', 'Unknown field "page". '],
    [{ column_config: [] }, '/column_config', 'invalid_value', '"column_config" must be an object of columns'],
    [
      { column_config: { ammount: {} } },
      '/column_config/ammount',
      'unknown_field',
      'Unknown field "column_config.ammount". The file has no such column. Did you mean "amount"?'
    ],
    [
      { column_config: { year: {} } },
      '/column_config/year',
      'unknown_field',
      'Unknown field "column_config.year". The file has no such column. '
    ],
    [{ column_config: { id: 'x' } }, '/column_config/id', 'invalid_value', '"column_config.id" must be an object'],
    [
      { column_config: { id: { labl: 'x' } } },
      '/column_config/id/labl',
      'unknown_field',
      'Unknown field "column_config.id.labl". Did you mean "label"?'
    ],
    [
      { column_config: { id: { label: 7 } } },
      '/column_config/id/label',
      'invalid_value',
      '"column_config.id.label" must be a text that is not empty'
    ],
    [
      { column_config: { id: { label: ' ' } } },
      '/column_config/id/label',
      'invalid_value',
      '"column_config.id.label" must be a text that is not empty'
    ],
    [
      { column_config: { id: { align: 'middle' } } },
      '/column_config/id/align',
      'invalid_value',
      '"column_config.id.align" must be one of left, center, right'
    ],
    [
      { column_config: { id: { width: -1 } } },
      '/column_config/id/width',
      'invalid_value',
      '"column_config.id.width" must be a number of characters from 1 to 255'
    ],
    [
      { column_config: { id: { can_be_common: 1 } } },
      '/column_config/id/can_be_common',
      'invalid_value',
      '"column_config.id.can_be_common" must be true or false'
    ],
    [{ file_titles: 'x' }, '/file_titles', 'invalid_value', '"file_titles" must be a list of texts'],
    [{ file_titles: [1] }, '/file_titles', 'invalid_value', '"file_titles" must be a list of texts']
  ]
  for (const [body, pointer, code, message] of inBody) {
    const { status, text, headers } = await download('/contracts/export', body)
    const answer = JSON.parse(text) as { code: string; message: string; details: { pointer: string }[] }
    t.equal(status, 400, JSON.stringify(body))
    t.strictSame([answer.code, answer.details[0]?.pointer], [code, pointer], JSON.stringify(body))
    t.ok(answer.message.startsWith(message), `${answer.message} / ${message}`)
    t.equal(headers['content-disposition'], undefined)
  }
  t.match(
    await refused('/contracts/export', { includes: ['total'], column_config: { total: { can_be_common: true } } }),
    [400, 'invalid_value', /the database cannot tell/]
  )
  t.match(await refused('/contracts/export?file_type=csv', {}), [
    400,
    'unknown_parameter',
    /^Unknown query parameter "file_type"/
  ])
})

await t.test('relations are columns in the form in which they are shown', async t => {
  const download = downloader(
    await fileServer(t, database, {
      '/contracts': defineResource({
        model: 'Contract',
        actions: presets.readOnly,
        fields: ['id'],
        relations: { customer: readOnlyStr({ label: 'name' }), tags: manyIdOnly() }
      }),
      '/custom': defineResource({
        model: 'Contract',
        actions: presets.readOnly,
        fields: ['id'],
        relations: { customer: readOnlyCustom({ output: ({ code, name }) => ({ code, name }) }) }
      })
    })
  )
  t.equal(
    (await download('/contracts/export?includes=id,customer,tags')).text,
    'Id,Customer,Tags\r\n1,One,"1, 2"\r\n2,,2\r\n3,One,\r\n'
  )
  t.equal(
    (await download('/custom/export?includes=customer&id=1')).text,
    'Customer\r\n"{""code"":""C-1"",""name"":""One""}"\r\n'
  )
})

await t.test('rows of others, and rows that are marked as deleted, are in no file', async t => {
  const seen: unknown[] = []
  const app = await fileServer(t, database, {
    '/invoices': defineResource({
      model: 'Invoice',
      actions: presets.readOnly,
      relations: { lineItems: manyReadOnlyData({ fields: ['description', 'unitPrice'] }) },
      scope: {
        ownerId: request => (request.headers['x-user'] === undefined ? null : Number(request.headers['x-user']))
      },
      authorize: (request, action, items) => {
        seen.push([action, items])
        return request.headers['x-refused'] === undefined
      },
      before: {
        export: ({ action }) => {
          seen.push(`before ${action}`)
        }
      },
      after: {
        export: ({ action, rows }) => {
          seen.push(`after ${action}`, rows)
        }
      }
    }),
    '/articles': defineResource({
      model: 'Article',
      actions: presets.readOnly,
      fields: ['title', 'tags', 'metadata'],
      canSeeDeleted: request => request.headers['x-user'] === '1'
    })
  })
  const download = downloader(app)
  const file = async (url: string, user: string, body?: unknown): Promise<string> =>
    (await download(url, body, { 'x-user': user })).text
  t.equal(
    await file('/invoices/export?includes=number,issuedOn', '1'),
    'Number,Issued On\r\nI-1,2026-03-04\r\nI-2,2026-03-06\r\n'
  )
  t.strictSame(seen, [['export', []], 'before export', 'after export', []])
  t.equal(
    await file('/invoices/export', '2', { includes: ['number', 'lineItems.description'], ids: [1, 2, 3] }),
    'Number,Line Items Description\r\nI-1,\r\n'
  )
  t.equal(
    await file('/invoices/export?includes=number,lineItems.unitPrice&ordering=-number', '1'),
    'Number,Line Items Unit Price\r\nI-2,3.00\r\nI-1,"1.00, 2.50"\r\n'
  )
  t.equal(
    await file('/invoices/export', '2', {
      includes: ['number', 'issuedOn'],
      column_config: { issuedOn: { can_be_common: true } }
    }),
    'Issued On: 2026-03-05\r\nNumber\r\nI-1\r\n',
    'values of others are not looked at'
  )
  t.strictSame(await refusedFile(download, '/invoices/export'), [401, 'unauthorized', 'Authentication is required'])
  t.equal((await download('/invoices/export', undefined, { 'x-user': '1', 'x-refused': '1' })).status, 403)
  t.equal(await file('/articles/export', '2'), 'Title,Tags,Metadata\r\nLive,"[""a"",""b,c""]","{""k"":[1,null]}"\r\n')
  t.equal((await download('/articles/export?deleted=include', undefined, { 'x-user': '2' })).status, 403)
  t.equal(await file('/articles/export?deleted=only', '1'), 'Title,Tags,Metadata\r\nGone,[],\r\n')
  t.equal(
    await file('/articles/export', '1', { includes: ['title'], deleted: 'include', ordering: ['title'] }),
    'Title\r\nGone\r\nLive\r\n'
  )
})
