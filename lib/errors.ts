import { shortened, shortParams, shortSentence } from './text/shorten.js'

/**
 * Every error the suite gives, in one table: its code, its HTTP status and what it says.
 * `{name}` in a message is filled from `params`. The table of docs/errors.md is checked against this one.
 */
export const errorTable = {
  validation_failed: { status: 400, message: 'The request is not valid' },
  malformed_body: { status: 400, message: 'The body is not valid JSON' },
  malformed_url: { status: 400, message: 'The URL is not valid' },
  forbidden_key: { status: 400, message: 'The key "{key}" is not allowed' },
  unknown_field: { status: 400, message: 'Unknown field "{field}". {hint}' },
  unknown_parameter: { status: 400, message: 'Unknown query parameter "{parameter}". {hint}' },
  invalid_parameter: { status: 400, message: 'The query parameter "{parameter}" {problem}' },
  invalid_header: { status: 400, message: 'The header {header} {problem}' },
  invalid_type: { status: 400, message: 'Expected {expected}' },
  invalid_value: { status: 400, message: '{problem}' },
  required: { status: 400, message: 'This field is required' },
  not_null: { status: 400, message: 'This field may not be null' },
  missing_unique_field: {
    status: 400,
    message: 'The field "{field}" of the unique constraint is required and may not be null'
  },
  invalid_unique_fields: {
    status: 400,
    message: '"{fields}" is not a unique constraint of {model}. Unique constraints: {legal}'
  },
  duplicate_key: { status: 400, message: 'Duplicate {fields} at indexes {indexes}' },
  empty_batch: { status: 400, message: 'The list of items is empty' },
  foreign_key_not_found: { status: 400, message: 'No {model} with {key} {value}' },
  check_violation: { status: 400, message: 'A database constraint rejected this value' },
  unauthorized: { status: 401, message: 'Authentication is required' },
  forbidden: { status: 403, message: 'Not allowed' },
  field_forbidden: { status: 403, message: 'Not allowed to write "{field}"' },
  object_not_found: { status: 404, message: 'No {model} with {key} {value}' },
  not_found: { status: 404, message: 'Not found' },
  route_not_found: { status: 404, message: 'Route {method} {url} not found' },
  unique_violation: { status: 409, message: '{model} with this {fields} already exists' },
  foreign_key_restricted: { status: 409, message: 'Other rows still refer to this {model}' },
  version_conflict: { status: 409, message: 'The row has changed: its version is {current}, not {expected}' },
  write_conflict: { status: 409, message: 'The row was changed by another request. Retry.' },
  precondition_failed: { status: 412, message: "The row's version does not match {header}" },
  batch_size_exceeded: { status: 413, message: '{actual} items are more than the limit of {limit}' },
  body_too_large: { status: 413, message: 'The body is larger than the limit of {limit} bytes' },
  unsupported_media_type: { status: 415, message: 'The media type is not supported' },
  precondition_required: { status: 428, message: 'This request needs the header {header}' },
  idempotency_in_flight: { status: 409, message: 'A request with this Idempotency-Key is in progress. Retry.' },
  file_required: { status: 400, message: 'The form has no file' },
  file_too_large: { status: 413, message: 'The file is larger than the limit of {limit} bytes' },
  file_limit_exceeded: { status: 413, message: 'The file has more than {limit} {unit}' },
  file_type_unsupported: { status: 415, message: 'Unsupported file type: {problem}' },
  file_unreadable: { status: 422, message: 'The file cannot be read: {problem}' },
  invalid_headers: { status: 422, message: 'The columns of the file are not those that are expected' },
  malformed_row: { status: 400, message: '{problem}' },
  import_failed: { status: 422, message: 'No row of the file could be imported' },
  too_many_uploads: { status: 503, message: 'More than {limit} uploads at once are not taken. Retry.' },
  too_many_streams: { status: 429, message: 'More than {limit} event streams at once are not served. Close one.' },
  upload_timeout: { status: 408, message: 'The upload took longer than {limit} seconds' },
  server_closing: { status: 503, message: 'The server is shutting down. Retry.' },
  format_unavailable: {
    status: 501,
    message: 'Files of the type {format} need the package {package} on the server: npm install {package}'
  },
  too_many_idempotency_keys: {
    status: 429,
    message: 'More than {limit} keys in Idempotency-Key are not kept at a time. Retry later or without one.'
  },
  idempotency_key_reused: { status: 422, message: 'This Idempotency-Key was used for another request' },
  internal_error: { status: 500, message: 'Internal server error' },
  database_unavailable: { status: 503, message: 'The database is not available' },
  database_timeout: { status: 503, message: 'The database did not answer in time' }
} as const satisfies { readonly [code: string]: { readonly status: number; readonly message: string } }

export type ErrorCode = keyof typeof errorTable

export type ErrorParams = Readonly<Record<string, unknown>>

