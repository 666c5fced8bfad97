import t from 'tap'
import { defineResource, flexible } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { fileServer } from '../helpers/export-app.js'
import { csv, form } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const { query } = database
await query(
  'INSERT INTO "Vendor" ("tenantId", code, name, email, "isActive") VALUES (1, \'ON\', \'on\', \'on@x\', true), ' +
    "(1, 'OFF', 'off', 'off@x', false)"
)
const app = await fileServer(t, database, {
  '/products': defineResource({
    model: 'Product',
    scope: { tenantId: () => '1' },
    relations: { vendor: flexible({ lookup: 'code', where: { isActive: true }, updateIfExists: true }) },
    import: { fields: ['sku'], foreignKeys: { vendor: { lookup: 'code' } } }
  }),
  '/wrong': defineResource({ model: 'Product', scope: { tenantId: () => 'one' } })
})
const send = sender(app)

await t.test('nested data whose lookup value is that of an excluded row is refused at once', async t => {
  for (const vendor of ['OFF', { code: 'OFF', name: 'taken' }, 2]) {
    const { status, body } = await send('POST', '/products', { sku: 'a', vendor })
    t.strictSame(
      [status, (body['details'] as { code: string }[])[0]!.code],
      [400, 'foreign_key_not_found'],
      JSON.stringify(vendor)
    )
  }
  t.strictSame(await query('SELECT name FROM "Vendor" WHERE code = \'OFF\''), [{ name: 'off' }])
  t.equal(
    (await send('POST', '/products', { sku: 'b', vendor: { code: 'NEW', name: 'new', isActive: false } })).status,
    201,
    'new rows need not fit'
  )
})

await t.test('the look-up of an import takes over what the relation excludes', async t => {
  const answer = await app.inject({
    method: 'POST',
    url: '/products/import-from-file',
    ...form({ append_data: 'true' }, csv('sku,vendor', 'c,ON', 'd,OFF'))
  })
  t.strictSame(
    [
      answer.statusCode,
      (answer.json().data as { import_summary: { created: number; failed: number } }).import_summary.failed
    ],
    [207, 1]
  )
})

await t.test(
  'a scope of digits is a number where its field is one, and a value of another type is a fault of the server',
  async t => {
    t.equal((await send('GET', '/products')).status, 200)
    t.equal((await send('GET', '/wrong')).status, 500)
    t.equal((await send('POST', '/wrong', { sku: 'e' })).status, 500, 'and not of the client')
  }
)

await t.test('a value of "where" that its field cannot have is refused at the start', async t => {
  const resource = defineResource({
    model: 'Product',
    scope: { tenantId: () => 1 },
    relations: { vendor: flexible({ lookup: 'code', where: { isActive: 'yes' } }) }
  })
  await t.rejects(
    fileServer(t, database, { '/x': resource }),
    /option "where": the value of "isActive" must be a boolean, not a string/
  )
})
