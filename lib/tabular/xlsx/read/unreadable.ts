import { CommonsError } from '../../../errors.js'

/** 422 for a file that is broken or holds what is not taken. */
export function unreadable (problem: string, cause?: unknown): CommonsError {
  return new CommonsError('file_unreadable', { params: { problem }, ...(cause === undefined ? {} : { cause }) })
}

/** 415 for a file of another type. */
export function unsupported (problem: string): CommonsError {
  return new CommonsError('file_type_unsupported', { params: { problem } })
}

/** 413 for a file that holds too much. */
export function overLimit (limit: number, unit: string): CommonsError {
  return new CommonsError('file_limit_exceeded', { params: { limit, unit } })
}
