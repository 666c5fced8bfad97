/** What of a route decides whether the envelope wraps it. */
export interface RouteTarget {
  readonly url?: string | undefined
  readonly schema?: object | undefined
  readonly config?: { readonly envelope?: boolean } | undefined
}

/**
 * Whether the answers of a route get the envelope: its own `config.envelope` decides, then `schema.hide`, which marks
 * what is no part of the described API; `exclude` wins over both.
 */
export function isWrapped ({ url = '', schema = {}, config }: RouteTarget, exclude: readonly string[]): boolean {
  const isHidden = 'hide' in schema && schema.hide === true
  return (config?.envelope ?? !isHidden) && !isExcluded(url, exclude)
}

export function isExcluded (url: string, exclude: readonly string[]): boolean {
  return exclude.some(prefix => isUnder(url, prefix))
}

/** What every registration of @fastify/swagger-ui serves below its prefix. */
const documentationFile = '/static/swagger-initializer.js'

/**
 * The prefixes of @fastify/swagger-ui. It has to come before the routes that it describes, and hides its own from the
 * document (`schema.hide`); Fastify tells nobody who comes later of that schema, so the routes are known by one of
 * their files.
 */
export function documentationPrefixes (urls: readonly string[]): readonly string[] {
  return urls.filter(url => url.endsWith(documentationFile)).map(url => url.slice(0, -documentationFile.length))
}

/** Whether a path is the prefix or below it; `/docs-old` is not below `/docs`. */
export function isUnder (url: string, prefix: string): boolean {
  return url === prefix || url.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}
