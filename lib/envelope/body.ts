import { STATUS_CODES } from 'node:http'
import type { ErrorDetail, ErrorParams } from '../errors.js'

/** Gives the current time; tests put a fixed one in. */
export type Clock = () => Date

export type Meta = Readonly<Record<string, unknown>>

/** What every JSON answer of status 2xx looks like. */
export interface SuccessBody<Data = unknown> {
  /** False only in a multi-status answer of which some part failed. */
  readonly success: boolean
  /** ISO 8601, UTC, milliseconds: `2026-01-01T00:00:00.000Z`. */
  readonly timestamp: string
  readonly message: string
  readonly data: Data
  readonly meta?: Meta
}

export type WireDetail = Omit<ErrorDetail, 'field'>

/**
 * Field → messages; in a bulk request index → field → messages. Findings about no field stand under `non_field_errors`.
 */
export type ErrorMap = Record<string, string[] | Record<string, string[]>>

/** What every error answer looks like. */
export interface ErrorBody {
  readonly success: false
  readonly timestamp: string
  readonly message: string
  readonly code: string
  readonly errors: ErrorMap
  readonly details: readonly WireDetail[]
  readonly data: unknown
  /** On 5xx: the id under which the log has the error. */
  readonly error_id?: string
}

/** The same error as RFC 9457 has it. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly errors: readonly WireDetail[]
  readonly data?: unknown
  readonly error_id?: string
  readonly instance?: string
}

/** An error on its way out: all that the bodies and the reply are made of. */
export interface ErrorPayload {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details: readonly ErrorDetail[]
  /** Machine values of the error itself. They get a detail of their own when the error has none. */
  readonly params?: ErrorParams
  readonly data?: unknown
  readonly errorId?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A source of timestamps that formats each millisecond once. */
export function timestamps (clock: Clock): () => string {
  let time = NaN
  let text = ''
  return function timestamp () {
    const now = clock()
    if (now.getTime() !== time) {
      text = now.toISOString()
      time = now.getTime()
    }
    return text
  }
}

export function successBody<Data> (
  timestamp: string,
  message: string,
  data: Data,
  meta?: Meta,
  success = true
): SuccessBody<Data> {
  return meta === undefined ? { success, timestamp, message, data } : { success, timestamp, message, data, meta }
}

/** Whether a handler has put the envelope around its data itself. */
export function isSuccessBody (payload: unknown): payload is SuccessBody {
  if (typeof payload !== 'object' || payload === null) return false
  const body = payload as Partial<SuccessBody>
  return (
    typeof body.success === 'boolean' &&
    typeof body.timestamp === 'string' &&
    typeof body.message === 'string' &&
    'data' in body
  )
}

export function errorBody (timestamp: string, payload: ErrorPayload): ErrorBody {
  const { message, code, details, data = null, errorId } = payload
  return {
    success: false,
    timestamp,
    message,
    code,
    errors: errorMap(details),
    details: wireDetails(payload),
    data,
    ...(errorId === undefined ? {} : { error_id: errorId })
  }
}

/** What is left of an error body where no envelope is registered. */
export function bareErrorBody (
  payload: ErrorPayload
): Omit<ErrorBody, 'success' | 'timestamp' | 'data'> & { readonly data?: unknown } {
  const { success, timestamp, data, ...bare } = errorBody('', payload)
  return data === null ? bare : { ...bare, data }
}

/**
 * @param base what `type` starts with, the code follows; without it the type is `about:blank`, whose title RFC 9457
 * fixes.
 */
export function problemBody (payload: ErrorPayload, base?: string): ProblemBody {
  const { status, message, code, data, errorId } = payload
  return {
    type: base === undefined ? 'about:blank' : base + code,
    title: base === undefined ? statusPhrase(status) : sentence(code),
    status,
    detail: message,
    code,
    errors: wireDetails(payload),
    ...(data === undefined ? {} : { data }),
    ...(errorId === undefined ? {} : { error_id: errorId, instance: `urn:uuid:${errorId}` })
  }
}

/** `Not Found` for 404; the phrase of the class for a status that has none. */
export function statusPhrase (status: number): string {
  return STATUS_CODES[status] ?? (status < 500 ? 'Client Error' : 'Server Error')
}

function sentence (code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function wireDetails ({ code, message, details, params }: ErrorPayload): WireDetail[] {
  if (details.length === 0 && params !== undefined) return [{ code, pointer: '', message, params }]
  return details.map(({ code, pointer, message, index, params }) => ({
    code,
    pointer,
    message,
    ...(index === undefined ? {} : { index }),
    ...(params === undefined ? {} : { params })
  }))
}

/** Maps without a prototype: a field may be called `__proto__` by whoever sent it. */
function errorMap (details: readonly ErrorDetail[]): ErrorMap {
  const fields: Record<string, string[]> = Object.create(null)
  const items: Record<string, Record<string, string[]>> = Object.create(null)
  for (const { index, field = 'non_field_errors', message } of details) {
    const map = index === undefined ? fields : (items[index] ??= Object.create(null) as Record<string, string[]>)
    const messages = (map[field] ??= [])
    messages.push(message)
  }
  return Object.assign<ErrorMap, ErrorMap>(fields, items)
}
