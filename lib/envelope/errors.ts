import { CommonsError, errorTable, formatMessage } from '../errors.js'
import type { ErrorCode, ErrorParams } from '../errors.js'
import { statusPhrase } from './body.js'
import type { ErrorPayload } from './body.js'
import { validationDetails } from './validation.js'
import type { SchemaFinding } from './validation.js'

/** What is known of the request when its error is described. */
export interface ErrorContext {
  /** The status the reply had when the error came; 400 and above is kept for an error that brings none. */
  readonly replyStatus?: number
  /** Bytes. */
  readonly bodyLimit?: number | undefined
  readonly body?: unknown
}

/** Errors of Fastify that have a code in our table, with the params of its message. */
const frameworkErrors: Readonly<Record<string, (context: ErrorContext) => readonly [ErrorCode, ErrorParams?]>> = {
  FST_ERR_BAD_URL: () => ['malformed_url'],
  FST_ERR_NOT_FOUND: () => ['not_found'],
  FST_ERR_CTP_INVALID_JSON_BODY: () => ['malformed_body'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => ['unsupported_media_type'],
  FST_ERR_CTP_BODY_TOO_LARGE: ({ bodyLimit }) => ['body_too_large', { limit: bodyLimit }]
}

/** The same, where the error's own message says more than the table's. */
const wordedErrors: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_VALIDATION: 'validation_failed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_body'
}

/** Headers that belong to the body we write; an error may not set them. */
const ownHeaders = /^(?:content-|transfer-encoding$)/i

/** What an error may look like: anything can be thrown. */
interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly validation?: unknown
  readonly validationContext?: unknown
  /** Set by Fastify on what a serializer throws. */
  readonly serialization?: unknown
}

/**
 * What a thrown thing, whatever it is, tells the client. Errors of the suite and of Fastify keep or get their codes,
 * other 4xx keep status, code and message, and of everything else no more is told than the status.
 */
export function describeError (error: unknown, context: ErrorContext = {}): ErrorPayload {
  if (error instanceof CommonsError) return describeCommons(error)

  const thrown: Thrown = typeof error === 'object' && error !== null ? error : {}
  if (Array.isArray(thrown.validation)) {
    const part = typeof thrown.validationContext === 'string' ? thrown.validationContext : 'body'
    const details = validationDetails(thrown.validation as SchemaFinding[], part, context.body)
    return describeCommons(new CommonsError('validation_failed', { details }))
  }

  const status = statusOf(thrown, context)
  const headers = headersOf(thrown, status)
  if (status === 500) {
    return { status, code: 'internal_error', message: formatMessage('internal_error'), details: [], headers }
  }
  if (status > 500) return { status, code: phraseCode(status), message: statusPhrase(status), details: [], headers }

  const code = typeof thrown.code === 'string' ? thrown.code : ''
  const framework =
    error instanceof SyntaxError && status === 400
      ? frameworkErrors.FST_ERR_CTP_INVALID_JSON_BODY
      : own(frameworkErrors, code)
  if (framework !== undefined) {
    const [commonsCode, params = {}] = framework(context)
    return describeCommons(new CommonsError(commonsCode, { params }))
  }
  return {
    status,
    code: own(wordedErrors, code) ?? (code === '' ? phraseCode(status) : code),
    message: typeof thrown.message === 'string' && thrown.message !== '' ? thrown.message : statusPhrase(status),
    details: [],
    headers
  }
}

function describeCommons ({ status, code, message, details, params, data }: CommonsError): ErrorPayload {
  const headers = retryHeaders(status, params.retryAfter, code === 'write_conflict')
  // What a 5xx says in words of its own is for the log.
  if (status >= 500) return { status, code, message: publicMessage(code, status, params), details: [], headers }
  const tellsParams = Object.keys(params).length > 0
  return {
    status,
    code,
    message,
    details,
    headers,
    ...(tellsParams ? { params } : {}),
    ...(data === undefined ? {} : { data })
  }
}

/** The message of the table, where that is meant for a failure of the server. */
function publicMessage (code: ErrorCode, status: number, params: ErrorParams): string {
  return errorTable[code].status >= 500 ? formatMessage(code, params) : statusPhrase(status)
}

function statusOf ({ statusCode, status, serialization }: Thrown, { replyStatus }: ErrorContext): number {
  // The answer that could not be written had a status, maybe a 4xx; that it could not is our failure.
  if (serialization !== undefined) return 500
  return [statusCode, status, replyStatus].find(isErrorStatus) ?? 500
}

function isErrorStatus (status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599
}

/** `not_found` for 404: the code of an error that brings none. */
function phraseCode (status: number): string {
  return statusPhrase(status)
    .toLowerCase()
    .replaceAll("'", '')
    .replace(/[^a-z]+/g, '_')
}

function own<Value> (table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

function headersOf ({ headers }: Thrown, status: number): Record<string, string> {
  const result = retryHeaders(status, undefined)
  if (typeof headers !== 'object' || headers === null) return result
  for (const [name, value] of Object.entries(headers)) {
    if (!ownHeaders.test(name) && (typeof value === 'string' || typeof value === 'number')) {
      result[name.toLowerCase()] = String(value)
    }
  }
  return result
}

/**
 * When to come back, in whole seconds: what the error says; a second for a service that is away and for a race that was
 * lost.
 */
function retryHeaders (status: number, retryAfter: unknown, isRace = false): Record<string, string> {
  if (isRace) return { 'retry-after': '1' }
  if (status !== 503 && status !== 429) return {}
  if (typeof retryAfter === 'number' && retryAfter >= 0) return { 'retry-after': String(Math.ceil(retryAfter)) }
  return status === 503 ? { 'retry-after': '1' } : {}
}
