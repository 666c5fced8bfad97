import { CommonsError, errorDetail, pointerTo } from '../../errors.js'
import { shortened } from '../../text/shorten.js'

/** Where a request says something, for errors about it. */
export interface Place {
  /** The name itself is not known. */
  readonly unknown: (hint: string) => CommonsError
  /** `problem` ends the sentence that begins with the name: `must be …`. */
  readonly invalid: (problem: string) => CommonsError
}

/** A parameter of the query. */
export function parameterPlace (parameter: string): Place {
  return {
    unknown: hint => new CommonsError('unknown_parameter', { params: { parameter, hint } }),
    invalid: problem => new CommonsError('invalid_parameter', { params: { parameter, problem } })
  }
}

/** A place in the body, by the names and indexes that lead to it. */
export function bodyPlace (path: readonly (string | number)[]): Place {
  const field = path.map(step => (typeof step === 'string' ? shortened(step) : step)).join('.')
  const error = (code: 'unknown_field' | 'invalid_value', params: Readonly<Record<string, unknown>>): CommonsError => {
    const detail = { ...errorDetail(code, path.length === 0 ? {} : { field }, params), pointer: pointerTo(path) }
    return new CommonsError(code, { params, details: [detail] })
  }
  return {
    unknown: hint => error('unknown_field', { field, hint }),
    invalid: problem =>
      error('invalid_value', { problem: path.length === 0 ? `The body ${problem}` : `"${field}" ${problem}` })
  }
}
