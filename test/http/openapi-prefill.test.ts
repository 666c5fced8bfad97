import swagger from '@fastify/swagger'
import t from 'tap'
import { bulkDatabase, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: { readonly default?: unknown }
}

await t.test('Swagger UI with untouched parameters lists rows and gets rows from writes', async t => {
  const app = await serve(
    t,
    database,
    { '/contracts': { model: 'Contract' } },
    {
      crud: true,
      prepare: async app => {
        await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
      }
    }
  )
  await app.ready()
  const paths = app.swagger().paths as unknown as Record<string, Record<string, { parameters: Parameter[] }>>
  const [path] = Object.keys(paths).filter(key => /\/contracts\/?$/.test(key))
  const { get, post } = paths[path!]!
  const prefilled = get!.parameters.filter(one => one.in === 'query' && one.schema.default !== undefined)
  const query = new URLSearchParams(prefilled.map(one => [one.name, String(one.schema.default)]))
  t.ok(query.has('page'), 'some parameter is prefilled')
  const answer = await app.inject(`${path}?${query.toString()}`)
  t.equal(answer.statusCode, 200, answer.body)
  const prefer = post!.parameters.find(one => one.name === 'prefer')
  t.ok(prefer)
  t.notOk(JSON.stringify(prefer).includes('"example'), 'Prefer has no prefilled value')
})
