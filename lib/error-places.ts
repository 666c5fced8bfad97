import { BulkError, CommonsError, formatMessage, type ErrorDetail } from './errors.js'

/** The same findings for a request that carried one item and no list: places lose their index. */
export function withoutIndex (error: CommonsError): CommonsError {
  const details = error.details.map(({ index, ...detail }) =>
    index === undefined ? detail : { ...detail, pointer: detail.pointer.replace(`/${index}`, '') }
  )
  const [only] = details
  const message =
    details.length === 1 && only !== undefined && only.field === undefined
      ? only.message
      : formatMessage(error.status === 400 ? 'validation_failed' : error.code, only?.params)
  return new CommonsError(error.code, { details, status: error.status, cause: error, message })
}

/**
 * The same findings with other indexes: `indexOf` gives the place in the request for the place in the part of it that
 * failed.
 */
export function withIndexes (error: BulkError, indexOf: (index: number) => number): BulkError {
  return new BulkError(
    error.details.map(detail => detailAt(detail, indexOf)),
    { cause: error, failed: Number(error.params['failed']) }
  )
}

/** The same finding with another index. */
export function detailAt (detail: ErrorDetail, indexOf: (index: number) => number): ErrorDetail {
  if (detail.index === undefined) return detail
  const index = indexOf(detail.index)
  const moved = { ...detail, index, pointer: detail.pointer.replace(`/${detail.index}`, `/${index}`) }
  const indexes = detail.params?.['indexes']
  if (detail.code !== 'duplicate_key' || !Array.isArray(indexes)) return moved
  const params = { ...detail.params, indexes: (indexes as readonly number[]).map(indexOf) }
  return { ...moved, params, message: formatMessage('duplicate_key', params) }
}
