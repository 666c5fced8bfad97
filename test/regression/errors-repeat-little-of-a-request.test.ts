import { Writable } from 'node:stream'
import t from 'tap'
import { CommonsError, errorDetail, pointerTo } from '../../lib/errors.js'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { csv, importServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const long = 'x'.repeat(200_000)
/** Characters of an answer about one long text, and of the line in the log. */
const budget = 5000

await t.test('names and values of a request are cut in answers and in the log', async t => {
  let log = ''
  const stream = new Writable({
    write (chunk, _encoding, done) {
      log += String(chunk)
      done()
    }
  })
  const app = await serve(
    t,
    database,
    {
      '/contracts': { model: 'Contract', relations: {}, bulk: { maxItems: 10_000 } },
      '/tags': { model: 'Tag' }
    },
    { crud: true, server: { logger: { level: 'info', stream } } }
  )
  const send = sender(app)
  const requests: ReadonlyArray<readonly [title: string, request: () => ReturnType<typeof send>]> = [
    ['an unknown name', async () => await send('POST', '/tags', { slug: 'a', name: 'A', [long]: 1 })],
    [
      'an unknown name with dots',
      async () => await send('POST', '/tags', { slug: 'a', name: 'A', ['a.'.repeat(100_000)]: 1 })
    ],
    ['an unknown name in a list', async () => await send('POST', '/tags', [{ slug: 'a', name: 'A', [long]: 1 }])],
    [
      'unique_fields',
      async () => await send('POST', `/tags?unique_fields=${long.slice(0, 10_000)}`, [{ slug: 'a', name: 'A' }])
    ],
    ['an unknown parameter', async () => await send('GET', `/tags?${long.slice(0, 10_000)}=1`)],
    ['an unknown filter', async () => await send('POST', '/tags/query', { filters: { [long]: 1 } })],
    ['an order', async () => await send('POST', '/tags/query', { ordering: [long] })],
    ['an id', async () => await send('GET', `/tags/${long.slice(0, 90)}`)],
    ['ids', async () => await send('POST', '/tags/query', { ids: [long] })],
    ['an unknown route', async () => await send('GET', `/${long.slice(0, 10_000)}`)],
    ['a forbidden key', async () => await send('POST', '/tags', `{"${long}":{"__proto__":1}}`)],
    [
      'a forbidden key that is deep',
      async () => await send('POST', '/tags', `${'{"a":'.repeat(20_000)}{"__proto__":1}${'}'.repeat(20_000)}`)
    ]
  ]
  for (const [title, request] of requests) {
    log = ''
    const { status, body } = await request()
    t.ok(status >= 400 && status < 500, title)
    t.ok(JSON.stringify(body).length < budget, `${title}: an answer of ${JSON.stringify(body).length} characters`)
    t.ok(log.length < 4 * budget + 12_000, `${title}: ${log.length} characters in the log`)
  }
})

await t.test('the log has a few details of an error that has many', async t => {
  let log = ''
  const stream = new Writable({
    write (chunk, _encoding, done) {
      log += String(chunk)
      done()
    }
  })
  const app = await serve(
    t,
    database,
    { '/tags': { model: 'Tag' } },
    { server: { logger: { level: 'info', stream } } }
  )
  const { status, body } = await sender(app)(
    'POST',
    '/tags',
    Array.from({ length: 500 }, () => ({ slug: 1 }))
  )
  t.equal(status, 400)
  t.ok((body['details'] as unknown[]).length >= 500)
  const line = log
    .split('\n')
    .find(
      one =>
        one.includes('"code":"validation_failed"') || one.includes('"code":"required"') || one.includes('detailCount')
    )!
  const { err } = JSON.parse(line) as {
    readonly err: { readonly details: unknown[]; readonly detailCount: number; readonly stack: string }
  }
  t.equal(err.details.length, 10)
  t.equal(err.detailCount, (body['details'] as unknown[]).length)
  t.match(err.stack, /BulkError/)
})

await t.test('cells and headers of an import are cut in its answer', async t => {
  const { send } = await importServer(t, database, {
    model: 'Contract',
    import: { foreignKeys: { customer: { lookup: 'code' } } }
  })
  const cell = long.slice(0, 30_000)
  const rows = await send(csv('contractNumber,year,amount,customer', `N,1,1,${cell}`))
  t.equal(rows.status, 422)
  t.ok(JSON.stringify(rows.body).length < budget)
  const header = await send(csv(`contractNumber,year,amount,${cell}`, 'N,1,1,1'))
  t.match(header, { status: 422, body: { code: 'invalid_headers' } })
  t.ok(JSON.stringify(header.body).length < budget)
})

await t.test('params, paths and messages of an error are short, whoever throws it', async t => {
  const cut = `${'x'.repeat(100)}…`
  const error = new CommonsError('object_not_found', { params: { model: 'Tag', key: 'id', value: long } })
  t.strictSame([error.message, error.params], [`No Tag with id ${cut}`, { model: 'Tag', key: 'id', value: cut }])
  const detail = errorDetail(
    'invalid_value',
    { index: 1, field: `a.${long}` },
    { problem: long, list: Array.from({ length: 500 }, (_, i) => i) }
  )
  t.equal(detail.pointer, `/1/a/${cut}`)
  t.equal(detail.field, `a.${cut}`)
  t.ok(detail.message.length <= 1001)
  t.equal((detail.params?.['list'] as unknown[]).length, 100)
  t.equal(pointerTo(Array.from({ length: 500 }, () => 'a')).length, 100)
  t.strictSame(
    new CommonsError('duplicate_key', { params: { fields: ['a', 'b'], indexes: [1, 2] } }).message,
    'Duplicate a, b at indexes 1, 2'
  )
})

await t.test('params are numbers and lists where they tell numbers and lists', async t => {
  const app = await serve(t, database, { '/contracts': { model: 'Contract' } })
  const send = sender(app)
  const row = { contractNumber: 'N', year: 1, amount: '1' }
  t.match((await send('POST', '/contracts', [row, row])).body['details'], [
    { params: { fields: ['contractNumber', 'year'], indexes: [0, 1] } },
    {}
  ])
  t.match((await send('POST', '/contracts', { ...row, customerId: 77 })).body['details'], [
    { code: 'foreign_key_not_found', params: { value: 77 } }
  ])
})
