import { BulkError, CommonsError, errorDetail, pointerTo, type ErrorDetail } from '../errors.js'

/**
 * The same error as a client may see it: a taken value is told by the fields that clients write, without those of the
 * scope, which are a matter of the server. Other errors stay as they are.
 */
export function withoutScopeFields (error: unknown, scopeFields: readonly string[]): unknown {
  if (scopeFields.length === 0 || !(error instanceof CommonsError)) return error
  const details = error.details.map(detail => detailWithoutScope(detail, scopeFields))
  if (details.every((detail, i) => detail === error.details[i])) return error
  if (error instanceof BulkError) {
    return new BulkError(details, { cause: error, failed: Number(error.params['failed']) })
  }
  const { code, params, status, data } = error
  const [only] = details
  const isAlone = details.length === 1 && only!.code === code
  return new CommonsError(code, {
    params: isAlone ? { ...params, ...only!.params } : params,
    message: isAlone ? only!.message : error.message,
    status,
    data,
    details,
    cause: error
  })
}

/** The same for one detail. */
export function detailWithoutScope (detail: ErrorDetail, scopeFields: readonly string[]): ErrorDetail {
  const { code, index, params = {} } = detail
  const named = params['fields']
  if (code !== 'unique_violation' || !Array.isArray(named)) return detail
  const fields = named.filter(name => !scopeFields.includes(String(name)))
  if (fields.length === named.length || fields.length === 0) return detail
  const [only] = fields
  const place = { ...(index === undefined ? {} : { index }), ...(fields.length === 1 ? { field: String(only) } : {}) }
  const message = detail.message.replace(named.join(', '), () => fields.join(', '))
  const pointer = detail.pointer + (fields.length === 1 ? pointerTo([String(only)]) : '')
  return { ...errorDetail('unique_violation', place, { ...params, fields }, message), pointer }
}
