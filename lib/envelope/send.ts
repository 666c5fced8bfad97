import { randomUUID } from 'node:crypto'
import { CommonsError } from '../errors.js'
import { jsonType, problemType, wantsProblem } from '../http/accept.js'
import { addVary } from '../http/vary.js'
import { problemBody } from './body.js'
import type { ErrorPayload } from './body.js'

/** What sending an error needs of a request; Fastify's has it. */
export interface ErrorRequest {
  readonly headers: { readonly accept?: string | undefined }
  readonly log: Record<'error' | 'info', (values: object, message: string) => void>
}

/** What sending an error needs of a reply; Fastify's has it. */
export interface ErrorReply {
  code(status: number): unknown
  hasHeader(name: string): boolean
  getHeader(name: string): unknown
  header(name: string, value: string): unknown
  removeHeader(name: string): unknown
  serializer(serialize: (payload: string) => string): unknown
  send(payload: string): unknown
}

export type SendError = (request: ErrorRequest, reply: ErrorReply, payload: ErrorPayload, error?: unknown) => void

/** Details of an error that the log gets. */
const loggedDetails = 10

/** Headers that describe the body which an error replaces. */
const replacedHeaders = ['content-disposition', 'content-encoding', 'content-range'] as const

/**
 * Makes the function that writes errors: as `bodyOf` has them, or as a problem document for those who ask for one. What
 * has a 5xx goes to the log as an error, with the id that the client is told; the rest is information.
 *
 * The body is sent as text that is JSON already, so that neither a response schema of the route nor a serializer that
 * its handler has set can cut or refuse it.
 */
export function errorSender (bodyOf: (payload: ErrorPayload) => object, problemBase?: string): SendError {
  return function sendError (request, reply, described, error) {
    const payload = described.status < 500 ? described : { ...described, errorId: randomUUID() }
    logError(request, payload, error)
    for (const name of replacedHeaders) reply.removeHeader(name)
    for (const [name, value] of Object.entries(payload.headers ?? {})) {
      if (name !== 'retry-after' || !reply.hasHeader(name)) reply.header(name, value)
    }
    addVary(reply, 'Accept')

    const isProblem = wantsProblem(request.headers.accept)
    const body = isProblem ? problemBody(payload, problemBase) : bodyOf(payload)
    reply.code(payload.status)
    reply.header('content-type', `${isProblem ? problemType : jsonType}; charset=utf-8`)
    reply.serializer(text => text)
    reply.send(JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
  }
}

function logError ({ log }: ErrorRequest, { status, code, message, errorId }: ErrorPayload, error: unknown): void {
  if (status >= 500) log.error({ err: forLog(error), code, error_id: errorId }, message)
  else log.info({ err: forLog(error), code }, message)
}

/** An error with no more than its first details, and without what the answer tells beside it. */
function forLog (error: unknown): unknown {
  if (!(error instanceof CommonsError) || (error.details.length <= loggedDetails && error.data === undefined)) {
    return error
  }
  return Object.create(error, {
    details: { value: error.details.slice(0, loggedDetails), enumerable: true },
    detailCount: { value: error.details.length, enumerable: true },
    data: { value: undefined }
  })
}
