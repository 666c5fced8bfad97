import { Type, type TObject, type TSchema } from '@sinclair/typebox'
import type { FieldMeta } from '../model/meta.js'
import { inputSchema, outputSchema } from './field-schema.js'
import type { Resource } from './resource.js'

/**
 * `create`: all that only the client can give is required. `update`: the key, and anything else. `replace`: the key and
 * all that is required. `upsert`: the unique set; what else a new row needs is known once it turns out to be new.
 */
export type ItemMode = 'create' | 'update' | 'replace' | 'upsert'

/** The JSON of an item that a client sends. Fields that it may send back but not write are listed as read-only. */
export function itemSchema (resource: Resource, mode: ItemMode): TObject {
  const { model } = resource
  const keys = mode === 'update' || mode === 'replace' ? model.primaryKey.fields : []
  const properties: Record<string, TSchema> = {}
  for (const field of resource.shown) {
    const isKey = keys.includes(field.name)
    const isTaken = isKey || resource.writable.has(field.name) || (field.name === resource.version && mode !== 'create')
    const isRequired = isKey || ((mode === 'create' || mode === 'replace') && isRequiredField(resource, field))
    const schema = isTaken ? inputSchema(model, field) : Type.Unknown({ readOnly: true, description: 'Ignored' })
    properties[field.name] = isRequired ? schema : Type.Optional(schema)
  }
  for (const [name, { key }] of resource.relations) {
    properties[name] = Type.Optional({ ...inputSchema(model, key), description: `The same as ${key.name}` })
    if (key.required) properties[key.name] = Type.Optional(properties[key.name] ?? Type.Unknown())
  }
  return Type.Object(properties, { additionalProperties: false })
}

/** True when only the client can give the value of a new row. */
export function isRequiredField (resource: Resource, field: FieldMeta): boolean {
  return resource.writable.has(field.name) && field.required && !field.list && field.default === null
}

/** The JSON of a row in an answer. */
export function rowSchema (resource: Resource): TObject {
  return Type.Object(Object.fromEntries(resource.shown.map(field => [field.name, outputSchema(resource.model, field)])))
}
