import { BulkError, formatMessage, pointerTo, type ErrorDetail } from '../errors.js'

/**
 * The same findings about items that stand elsewhere: `indexOf` gives the place in the request for the place in the part
 * of it that failed.
 */
export function reindexed (error: BulkError, indexOf: (index: number) => number): BulkError {
  return new BulkError(error.details.map(detail => movedDetail(detail, indexOf)), { cause: error.cause, failed: Number(error.params['failed']) })
}

function movedDetail (detail: ErrorDetail, indexOf: (index: number) => number): ErrorDetail {
  if (detail.index === undefined) return detail
  const index = indexOf(detail.index)
  const pointer = pointerTo([index]) + detail.pointer.slice(pointerTo([detail.index]).length)
  const indexes = detail.params?.['indexes']
  if (detail.code !== 'duplicate_key' || typeof indexes !== 'string') return { ...detail, index, pointer }
  const params = { ...detail.params, indexes: indexes.replace(/\d+/g, place => String(indexOf(Number(place)))) }
  return { ...detail, index, pointer, params, message: formatMessage('duplicate_key', params) }
}
