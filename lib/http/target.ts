/** A request's target in its two parts. */
export interface Target {
  readonly path: string
  /** What follows the first question mark; empty without one. */
  readonly query: string
}

/** Scheme and host of the absolute form, which proxies use: the host is whatever the client wrote. */
const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i

/**
 * Splits the target of a request. Question marks behind the first one belong to the query.
 *
 * @example
 * targetOf('http://example.org/a?b=c?') // { path: '/a', query: 'b=c?' }
 */
export function targetOf (url: string): Target {
  const local = url.replace(origin, '')
  const mark = local.indexOf('?')
  const path = mark === -1 ? local : local.slice(0, mark)
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : local.slice(mark + 1) }
}
