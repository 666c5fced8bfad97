import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import Fastify, { type FastifyHttpOptions } from 'fastify'
import { clientErrorHandler, envelope } from 'fastify-prisma-commons/envelope'
import type { Lifetime } from '../helpers/database.js'

/** All that a server answers to bytes until it hangs up. */
async function answerTo (t: Lifetime, options: FastifyHttpOptions<Server>, bytes: string): Promise<string> {
  const app = Fastify({ clientErrorHandler, ...options })
  t.after(async () => await app.close())
  await app.register(envelope)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  let text = ''
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

const refused = [
  {
    what: 'a request whose headers are too large',
    bytes: `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    status: '431 Request Header Fields Too Large',
    code: 'request_header_fields_too_large',
    message: 'The headers are larger than the limit of the server'
  },
  {
    what: 'a request that is not HTTP',
    bytes: 'nonsense\r\n\r\n',
    status: '400 Bad Request',
    code: 'bad_request',
    message: 'The request is not valid HTTP'
  },
  {
    what: 'a request that does not end',
    bytes: 'GET / HTTP/1.1\r\nHost: localhost\r\n',
    status: '408 Request Timeout',
    code: 'request_timeout',
    message: 'The request took longer than the limit of the server'
  }
]

for (const { what, bytes, status, code, message } of refused) {
  await t.test(`${what} is answered by ${status} in the envelope`, async t => {
    const text = await answerTo(t, { requestTimeout: 200, http: { connectionsCheckingInterval: 100 } }, bytes)
    const [head, body] = text.split('\r\n\r\n') as [string, string]
    t.match(head, `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\n`)
    const { timestamp, ...rest } = JSON.parse(body) as { readonly timestamp: string }
    t.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    t.strictSame(rest, { success: false, message, code, errors: {}, details: [], data: null })
  })
}
