import { CommonsError } from '../../lib/errors.js'
import { mapError } from '../binding/map-error.js'

const codes: ReadonlySet<string> = new Set(['database_unavailable', 'database_timeout'])

/** True for an error that may be gone a moment later: the database cannot be reached, or did not answer in time. */
export function isTransient (error: unknown): boolean {
  const known = error instanceof CommonsError ? error : mapError(error)
  return known !== undefined && codes.has(known.code)
}
