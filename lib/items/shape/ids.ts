import { isRow } from '../../store/core/columns.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { coerceId } from '../../values/coerce-id.js'
import { InvalidValue, valueReader } from '../../values/value-reader.js'

interface OfModel {
  readonly model: Model
}

/** The key of one row, field → value. */
export type RowKey = Readonly<Record<string, unknown>>

/**
 * Reads the id of a list of ids: a value of the key field, or for composite keys an object of its fields.
 * What no key can be is a fault.
 */
export function readId ({ model }: OfModel, id: unknown, index: number, itemErrors: ItemErrors): RowKey {
  const { fields } = model.primaryKey
  return readKey(model, fields, fields.length > 1 ? id : { [fields[0]!]: id }, index, itemErrors)
}

/** Reads an object of the fields of a unique constraint. */
export function readKey (
  model: Model,
  fields: readonly string[],
  values: unknown,
  index: number,
  itemErrors: ItemErrors
): RowKey {
  if (!isRow(values)) {
    itemErrors.add('invalid_type', index, undefined, { expected: `an object of ${fields.join(', ')}` })
    return {}
  }
  for (const name of Object.keys(values)) {
    if (!fields.includes(name)) itemErrors.addUnknown(index, name, fields)
  }
  return Object.fromEntries(
    fields.map(name => {
      const field = model.ownField(name)
      const value = Object.hasOwn(values, name)
        ? valueReader(model, field)(coerceId(field, values[name]))
        : new InvalidValue('required')
      if (!(value instanceof InvalidValue)) return [name, value]
      itemErrors.add(value.code, index, name, value.params)
      return [name, null]
    })
  )
}

/** An id as answers show it: the value, or for composite keys the object. */
export function idOf ({ model }: OfModel, key: RowKey): unknown {
  const { fields } = model.primaryKey
  return fields.length === 1 ? key[fields[0]!] : key
}

/** The unique selector of a row by its primary key, as the bulk engine takes it. */
export function selectorOf ({ model }: OfModel, key: RowKey): RowKey {
  return selectorBy(model.primaryKey, key)
}

/** The selector of a row by one of its unique constraints; `row` may hold other fields too. */
export function selectorBy ({ name, fields }: UniqueMeta, row: RowKey): RowKey {
  const key = Object.fromEntries(fields.map(field => [field, row[field]]))
  return fields.length === 1 && name === fields[0] ? key : { [name]: key }
}

/** The fields of a unique constraint that a client names: those of the scope are known. */
export function clientFields (
  { scopeFields }: { readonly scopeFields: readonly string[] },
  { fields }: UniqueMeta
): readonly string[] {
  return fields.filter(field => !scopeFields.includes(field))
}
