import type { DefaultValue, FieldMeta } from './meta.js'

/** The declared literal default of a field as a value of the field; undefined when it has none. */
export function defaultValue (field: FieldMeta): unknown {
  if (field.default?.kind !== 'value') return undefined
  const { value } = field.default
  return Array.isArray(value) ? value.map(element => literal(field, element as DefaultValue)) : literal(field, value)
}

/** A schema writes JSON and bytes as text. */
function literal (field: FieldMeta, value: DefaultValue): unknown {
  switch (field.type) {
    case 'Json':
      return JSON.parse(String(value)) as unknown
    case 'Bytes':
      return Buffer.from(String(value), 'base64')
    default:
      return value
  }
}
