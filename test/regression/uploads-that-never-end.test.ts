import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import type { ImportOptions } from 'fastify-prisma-commons/import'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { importServer } from '../helpers/import-app.js'
import { requestsTo, until } from '../helpers/until.js'

const database = await bulkDatabase(t)

/** Bytes that the start of an upload leaves out. */
const restLength = 100_000
const head = (host: string): string =>
  [
    'POST /x/import-from-file HTTP/1.1',
    `Host: ${host}`,
    'Content-Type: multipart/form-data; boundary=b',
    `Content-Length: ${start.length + restLength}`,
    'Connection: close',
    '',
    ''
  ].join('\r\n')
const start =
  '--b\r\ncontent-disposition: form-data; name="file"; filename="f.csv"\r\ncontent-type: text/csv\r\n\r\nslug,name\r\n'

async function server (t: Tap, options: ImportOptions): Promise<FastifyInstance> {
  const { app } = await importServer(t, database, { model: 'Tag', import: { uniqueFields: ['slug'], ...options } })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

type Tap = Parameters<typeof importServer>[0]

/** A client that sends the start of an upload; `answer` is all that it gets until the server hangs up. */
async function slowUpload (
  app: FastifyInstance
): Promise<{ readonly socket: Socket; readonly answer: Promise<string> }> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(head('localhost') + start)
  let text = ''
  socket.on('data', chunk => {
    text += String(chunk)
  })
  const answer = new Promise<string>(resolve => {
    socket.on('error', () => {})
    socket.once('close', () => {
      resolve(text)
    })
  })
  return { socket, answer }
}

await t.test('an upload that does not end is answered by 408 and cut', async t => {
  const app = await server(t, { uploadSeconds: 1 })
  const { answer } = await slowUpload(app)
  const text = await answer
  t.match(text, /^HTTP\/1\.1 408 /)
  t.match(text, /"code":"upload_timeout"/)
  t.match(text, 'The upload took longer than 1 seconds')
})

await t.test('more uploads at once than the limit are answered by 503 with Retry-After', async t => {
  const app = await server(t, { maxUploads: 2 })
  const requests = requestsTo(app.server)
  const uploads = [await slowUpload(app), await slowUpload(app)]
  await requests.until(2)
  const text = await (await slowUpload(app)).answer
  t.match(text, /^HTTP\/1\.1 503 /)
  t.match(text, /retry-after: 10/i)
  t.match(text, /"code":"too_many_uploads"/)
  for (const { socket } of uploads) socket.destroy()
  await Promise.all(uploads.map(async ({ answer }) => await answer))
  let next = ''
  await until('room for an upload', async () => {
    const { socket, answer } = await slowUpload(app)
    socket.write('red,Red\r\n--b--\r\n'.padEnd(restLength))
    next = await answer
    return !next.startsWith('HTTP/1.1 503 ')
  })
  t.match(next, /^HTTP\/1\.1 400 [^]*"mode"/, 'clients that leave make room')
})

await t.test('the server closes while an upload is open', async t => {
  const app = await server(t, {})
  const requests = requestsTo(app.server)
  const { answer } = await slowUpload(app)
  await requests.until(1)
  await t.resolves(app.close(), 'hooks of onClose have run')
  t.match(await answer, /^HTTP\/1\.1 503 [^]*"code":"server_closing"/)
})
