import { isDeepStrictEqual } from 'node:util'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import type { Dialect } from '../sql/dialect.js'
import type { InputRow } from './context.js'

/**
 * The fields of a change whose stored value is another than the one it sends: what its sender has not seen yet, or is
 * going to overwrite. Names only; a value that is computed from the stored one (`{ increment: 1 }`) has nothing to compare.
 */
export function differingFields (dialect: Dialect, model: Model, sent: InputRow, stored: InputRow): string[] {
  return model.meta.fields.filter(field => {
    const value = plain(field, sent[field.name])
    return value !== undefined && field.name in stored && !isSame(dialect, model, field, value, stored[field.name])
  }).map(field => field.name)
}

/** `{ set: value }` is a value; other operations are none. */
function plain (field: FieldMeta, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || field.type === 'Json') return value
  const names = Object.keys(value)
  if (names.length !== 1 || Object.getPrototypeOf(value) !== Object.prototype) return value
  return 'set' in value ? value.set : undefined
}

function isSame (dialect: Dialect, model: Model, field: FieldMeta, a: unknown, b: unknown): boolean {
  if (a === null || b === null) return a === b
  const key = dialect.keyText(field, a)
  if (key !== null) return key === dialect.keyText(field, b)
  if (field.type === 'Json' && !field.list) return isDeepStrictEqual(a, b)
  return dialect.encodeValue(model, field, a) === dialect.encodeValue(model, field, b)
}
