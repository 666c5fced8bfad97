import type { Faults } from '../bulk/faults.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { expectedOf } from './field-schema.js'
import type { Resource } from './resource.js'

/** The key of one row, field → value. */
export type RowKey = Readonly<Record<string, unknown>>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Reads the id of a list of ids: a value of the key field, or for composite keys an object of its fields.
 * Text is coerced to the key's type, as ids in a query string are text; what no key can be is a fault.
 */
export function readId ({ model }: Resource, id: unknown, index: number, faults: Faults): RowKey {
  const fields = model.primaryKey.fields.map(name => model.ownField(name))
  const [only] = fields
  if (fields.length === 1 && only !== undefined) return { [only.name]: readKeyValue(model, only, id, index, faults) }
  const row = typeof id === 'object' && id !== null ? id as Record<string, unknown> : null
  if (row === null) {
    faults.add('invalid_type', index, undefined, { expected: `an object of ${model.primaryKey.fields.join(', ')}` })
    return {}
  }
  return Object.fromEntries(fields.map(field => [field.name, readKeyValue(model, field, row[field.name], index, faults)]))
}

function readKeyValue (model: Model, field: FieldMeta, value: unknown, index: number, faults: Faults): unknown {
  const coerced = coerce(field, value)
  if (coerced === undefined) faults.add('invalid_type', index, field.name, { expected: expectedOf(model, field) })
  return coerced ?? null
}

function coerce (field: FieldMeta, value: unknown): unknown {
  switch (field.type) {
    case 'Int': {
      const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value
      return Number.isInteger(number) && Math.abs(Number(number)) <= 2147483647 ? number : undefined
    }
    case 'BigInt': return (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) || Number.isSafeInteger(value) ? BigInt(value as string | number) : undefined
    case 'DateTime':
    case 'Decimal': return typeof value === 'string' ? value : undefined
    default: return typeof value === 'string' && value !== '' && (field.native?.[0] !== 'Uuid' || uuid.test(value)) ? value : undefined
  }
}

/** An id as answers show it: the value, or for composite keys the object. */
export function idOf ({ model }: Resource, key: RowKey): unknown {
  const [only] = model.primaryKey.fields
  const shown = (value: unknown): unknown => typeof value === 'bigint' ? String(value) : value
  return model.primaryKey.fields.length === 1 && only !== undefined
    ? shown(key[only])
    : Object.fromEntries(model.primaryKey.fields.map(name => [name, shown(key[name])]))
}

/** The unique selector of a row by its primary key, as the bulk engine takes it. */
export function selectorOf ({ model }: Resource, key: RowKey): Readonly<Record<string, unknown>> {
  const { name, fields } = model.primaryKey
  return fields.length === 1 && name === fields[0] ? key : { [name]: key }
}
