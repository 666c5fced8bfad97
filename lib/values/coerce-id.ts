import type { FieldMeta } from '../model/meta.js'

/** Ids come as text from queries, paths and forms. */
export function coerceId (field: FieldMeta, value: unknown): unknown {
  return field.type === 'Int' && typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value
}
