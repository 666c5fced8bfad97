import { CommonsError } from '../errors.js'
import { didYouMean } from '../suggest.js'

/** A parsed query string: what repeats is a list. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** Refuses parameters that the route does not know, since ignoring one answers another question than was asked. */
export function checkParameters (query: Query, known: readonly string[]): void {
  for (const parameter of Object.keys(query)) {
    if (known.includes(parameter)) continue
    const hint = known.length === 0 ? 'This route takes none' : didYouMean(parameter, known)
    throw new CommonsError('unknown_parameter', { params: { parameter, hint } })
  }
}

/** A parameter that stands at most once; undefined when it is absent. */
export function readText (query: Query, parameter: string): string | undefined {
  const value = query[parameter]
  if (value === undefined || typeof value === 'string') return value
  throw new CommonsError('invalid_parameter', { params: { parameter, problem: 'stands more than once' } })
}

/** `a, b,c` as a list; undefined when the parameter is absent. Empty elements are refused. */
export function readList (query: Query, parameter: string): readonly string[] | undefined {
  const list = readText(query, parameter)
    ?.split(',')
    .map(element => element.trim())
  if (list?.some(element => element === '') === true) {
    throw new CommonsError('invalid_parameter', { params: { parameter, problem: 'holds an empty element' } })
  }
  return list
}

/** `true` or `false`; undefined when the parameter is absent. */
export function readBoolean (query: Query, parameter: string): boolean | undefined {
  const text = readText(query, parameter)
  if (text === undefined || text === 'true' || text === 'false') {
    return text === undefined ? undefined : text === 'true'
  }
  throw new CommonsError('invalid_parameter', { params: { parameter, problem: 'must be true or false' } })
}
