import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, importServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)

await t.test('compute gets the whole rows of earlier models, with and without a reference to them', async t => {
  const seen: unknown[] = []
  for (const reference of [true, false]) {
    const { send } = await importServer(t, database, {
      model: 'Contract',
      import: {
        models: {
          customers: { model: 'Customer', fields: { code: 'code', name: 'name' }, uniqueFields: ['code'] },
          contracts: {
            model: 'Contract',
            fields: {
              contractNumber: 'number',
              year: { constant: 2026 },
              amount: { constant: '1' },
              note: {
                compute: (_row, stored) => {
                  seen.push(stored)
                  return `${String(stored['customers']?.['code'])}: ${String(stored['customers']?.['name'])}`
                }
              },
              ...(reference ? { customer: { reference: 'customers' } } : {})
            }
          }
        }
      }
    })
    const { status } = await send(csv('code,name,number', `Z-1,Zoe,N-${String(reference)}`))
    t.equal(status, 201)
    t.match(seen.at(-1), { customers: { id: Number, code: 'Z-1', name: 'Zoe', createdAt: Date } })
  }
  t.match(JSON.stringify(await database.query('SELECT note FROM contracts')), 'Z-1: Zoe')
})
