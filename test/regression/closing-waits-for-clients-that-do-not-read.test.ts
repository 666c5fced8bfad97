import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const app = await createSchemaApp(
  t,
  'model Note {\n  id Int @id\n  text String\n}',
  `CREATE TABLE "Note" (id int PRIMARY KEY, text text NOT NULL);
   INSERT INTO "Note" SELECT i, repeat('x', 1000) FROM generate_series(1, 50000) i`
)

for (const fileType of ['csv', 'xlsx', 'ndjson']) {
  await t.test(`the server closes within seconds while a client does not read its export as ${fileType}`, async t => {
    const { app: server } = await app.serve({ '/notes': { model: 'Note' } })
    await server.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(`GET /notes/export?file_type=${fileType} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    const [head] = (await once(socket, 'data')) as [Buffer]
    socket.pause()
    t.match(String(head), /^HTTP\/1\.1 200 /)
    const closing = server.close().then(() => 'closed')
    t.equal(await Promise.race([closing, sleep(8000, 'open', { ref: false })]), 'closed')
  })
}
