import { CommonsError, errorDetail, errorTable } from '../errors.js'
import type { ErrorCode, ErrorDetail, ErrorParams } from '../errors.js'
import { describeError } from './errors.js'
import type { ErrorContext } from './errors.js'
import type { ErrorPayload } from './body.js'

export interface ReplyErrorOptions {
  /** HTTP status. Default: that of the code or the error; 400 for a message. */
  readonly status?: number
  /** Default: the suite's code, the code of the error, or that of the status (`not_found` for 404). */
  readonly code?: string
  readonly message?: string
  /** Findings, with pointers and indexes. */
  readonly details?: readonly ErrorDetail[]
  /** A shorter way to give findings: field → message or messages. */
  readonly errors?: Readonly<Record<string, string | readonly string[]>>
  /** Values for the message of the code, and for the client. */
  readonly params?: ErrorParams
  /** Default: null. */
  readonly data?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The payload for `reply.error()`.
 *
 * @param problem a code of the suite, a message, or anything that was thrown
 */
export function replyErrorPayload (problem: unknown, options: ReplyErrorOptions, context: ErrorContext): ErrorPayload {
  const { status, code, message, errors, params, data, headers } = options
  const details = [...(options.details ?? []), ...(errors === undefined ? [] : fieldDetails(errors))]
  const payload = typeof problem === 'string' ? namedPayload(problem, options) : describeError(problem, context)
  return {
    ...payload,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(params === undefined ? {} : { params }),
    ...(data === undefined ? {} : { data }),
    details: details.length > 0 ? details : payload.details,
    headers: { ...payload.headers, ...headers }
  }
}

function namedPayload (problem: string, { status, params = {} }: ReplyErrorOptions): ErrorPayload {
  if (!isErrorCode(problem)) return { ...describeError({ statusCode: status ?? 400 }), message: problem }
  return describeError(new CommonsError(problem, { params, ...(status === undefined ? {} : { status }) }))
}

function isErrorCode (problem: string): problem is ErrorCode {
  return Object.hasOwn(errorTable, problem)
}

function fieldDetails (errors: NonNullable<ReplyErrorOptions['errors']>): ErrorDetail[] {
  return Object.entries(errors).flatMap(([field, messages]) =>
    [messages].flat().map(problem => errorDetail('invalid_value', { field }, { problem }))
  )
}
