import { BulkError, CommonsError, type ErrorDetail, type ErrorParams } from '../errors.js'

/**
 * The same error without the write-only fields among those that a conflict of versions names: they would tell a client
 * whether a value that it guesses is the stored one. Other errors stay as they are.
 */
export function withoutWriteOnly (error: unknown, writeOnly: ReadonlySet<string>): unknown {
  if (writeOnly.size === 0 || !(error instanceof CommonsError)) return error
  const details = error.details.map(detail => detailWithoutWriteOnly(detail, writeOnly))
  if (error instanceof BulkError) {
    return new BulkError(details, { cause: error, failed: Number(error.params['failed']) })
  }
  const { code, message, status, data } = error
  if (!tellsDifferences(code)) return error
  return new CommonsError(code, {
    params: shownParams(error.params, writeOnly),
    message,
    status,
    data,
    details,
    cause: error
  })
}

/** The same for one detail. */
export function detailWithoutWriteOnly (detail: ErrorDetail, writeOnly: ReadonlySet<string>): ErrorDetail {
  const { code, params } = detail
  return params === undefined || !tellsDifferences(code)
    ? detail
    : { ...detail, params: shownParams(params, writeOnly) }
}

function tellsDifferences (code: string): boolean {
  return code === 'version_conflict' || code === 'precondition_failed'
}

function shownParams (params: ErrorParams, writeOnly: ReadonlySet<string>): ErrorParams {
  const { fields } = params
  return Array.isArray(fields) ? { ...params, fields: fields.filter(name => !writeOnly.has(String(name))) } : params
}
