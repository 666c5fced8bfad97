import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, importServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)

await t.test('the message of a look-up that finds nothing shows the blanks of the value', async t => {
  const { send } = await importServer(t, database, {
    model: 'Contract',
    import: { fields: ['contractNumber', 'year', 'amount'], foreignKeys: { customer: { lookup: 'code' } } }
  })
  const { body } = await send(csv('contractNumber,year,amount,customer', 'A,1,1,C-1 '))
  t.match(body.data, {
    failed_rows: [
      {
        errors: [
          {
            code: 'foreign_key_not_found',
            column: 'customer',
            message: 'No Customer with code "C-1 "',
            params: { value: 'C-1 ' }
          }
        ]
      }
    ]
  })
})
