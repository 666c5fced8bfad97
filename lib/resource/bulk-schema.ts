import { Type, type TSchema } from '@sinclair/typebox'
import { expectedOf, inputSchema } from './field-schema.js'
import { itemSchema, rowSchema, type ItemMode } from './item-schema.js'
import type { Resource } from './resource.js'

/** What OpenAPI tells of one route. The bodies are checked item by item in code, which names every fault. */
export interface RouteDescription {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly headers?: TSchema
  readonly querystring?: TSchema
  readonly body?: TSchema
  readonly response: Readonly<Record<string, TSchema>>
}

const preferHeader = Type.Object({
  prefer: Type.Optional(Type.String({ description: 'RFC 7240: `return=minimal` answers with counts instead of rows', examples: ['return=minimal'] }))
})

const minimal = Type.Object({
  message: Type.String(),
  count: Type.Integer(),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  serialization_skipped: Type.Literal(true)
}, { description: 'With `Prefer: return=minimal`' })

/** The writing routes of a collection, by HTTP method. */
export function writeDescription (resource: Resource, method: 'POST' | 'PUT' | 'PATCH'): RouteDescription {
  const { plural, maxItems } = resource
  const row = rowSchema(resource)
  const list = Type.Array(row, { description: 'In the order of the request' })
  const legal = resource.uniques.map(unique => unique.fields.join(','))
  const [verb, mode] = described[method]
  const bodies: TSchema[] = [
    Type.Array(itemSchema(resource, mode), { maxItems }),
    Type.Array(itemSchema(resource, 'upsert'), { maxItems, description: 'With `unique_fields`' }),
    itemSchema(resource, 'upsert')
  ]
  return {
    operationId: `${verb}${resource.model.name}Collection`,
    summary: `${summaries[method]} ${plural.toLowerCase()}, or upsert them with unique_fields`,
    tags: [plural],
    headers: preferHeader,
    querystring: Type.Object({
      unique_fields: Type.Optional(Type.String({ description: `Upsert by this unique set: ${legal.join(' or ')}`, examples: legal })),
      update_fields: Type.Optional(Type.String({ description: 'Fields to write on rows that exist; default: all that an item names' })),
      include_results: Type.Optional(Type.Boolean({ description: '`false` is the same as `Prefer: return=minimal`' }))
    }, { additionalProperties: false }),
    body: Type.Union(method === 'POST' ? [itemSchema(resource, 'create'), ...bodies] : bodies),
    response: {
      200: Type.Union([list, row, minimal]),
      ...(method === 'POST' ? { 201: Type.Union([row, list, minimal]) } : {}),
      '4xx': Type.Unknown()
    }
  }
}

const described: { readonly [method in 'POST' | 'PUT' | 'PATCH']: readonly [verb: string, mode: ItemMode] } = {
  POST: ['create', 'create'],
  PUT: ['replace', 'replace'],
  PATCH: ['update', 'update']
}

const summaries: { readonly [method in 'POST' | 'PUT' | 'PATCH']: string } = { POST: 'Create', PUT: 'Replace', PATCH: 'Update' }

/** The deleting route of a collection. */
export function deleteDescription (resource: Resource): RouteDescription {
  const { model, plural, maxItems } = resource
  const fields = model.primaryKey.fields.map(name => model.ownField(name))
  const [only] = fields
  const id = fields.length === 1 && only !== undefined
    ? { ...inputSchema(model, only), description: expectedOf(model, only) }
    : Type.Object(Object.fromEntries(fields.map(field => [field.name, inputSchema(model, field)])))
  const ids = Type.Array(id, { maxItems })
  return {
    operationId: `delete${model.name}Collection`,
    summary: `Delete ${plural.toLowerCase()} by id`,
    tags: [plural],
    headers: preferHeader,
    querystring: Type.Object({ ids: Type.Optional(Type.String({ description: 'Comma-separated, instead of a body' })) }, { additionalProperties: false }),
    body: Type.Union([ids, Type.Object({ ids })]),
    response: {
      200: Type.Object({
        requested_count: Type.Integer(),
        count: Type.Integer(),
        missing_ids: ids,
        missing_count: Type.Integer()
      }),
      '4xx': Type.Unknown()
    }
  }
}
