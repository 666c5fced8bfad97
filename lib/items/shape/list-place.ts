import { BulkError, CommonsError, pointerTo, type ErrorDetail } from '../../errors.js'

/** Where the list of items of a request stands; null outside of its body, as in the query. */
export type ListPlace = readonly string[] | null

/**
 * The same error with pointers into the body as the client wrote it: readers of items know their indexes, and not the
 * member around the list, or that an item is its id alone. Other errors stay as they are.
 *
 * @param hasFields false where an item is its id alone, and no object
 */
export function pointed (error: unknown, place: ListPlace, hasFields: boolean): unknown {
  if (!(error instanceof CommonsError) || error.details.every(({ index }) => index === undefined)) return error
  const details = error.details.map(detail => ({ ...detail, pointer: pointerOf(detail, place, hasFields) }))
  if (error instanceof BulkError) {
    return new BulkError(details, { cause: error, failed: Number(error.params['failed']) })
  }
  const { code, message, params, status, data } = error
  return new CommonsError(code, { message, params, status, data, details, cause: error })
}

function pointerOf ({ index, pointer }: ErrorDetail, place: ListPlace, hasFields: boolean): string {
  if (index === undefined) return pointer
  if (place === null) return ''
  return pointerTo([...place, index]) + (hasFields ? pointer.slice(pointerTo([index]).length) : '')
}
