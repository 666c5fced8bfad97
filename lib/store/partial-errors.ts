import { withIndexes } from '../error-places.js'
import { BulkError, CommonsError, errorDetail, type ErrorDetail } from '../errors.js'
import type { Model } from '../model/registry.js'

/** An error that names items by their positions in the batch. */
export function placed (error: unknown, positions: readonly number[]): unknown {
  return error instanceof BulkError ? withIndexes(error, position => positions[position]!) : error
}

/**
 * False for errors of the request as a whole: who asks may not, something is broken, or another writer was faster: then
 * all is begun again.
 */
export function isAboutItems (error: unknown): error is CommonsError {
  return (
    error instanceof CommonsError &&
    error.status < 500 &&
    error.status !== 401 &&
    error.status !== 403 &&
    error.code !== 'write_conflict'
  )
}

/**
 * The finding about an item that an error, which names none, is the fault of. It may be about a row of another model
 * that the item brings along.
 */
export function detailOf (
  { name }: Model,
  { code, message, params: { constraintFields, ...params } }: CommonsError,
  index: number
): ErrorDetail {
  const [field, ...others] =
    Array.isArray(constraintFields) && params['model'] === name ? (constraintFields as string[]) : []
  return errorDetail(code, field === undefined || others.length > 0 ? { index } : { index, field }, params, message)
}
