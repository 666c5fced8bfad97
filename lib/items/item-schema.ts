import { Type, type TObject, type TSchema } from '@sinclair/typebox'
import type { FieldMeta } from '../model/meta.js'
import { relationInput, relationOutput } from './relations/schema.js'
import { inputSchema, outputSchema } from '../values/field-schema.js'
import { ruledSchema } from '../values/rule-schema.js'
import { requiredFields, type ItemMode } from './shape/item-mode.js'
import type { ItemShape, Relation } from './shape/item-shape.js'

/**
 * The JSON of an item that a client sends. Fields that it may send back but not write are listed as read-only.
 *
 * @param keys fields that select the row
 */
export function itemSchema (resource: ItemShape, mode: ItemMode, keys: readonly string[]): TObject {
  const { model } = resource
  const required = new Set([...requiredFields(resource, mode), ...keys])
  const properties: Record<string, TSchema> = {}
  for (const field of new Set([
    ...keys.map(name => model.ownField(name)),
    ...resource.shown,
    ...resource.writable.values()
  ])) {
    const isVersion = field.name === resource.version && mode !== 'create'
    const isTaken = isVersion || keys.includes(field.name) || resource.writable.has(field.name)
    const schema = isTaken
      ? (codedSchema(resource, field) ?? ruledSchema(resource.valueRules.get(field.name), inputSchema(model, field)))
      : { ...(codedSchema(resource, field) ?? outputSchema(model, field)), readOnly: true }
    const hints = resource.writeOnly.has(field.name) ? { writeOnly: true } : {}
    const described = isVersion
      ? { ...schema, description: 'The version that the row must have' }
      : { ...schema, ...hints }
    properties[field.name] =
      required.has(field.name) && !isRelationKey(resource, field) ? described : Type.Optional(described)
  }
  for (const [name, { key }] of resource.relations) {
    properties[name] = Type.Optional({ ...inputSchema(model, key), description: `The same as ${key.name}` })
  }
  for (const relation of resource.related.values()) {
    const nested = (shape: ItemShape): TSchema => nestedSchema(relation, shape, mode)
    const isWritten = relation.write.size > 0
    if (!isWritten && relation.read === null) continue
    properties[relation.name] = Type.Optional(
      isWritten ? relationInput(relation, nested) : { ...relationOutput(relation, rowSchema), readOnly: true }
    )
  }
  for (const { name, schema } of resource.computed) properties[name] = Type.Optional({ ...schema, readOnly: true })
  return Type.Object(properties, { additionalProperties: false })
}

/** The JSON of a field that has a form of its own; undefined where it has none. */
function codedSchema ({ codecs }: ItemShape, field: FieldMeta): TSchema | undefined {
  const codec = codecs.get(field.name)
  if (codec === undefined) return undefined
  return field.required || codec.schema === undefined
    ? (codec.schema ?? Type.Unknown())
    : Type.Union([codec.schema, Type.Null()])
}

/** The JSON of a row within an item: it may have its key, unless it can only be new. */
function nestedSchema ({ kind, id }: Relation, shape: ItemShape, mode: ItemMode): TSchema {
  if (kind === 'children' && mode === 'create') return itemSchema(shape, 'create', [])
  const { required = [], ...schema } = itemSchema(shape, 'nested', [id.name])
  return { ...schema, required: required.filter(name => name !== id.name) }
}

/** Such a field is required under either of two names. */
function isRelationKey ({ relations }: ItemShape, field: FieldMeta): boolean {
  return [...relations.values()].some(({ key }) => key === field)
}

/** The JSON of a row in an answer. */
export function rowSchema (shape: ItemShape): TObject {
  const relations = [...shape.related.values()].filter(({ read }) => read !== null)
  return Type.Object(
    Object.fromEntries([
      ...shape.shown.map(
        field => [field.name, codedSchema(shape, field) ?? outputSchema(shape.model, field)] as const
      ),
      ...relations.map(relation => [relation.name, relationOutput(relation, rowSchema)] as const),
      ...shape.computed.map(({ name, schema }) => [name, schema] as const)
    ])
  )
}
