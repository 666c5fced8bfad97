import { Type } from '@sinclair/typebox'
import swagger from '@fastify/swagger'
import t from 'tap'
import { idToData, type FieldCodec, type ResourceOptions } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database

const cents: FieldCodec = {
  expected: 'a whole number of cents',
  read: value => (Number.isSafeInteger(value) ? (Number(value) / 100).toFixed(2) : undefined),
  show: value => Math.round(Number(value) * 100),
  schema: Type.Integer({ description: 'In cents' })
}
const shout: FieldCodec = {
  expected: 'a string',
  read: value => (typeof value === 'string' ? value.toLowerCase() : undefined),
  show: value => String(value).toUpperCase()
}

const app = await serve(
  t,
  database,
  {
    '/contracts': { model: 'Contract', codecs: { amount: cents, note: shout } },
    '/owned': { model: 'Contract', codecs: { amount: cents }, relations: { customer: idToData() } }
  },
  {
    crud: true,
    prepare: async app => {
      await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
    }
  }
)
const send = sender(app)

t.beforeEach(() => query('TRUNCATE contracts RESTART IDENTITY CASCADE'))

await t.test('a field is read and shown in the form of its codec, on every path', async t => {
  const made = await send('POST', '/contracts', [
    { contractNumber: 'N-1', year: 2026, amount: 1250, note: 'LOUD' },
    { contractNumber: 'N-2', year: 2026, amount: 5, note: null }
  ])
  t.match(made.body.data, [
    { amount: 1250, note: 'LOUD' },
    { amount: 5, note: null }
  ])
  t.strictSame(await query('SELECT amount::text, note FROM contracts ORDER BY id'), [
    { amount: '12.50', note: 'loud' },
    { amount: '0.05', note: null }
  ])
  t.match((await send('GET', '/contracts/1')).body.data, { amount: 1250, note: 'LOUD' })
  t.match((await send('GET', '/contracts?ordering=amount&cursor=')).body.data, {
    results: [{ amount: 5 }, { amount: 1250 }]
  })
  t.match((await send('GET', '/contracts?ids=2')).body.data, { results: [{ amount: 5 }] })
  t.match(await send('PATCH', '/contracts/1', { amount: 1 }), {
    headers: { etag: '"2"' },
    body: { data: { amount: 1, version: 2 } }
  })
  t.match((await send('PATCH', '/contracts', [{ id: 2, amount: 7 }])).body.data, [{ amount: 7 }])
  t.match(
    (
      await send('POST', '/contracts?unique_fields=contractNumber,year', {
        contractNumber: 'N-2',
        year: 2026,
        amount: 8
      })
    ).body.data,
    { id: 2, amount: 8 }
  )
  t.match((await send('GET', '/owned/2')).body.data, { amount: 8, customer: null })
})

await t.test('what a codec does not take is refused in its words', async t => {
  const refused = await send('POST', '/contracts', [
    { contractNumber: 'N-1', year: 2026, amount: '12.50' },
    { contractNumber: 'N-2', year: 2026, amount: null }
  ])
  t.strictSame(refused.body['errors'], {
    0: { amount: ['Expected a whole number of cents'] },
    1: { amount: ['This field may not be null'] }
  })
  const tooLarge = await send('POST', '/contracts', { contractNumber: 'N-1', year: 2026, amount: 10 ** 15 })
  t.equal(tooLarge.status, 400, 'the kind of the field has its say too')
})

await t.test('the form is described', async t => {
  await app.ready()
  const { patch } = app.swagger().paths!['/contracts/{id}'] as unknown as {
    patch: { requestBody: { content: Record<string, { schema: { properties: Record<string, object> } }> } }
  }
  t.match(patch.requestBody.content['application/json']!.schema.properties['amount'], {
    type: 'integer',
    description: 'In cents'
  })
})

await t.test('codecs are of fields whose form is free', async t => {
  const failure = async (codecs: NonNullable<ResourceOptions['codecs']>): Promise<string> =>
    await serve(t, database, { '/x': { model: 'Contract', codecs } }).then(
      () => '',
      (error: Error) => error.message
    )
  t.equal(
    await failure({ amonut: cents }),
    'resource Contract: option "codecs" names "amonut", which is no field that is shown and no key. Did you mean ' +
      '"amount"?'
  )
  for (const name of ['id', 'customerId', 'version']) {
    t.match(await failure({ [name]: cents }), /which is no field that is shown and no key/, name)
  }
  t.match(
    await failure({ amount: { read: cents.read } as FieldCodec }),
    /option "codecs" must be an object of \{ expected, read, show \}/
  )
})
