import Fastify from 'fastify'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { custom, defineResource, resource, type ResourceOptions } from 'fastify-prisma-commons/resource'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
await database.query("INSERT INTO customers (code, name, updated_at) VALUES ('A', 'Ann', now())")
const row = (n: number): object => ({ contractNumber: `N-${n}`, year: 2026, amount: 1 })

await t.test(
  'a resource with partialSuccess writes what can be written, unless the request says otherwise',
  async t => {
    const app = await serve(
      t,
      database,
      { '/lenient': { model: 'Contract', bulk: { partialSuccess: true } }, '/strict': { model: 'Contract' } },
      { crud: true }
    )
    const send = sender(app)
    const batch = [row(1), { year: 1 }]
    const outcome = async (
      url: string,
      prefer?: string,
      method: 'POST' | 'DELETE' = 'POST',
      body: unknown = batch
    ): Promise<unknown[]> => {
      const { status, headers } = await send(method, url, body, prefer === undefined ? {} : { prefer })
      return [status, headers['preference-applied']]
    }
    t.strictSame(await outcome('/lenient'), [207, undefined])
    t.strictSame(await outcome('/lenient', 'handling=strict'), [400, undefined])
    t.strictSame(await outcome('/lenient?partial_success=false'), [400, undefined])
    t.strictSame(await outcome('/lenient', 'handling=strict', 'POST', [row(2)]), [201, 'handling=strict'])
    t.strictSame(await outcome('/lenient?partial_success=true', 'handling=strict'), [207, undefined], 'the query wins')
    t.strictSame(await outcome('/lenient', undefined, 'POST', row(3)), [201, undefined], 'one object is no list')
    t.strictSame(await outcome('/lenient', undefined, 'DELETE', [1, 99]), [207, undefined])
    t.strictSame(await outcome('/strict'), [400, undefined])
    t.strictSame(await outcome('/strict', 'handling=lenient'), [207, 'handling=lenient'])
    t.strictSame(await outcome('/strict?partial_success=false', 'handling=lenient'), [400, undefined])
  }
)

await t.test('output of a relation is told of the request and its user, in every answer', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(currentUser, {
    hook: 'onRequest',
    resolve: request => (request.headers.authorization === undefined ? null : { id: 7 })
  })
  await app.register(prismaPlugin, { client: database.client, connect: false, disconnect: false })
  const options: ResourceOptions = {
    model: 'Contract',
    actions: ['list', 'retrieve', 'update', 'bulkUpdate', 'export'],
    fields: ['id'],
    relations: {
      customer: custom({
        output: ({ name }, _owner, { request, user }) =>
          `${String(name)} for ${String(user?.id)} by ${String(request?.method)}`
      })
    }
  }
  const contracts = defineResource(options)
  await app.register(resource, { prefix: '/contracts', resource: contracts })
  await database.query(
    "INSERT INTO contracts (id, contract_number, year, amount, customer_id, updated_at) VALUES (500, 'Z', 2026, 1, " +
      '1, now())'
  )
  const shown = async (
    method: 'GET' | 'PATCH' | 'POST' | 'PUT',
    url: string,
    payload?: object,
    authorization: Record<string, string> = { authorization: 'x' }
  ): Promise<string> =>
    (await app.inject({ method, url, headers: authorization, ...(payload === undefined ? {} : { payload }) })).body
  t.match(await shown('GET', '/contracts?ids=500'), '"Ann for 7 by GET"')
  t.match(await shown('GET', '/contracts/500'), '"Ann for 7 by GET"')
  t.match(await shown('GET', '/contracts/500', undefined, {}), '"Ann for undefined by GET"')
  t.match(await shown('PATCH', '/contracts/500', {}), '"Ann for 7 by PATCH"')
  t.match(await shown('PATCH', '/contracts?dry_run=true', [{ id: 500 }]), '"Ann for 7 by PATCH"')
  t.match(await shown('GET', '/contracts/export?file_type=csv&ids=500&includes=customer'), 'Ann for 7 by GET')
  const chunks: Buffer[] = []
  for await (const chunk of app.export.of(contracts).stream({ ids: [500], includes: ['customer'] })) chunks.push(chunk)
  t.match(Buffer.concat(chunks).toString(), 'Ann for undefined by undefined', 'code of the server has no request')
})
