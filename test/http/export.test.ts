import t from 'tap'
import { defineResource, manyIdOnly, readOnlyData } from 'fastify-prisma-commons/export'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { downloader, fileServer } from '../helpers/export-app.js'

const database = await bulkDatabase(t)
const { query } = database

await query(
  "insert into customers (id, code, name, updated_at) values (1, 'C-1', 'Ärzte, \"Süd\"', now()), (2, 'C-2', " +
    "'=cmd', now())"
)
await query("insert into tags (id, slug, name) values (1, 'red', 'Red'), (2, 'blue', 'Blue')")
await query(`insert into contracts (id, contract_number, year, amount, status, note, customer_id, created_at, updated_at) values
  (1, 'N-1', 2026, -10.5, 'draft', null, 1, '2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z'),
  (2, '007', 2025, 0, 'active', '', 2, '2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z'),
  (3, '=1+1', 2026, 99.99, 'closed', E'two\\r\\nlines', null, '2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z')`)
await query('insert into "_ContractToTag" ("A", "B") values (1, 1), (1, 2)')

const contracts = defineResource({ model: 'Contract', relations: { customer: readOnlyData(), tags: manyIdOnly() } })

await t.test('a file of CSV has a line for each row', async t => {
  const download = downloader(await fileServer(t, database, { '/contracts': contracts }))
  const { status, headers, text } = await download('/contracts/export')
  t.equal(status, 200)
  t.equal(
    text,
    [
      'Id,Contract Number,Year,External Ref,Amount,Status,Note,Customer Id,Version,Created At,Updated At,Created ' +
        'By Id,Updated By Id',
      '1,N-1,2026,,-10.50,draft,,1,1,2026-01-02T03:04:05.678Z,2026-01-02T03:04:05.000Z,,',
      '2,007,2025,,0.00,active,"",2,1,2026-01-02T03:04:05.678Z,2026-01-02T03:04:05.000Z,,',
      '3,\'=1+1,2026,,99.99,closed,"two\r\nlines",,1,2026-01-02T03:04:05.678Z,2026-01-02T03:04:05.000Z,,',
      ''
    ].join('\r\n')
  )
  t.match(headers, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename=contracts.csv',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store'
  })
})
