import { STATUS_CODES } from 'node:http'
import { jsonType } from '../http/accept.js'
import { errorBody } from './body.js'
import { describeError } from './errors.js'

/** What of a server the handler needs; Fastify binds it. */
export interface ClientErrorServer {
  readonly log: { readonly trace: (values: object, message: string) => void }
}

/** What of a connection the handler needs; Node's has it. */
export interface ClientSocket {
  readonly destroyed: boolean
  readonly writable: boolean
  write(text: string): unknown
  destroy(error: Error): unknown
}

/** Status and message by the code of Node's error; all others are 400. */
const refusals: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than the limit of the server'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are larger than the limit of the server'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took longer than the limit of the server']
}

/**
 * For the constructor of Fastify: puts the envelope around the answers to requests that Node refuses, whose headers are
 * too large, malformed or late. No hook, handler or plugin sees them.
 *
 * @example
 * const app = Fastify({ clientErrorHandler, frameworkErrors })
 */
export function clientErrorHandler (
  this: ClientErrorServer,
  error: Error & { readonly code?: string },
  socket: ClientSocket
): void {
  // After a reset nobody is there.
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [statusCode, message] = refusals[error.code ?? ''] ?? [400, 'The request is not valid HTTP']
  // As Fastify does: mostly it is a matter of the network.
  this.log.trace({ err: error }, message)
  const body = JSON.stringify(errorBody(new Date().toISOString(), describeError({ statusCode, message })))
  if (socket.writable) {
    socket.write(
      [
        `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`,
        `Content-Type: ${jsonType}; charset=utf-8`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        '',
        body
      ].join('\r\n')
    )
  }
  socket.destroy(error)
}
