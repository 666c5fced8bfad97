import t from 'tap'
import type { OperationStatus } from 'fastify-prisma-commons/operations'
import { buildApp } from '../../examples/app.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)

await t.test('contracts and employees are written in the background, for the user who asks', async t => {
  const app = await buildApp({ database })
  t.after(async () => await app.close())
  const requests = {
    contracts: [1, 2, 3].map(i => ({ contractNumber: `O-${i}`, year: 2026, amount: '1.00' })),
    employees: [1, 2, 3].map(i => ({ firstName: 'O', lastName: 'O', email: `o${i}@example.com` }))
  }
  for (const [path, payload] of Object.entries(requests)) {
    const headers = { authorization: 'Bearer alice', prefer: 'respond-async, wait=30' }
    const answer = await app.inject({ method: 'POST', url: `/api/${path}`, headers, payload })
    const { data } = answer.json<{ readonly data: OperationStatus }>()
    t.match(data, { state: 'succeeded', created: 3 }, path)
    t.equal(data.links.self, `/api/operations/${data.id}`)
    const status = async (user: string): Promise<number> =>
      (await app.inject({ url: data.links.self, headers: { authorization: `Bearer ${user}` } })).statusCode
    t.equal(await status('alice'), 200)
    t.equal(await status('bob'), 404)
  }
})