/** One finding inside an error: what is wrong, where, and at which item of a bulk request. */
export interface ErrorDetail {
  readonly code: ErrorCode | (string & {})
  /** JSON Pointer into the request body, e.g. `/3/amount`; empty for the whole body. */
  readonly pointer: string
  readonly message: string
  /** 0-based index of the item in a bulk request. */
  readonly index?: number
  /** Field the finding is about; absent when it is about the item or the request. */
  readonly field?: string
  readonly params?: ErrorParams
}

export interface CommonsErrorOptions {
  readonly params?: ErrorParams
  readonly details?: readonly ErrorDetail[]
  /** Replaces the message of the table. */
  readonly message?: string
  readonly status?: number
  /** What the answer tells beside the error, as what was done before it. */
  readonly data?: unknown
  readonly cause?: unknown
}

/**
 * The error that every part of the suite throws.
 *
 * @example
 * throw new CommonsError('object_not_found', { params: { model: 'Contract', key: 'id', value: 7 } })
 */
export class CommonsError extends Error {
  override readonly name: string = 'CommonsError'
  readonly code: ErrorCode
  readonly status: number
  readonly params: ErrorParams
  readonly details: readonly ErrorDetail[]
  readonly data: unknown

  constructor (code: ErrorCode, options: CommonsErrorOptions = {}) {
    const { details = [], message, status, data, cause } = options
    const params = shortParams(options.params ?? {})
    super(shortSentence(message ?? formatMessage(code, params)), cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status ?? errorTable[code].status
    this.params = params
    this.details = details
    this.data = data
  }

  /** What Fastify reads. */
  get statusCode (): number {
    return this.status
  }
}

/** The table's message of a code, filled with params. */
export function formatMessage (code: ErrorCode, params: ErrorParams = {}): string {
  return errorTable[code].message
    .replace(/\{(\w+)\}/g, (_, name: string) => (params[name] === undefined ? '' : textOf(params[name])))
    .trimEnd()
}

/** Elements of a list with commas between, lists with semicolons. */
function textOf (param: unknown): string {
  if (!Array.isArray(param)) return String(param)
  return param.some(Array.isArray) ? param.map(textOf).join('; ') : param.map(String).join(', ')
}

export interface Place {
  readonly index?: number
  /** Field, or path of fields, below the item. */
  readonly field?: string
}

/**
 * Builds one detail, its message from the table (or a closer one) and its pointer from the place. What a client sent is
 * cut short in all of them.
 */
export function errorDetail (
  code: ErrorCode,
  place: Place = {},
  params: ErrorParams = {},
  message?: string
): ErrorDetail {
  const path = place.field?.split('.', mostSteps) ?? []
  const shown = shortParams(params)
  return {
    code,
    pointer: pointerTo([...(place.index === undefined ? [] : [place.index]), ...path]),
    message: shortSentence(message ?? formatMessage(code, shown)),
    ...place,
    ...(place.field === undefined ? {} : { field: path.map(step => shortened(step)).join('.') }),
    ...(Object.keys(shown).length > 0 ? { params: shown } : {})
  }
}

/** Steps of a path that errors tell; what is deeper is told of as the place around it. */
const mostSteps = 50

/** A JSON Pointer (RFC 6901) from the names and indexes on the way; long names are cut. */
export function pointerTo (steps: readonly (string | number)[]): string {
  return steps
    .slice(0, mostSteps)
    .map(step => `/${shortened(String(step)).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}

/** A write that expected another version of its row; nothing was written. */
export class VersionConflictError extends CommonsError {
  override readonly name = 'VersionConflictError'
  /** The version that the write expected. */
  readonly expected: number
  /** The version that the row has. */
  readonly current: number
  /** Fields of the write whose stored value is another than the one it sent. */
  readonly fields: readonly string[]

  constructor (
    {
      expected,
      current,
      fields
    }: { readonly expected: number; readonly current: number; readonly fields: readonly string[] },
    cause?: unknown
  ) {
    super('version_conflict', { params: { expected, current, fields }, cause })
    this.expected = expected
    this.current = current
    this.fields = fields
  }
}

/**
 * One error for all bad items of a batch: details of one status give that status, mixed ones 400.
 */
export class BulkError extends CommonsError {
  override readonly name = 'BulkError'

  /** @param options.failed number of bad items, when the details leave some out; default: those that they name */
  constructor (details: readonly ErrorDetail[], options: { readonly cause?: unknown; readonly failed?: number } = {}) {
    const { cause, failed = new Set(details.map(detail => detail.index)).size } = options
    const codes = new Set(details.map(detail => detail.code))
    const statuses = new Set(
      details.map(detail =>
        Object.hasOwn(errorTable, detail.code) ? errorTable[detail.code as ErrorCode].status : 400
      )
    )
    const only = codes.size === 1 ? ([...codes][0] as ErrorCode) : 'validation_failed'
    super(statuses.size === 1 ? only : 'validation_failed', {
      cause,
      details,
      status: statuses.size === 1 ? [...statuses][0]! : 400,
      message: `${failed} ${failed === 1 ? 'item is' : 'items are'} not valid; nothing was written`,
      params: { failed }
    })
  }
}
