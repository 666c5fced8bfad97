import { readValue, valueOf } from './columns.js'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

export interface JsonObject {
  readonly [key: string]: JsonValue
}

export interface MetadataColumn {
  /** The column's name. Default: `metadata`. */
  readonly metadata?: string | null
}

/** One key, taken as it is, or the keys on the way to a nested value; a number is a place in a list. */
export type MetadataPath = string | readonly (string | number)[]

/**
 * One value of a row's metadata.
 *
 * @param fallback what to give when there is no such value; null is a value. Default: undefined
 * @param columns where the column has another name
 * @example
 * metadataValue({ metadata: { seo: { title: 'News' } } }, ['seo', 'title']) // 'News'
 * metadataValue({ metadata: null }, 'priority', 1)                          // 1
 */
export function metadataValue (
  row: object,
  path: MetadataPath,
  fallback?: JsonValue,
  columns: MetadataColumn = {}
): JsonValue | undefined {
  let value = valueOf(row, 'metadata', columns)
  for (const key of [path].flat()) {
    // Keys come from users: those of the prototype are no values of the metadata.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return fallback
    value = (value as Readonly<Record<string | number, unknown>>)[key]
  }
  return value === undefined ? fallback : (value as JsonValue)
}

/**
 * The column's new value with one value set. The row stays as it is; saving the value is the caller's. Objects on the
 * way that do not exist are made.
 *
 * @param value undefined takes the key away
 * @throws TypeError when the row was read without the column, or when something other than an object is on the way
 * @example
 * await prisma.article.update({ where: { id }, data: { metadata: withMetadataValue(article, 'priority', 2) } })
 */
export function withMetadataValue (
  row: object,
  path: string | readonly string[],
  value: JsonValue | undefined,
  columns: MetadataColumn = {}
): JsonObject {
  return withValue(readValue(row, 'metadata', columns), [], [path].flat(), value)
}

function withValue (
  object: unknown,
  above: readonly string[],
  [key, ...below]: readonly string[],
  value: JsonValue | undefined
): JsonObject {
  if (key === undefined) throw new TypeError('A path of metadata names at least one key')
  if (object !== null && (typeof object !== 'object' || Array.isArray(object))) {
    throw new TypeError(
      `${['metadata', ...above].join('.')} is a ${Array.isArray(object) ? 'list' : typeof object}, which has no ` +
        `key "${key}"`
    )
  }
  const current = (object ?? {}) as JsonObject
  if (below.length > 0) {
    return {
      ...current,
      [key]: withValue(Object.hasOwn(current, key) ? current[key] : null, [...above, key], below, value)
    }
  }
  if (value !== undefined) return { ...current, [key]: value }
  return Object.fromEntries(Object.entries(current).filter(([name]) => name !== key))
}
