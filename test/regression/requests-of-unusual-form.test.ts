import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Writable } from 'node:stream'
import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { requestsTo, until } from '../helpers/until.js'
import { mapError } from 'fastify-prisma-commons/extension'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  { '/tags': { model: 'Tag' }, '/contracts': { model: 'Contract' } },
  { crud: true }
)
const send = sender(app)

t.beforeEach(async () => {
  await database.query('TRUNCATE tags, contracts RESTART IDENTITY CASCADE')
})

await t.test('links of a list keep what follows a second question mark in the query', async t => {
  for (const slug of ['a', 'b', 'c']) await send('POST', '/tags', { slug, name: `Why? ${slug}` })
  const first = await send('GET', '/tags?name[startsWith]=Why?&page_size=1&ordering=-slug&slug[ne]=b')
  const { next, count } = first.body.data as { readonly next: string; readonly count: number }
  t.equal(count, 2)
  t.strictSame(
    [...new URLSearchParams(next.slice(next.indexOf('?') + 1))],
    [
      ['name[startsWith]', 'Why?'],
      ['page_size', '1'],
      ['ordering', '-slug'],
      ['slug[ne]', 'b'],
      ['page', '2']
    ]
  )
  t.match((await send('GET', next)).body.data, { results: [{ slug: 'a' }], next: null })
  const cursor = await send('GET', '/tags?name[startsWith]=Why?&cursor=&page_size=1')
  t.equal((await send('GET', (cursor.body.data as { readonly next: string }).next)).status, 200)
})

await t.test('links and errors of a request with an absolute target have its path only', async t => {
  const app = await serve(t, database, { '/tags': { model: 'Tag' } }, { crud: true })
  await app.listen({ port: 0, host: '127.0.0.1' })
  for (const slug of ['a', 'b']) await send('POST', '/tags', { slug, name: slug })
  const ask = async (target: string): Promise<string> => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    let text = ''
    socket.on('data', chunk => {
      text += String(chunk)
    })
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    await once(socket, 'close')
    return text
  }
  const list = await ask('http://evil.example/tags?page_size=1')
  t.match(list, '"next":"/tags?page_size=1&page=2"')
  t.notMatch(list, 'evil.example')
  t.notMatch(await ask('http://evil.example/nowhere'), 'evil.example')
})

await t.test('pointers lead through the member around a list, and to ids themselves', async t => {
  const pointers = async (...args: Parameters<typeof send>): Promise<unknown> =>
    ((await send(...args)).body['details'] as { readonly pointer: string }[]).map(({ pointer }) => pointer)
  t.strictSame(await pointers('POST', '/tags/query', { ids: [1, 'x'] }), ['/ids/1'])
  t.strictSame(await pointers('DELETE', '/tags', { ids: [1, 'x'] }), ['/ids/1'])
  t.strictSame(await pointers('DELETE', '/tags', [1, 'x']), ['/1'])
  t.strictSame(await pointers('DELETE', '/tags?ids=1,x'), [''])
  t.strictSame(await pointers('GET', '/tags?ids=1,x'), [''])
  const row = { contractNumber: 'N', year: 1, amount: 'x' }
  t.strictSame(await pointers('POST', '/contracts', { data: [row], unique_fields: ['contractNumber', 'year'] }), [
    '/data/0/amount'
  ])
  t.strictSame(await pointers('POST', '/contracts', [row]), ['/0/amount'])
})

await t.test('errors about a body as a whole have no empty key', async t => {
  t.match(await send('POST', '/tags/query', []), {
    status: 400,
    body: { errors: { non_field_errors: ['The body must be an object'] } }
  })
})

await t.test('bodies of bytes that are not UTF-8, of other charsets and of content codings are refused', async t => {
  const post = async (payload: Buffer, headers: object = {}): Promise<readonly unknown[]> => {
    const answer = await app.inject({
      method: 'POST',
      url: '/tags',
      payload,
      headers: { 'content-type': 'application/json', ...headers }
    })
    return [answer.statusCode, answer.json<{ readonly code: string }>().code]
  }
  const body = Buffer.from('{"slug":"bad\u00e9","name":"N"}', 'latin1')
  t.strictSame(await post(body), [400, 'malformed_body'])
  t.strictSame(await post(body, { 'content-type': 'application/json; charset=iso-8859-1' }), [
    415,
    'unsupported_media_type'
  ])
  const text = Buffer.from('{"slug":"good\u00e9","name":"N"}')
  t.strictSame(await post(gzipSync(text), { 'content-encoding': 'gzip' }), [415, 'unsupported_media_type'])
  t.strictSame(
    await post(text, { 'content-encoding': 'identity', 'content-type': 'application/json; charset="UTF-8"' }),
    [201, undefined]
  )
})

await t.test('a client that breaks off its request is no fault of the database', async t => {
  let log = ''
  const stream = new Writable({
    write (chunk, _encoding, done) {
      log += String(chunk)
      done()
    }
  })
  const example = await buildApp({ database, logger: { level: 'info', stream } as never })
  t.after(() => example.close())
  await example.listen({ port: 0, host: '127.0.0.1' })
  const requests = requestsTo(example.server)
  let sent = 0
  const part = '--b\r\ncontent-disposition: form-data; name="file"; filename="f.csv"\r\n\r\ncode,name\r\n'
  for (const [path, type, start] of [
    ['/api/tags', 'application/json', '{"slug":'],
    ['/api/contracts/import-from-file', 'multipart/form-data; boundary=b', part]
  ] as const) {
    const socket = connect((example.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 5000\r\n\r\n${start}`
    )
    await requests.until(++sent)
    socket.destroy()
    await until('the end of the request', () => log.split(`"reqId":"req-${sent}"`).length > 2)
  }
  await example.close()
  t.notMatch(log, 'database_unavailable')
  t.notMatch(log, '"level":50')
  t.equal(mapError(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })), undefined)
})

await t.test('routes of the example answer with a slash at their end too', async t => {
  const example = await buildApp({ database })
  t.after(() => example.close())
  const status = async (method: 'GET' | 'POST', url: string): Promise<number> =>
    (await example.inject({ method, url, ...(method === 'POST' ? { payload: [] } : {}) })).statusCode
  t.strictSame(
    await Promise.all([
      status('GET', '/api/contracts'),
      status('GET', '/api/contracts/'),
      status('GET', '/api/articles/01940000-0000-7000-8000-000000000001/'),
      status('POST', '/api/articles/bulk-create/'),
      status('GET', '/api/contracts/export/')
    ]),
    [200, 200, 200, 400, 200]
  )
})
