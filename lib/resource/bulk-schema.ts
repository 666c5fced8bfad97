import { Type, type TSchema } from '@sinclair/typebox'
import { jsonType } from '../http/accept.js'
import type { BulkAction } from './actions.js'
import type { WriteMethod } from './bulk-request.js'
import { inputSchema } from './field-schema.js'
import { itemSchema, rowSchema, type ItemMode } from './item-schema.js'
import type { Resource } from './resource.js'

/** What OpenAPI tells of one route. The bodies are checked item by item in code, which names every fault. */
export interface RouteDescription {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly consumes: readonly string[]
  readonly headers: TSchema
  readonly querystring: TSchema
  readonly body: TSchema
  readonly response: Readonly<Record<string, object>>
}

const headers = Type.Object({
  prefer: Type.Optional(Type.String({ description: 'RFC 7240: `return=minimal` answers with counts instead of rows', examples: ['return=minimal'] }))
})

const includeResults = Type.Optional(Type.Boolean({ description: '`false` asks for what `Prefer: return=minimal` asks for', default: true }))

function counted (counts: readonly string[]): TSchema {
  return Type.Object({
    message: Type.String(),
    ...Object.fromEntries(counts.map(count => [count, Type.Integer()])),
    serialization_skipped: Type.Literal(true)
  }, { description: 'With `Prefer: return=minimal`' })
}

const writeCounts = counted(['count', 'created', 'updated', 'unchanged'])

const verbs: { readonly [method in WriteMethod]: { readonly verb: string, readonly mode: 'create' | 'replace' | 'update', readonly upsert: ItemMode } } = {
  POST: { verb: 'create', mode: 'create', upsert: 'upsert' },
  PUT: { verb: 'replace', mode: 'replace', upsert: 'upsertWhole' },
  PATCH: { verb: 'update', mode: 'update', upsert: 'upsert' }
}

/**
 * The writing routes of a collection, by HTTP method.
 *
 * @param error the body of errors
 */
export function writeDescription (resource: Resource, method: WriteMethod, error: object): RouteDescription {
  const { plural, uniques } = resource
  const { verb, mode, upsert } = verbs[method]
  const row = rowSchema(resource)
  const list = Type.Array(row, { description: 'In the order of the request' })
  const legal = uniques.map(unique => unique.fields.join(','))
  // Which fields of an upsert are required depends on unique_fields; a single set is known beforehand.
  const keys = uniques.length === 1 ? uniques[0]!.fields : []
  const single = itemSchema(resource, upsert, keys)
  const upserts = uniques.length === 0 ? [] : [listOf(resource, single, 'With `unique_fields`: upsert'), { ...single, description: 'With `unique_fields`: upsert one' }]
  const items = [listOf(resource, itemSchema(resource, mode, idsOf(resource, mode)))]
  const creations = method === 'POST' ? [{ ...itemSchema(resource, 'create', []), description: 'Create one' }] : []
  return {
    operationId: `${verb}${pascal(resource.plural)}`,
    summary: `${capital(verb)} ${uncapital(plural)}${uniques.length === 0 ? '' : ', or upsert them with unique_fields'}`,
    tags: [plural],
    consumes: [jsonType],
    headers,
    querystring: Type.Object({
      ...(legal.length === 0
        ? {}
        : {
            unique_fields: Type.Optional(Type.String({ enum: legal, description: 'Upsert by this unique set' })),
            update_fields: Type.Optional(Type.String({ description: 'Fields to write on rows that exist, comma-separated; default: all that an item names' }))
          }),
      include_results: includeResults
    }, { additionalProperties: false }),
    body: unionOf([...creations, ...items, ...upserts]),
    response: {
      ...(method === 'POST' ? { 201: answerOf([row, list, writeCounts], 'Created') } : {}),
      ...(method === 'POST' && upserts.length === 0 ? {} : { 200: answerOf([list, ...(upserts.length === 0 ? [] : [row]), writeCounts], 'Written') }),
      ...(method !== 'POST' && upserts.length > 0 ? { 201: answerOf([row, writeCounts], 'Created by the upsert of one') } : {}),
      ...errors(error, [400, 404, 409])
    }
  }
}

/** The route of one writing action of a collection. */
export function namedDescription (resource: Resource, method: WriteMethod, action: BulkAction, error: object): RouteDescription {
  const { plural } = resource
  const { verb, mode } = verbs[method]
  const list = Type.Array(rowSchema(resource), { description: 'In the order of the request' })
  return {
    operationId: `${action}${pascal(plural)}`,
    summary: `${capital(verb)} many ${uncapital(plural)}`,
    tags: [plural],
    consumes: [jsonType],
    headers,
    querystring: Type.Object({ include_results: includeResults }, { additionalProperties: false }),
    body: listOf(resource, itemSchema(resource, mode, idsOf(resource, mode))),
    response: {
      [method === 'POST' ? 201 : 200]: answerOf([list, writeCounts], method === 'POST' ? 'Created' : 'Written'),
      ...errors(error, [400, 404, 409])
    }
  }
}

/** The deleting route of a collection, under its own name or that of the action. */
export function deleteDescription (resource: Resource, error: object, action?: BulkAction): RouteDescription {
  const { model, plural, maxItems } = resource
  const fields = model.primaryKey.fields.map(name => model.ownField(name))
  const [only] = fields
  const id = fields.length === 1 ? inputSchema(model, only!) : Type.Object(Object.fromEntries(fields.map(field => [field.name, inputSchema(model, field)])), { additionalProperties: false })
  const ids = Type.Array(id, { maxItems })
  const summary = { requested_count: Type.Integer(), count: Type.Integer(), missing_ids: Type.Array(id), missing_count: Type.Integer() }
  return {
    operationId: `${action ?? 'delete'}${pascal(plural)}`,
    summary: `Delete ${uncapital(plural)} by their ids`,
    tags: [plural],
    consumes: [jsonType],
    headers,
    querystring: Type.Object({ ids: Type.Optional(Type.String({ description: 'Comma-separated, instead of a body' })) }, { additionalProperties: false }),
    body: unionOf([ids, Type.Object({ ids }, { additionalProperties: false })]),
    response: {
      200: answerOf([Type.Object(summary), counted(['requested_count', 'count', 'missing_count'])], 'Deleted, those that existed'),
      ...errors(error, [400, 409])
    }
  }
}

function idsOf ({ model }: Resource, mode: ItemMode): readonly string[] {
  return mode === 'create' ? [] : model.primaryKey.fields
}

function listOf ({ maxItems, allowEmpty }: Resource, item: TSchema, description?: string): TSchema {
  return Type.Array(item, { minItems: allowEmpty ? 0 : 1, maxItems, ...(description === undefined ? {} : { description }) })
}

function unionOf (schemas: readonly TSchema[]): TSchema {
  return schemas.length === 1 ? schemas[0]! : Type.Union([...schemas])
}

function answerOf (schemas: readonly TSchema[], description: string): TSchema {
  return { ...unionOf(schemas), description }
}

const reasons = {
  400: 'Some item, parameter or the body is not valid; nothing was written',
  404: 'Some id has no row; nothing was written',
  409: 'A unique value is taken, a version is stale, or other rows refer to one; nothing was written',
  413: 'Too many items, or too many bytes',
  415: 'The body is not JSON',
  503: 'The database is away: send the request again after `Retry-After` seconds'
} as const

function errors (error: object, statuses: readonly (keyof typeof reasons)[]): Record<string, object> {
  return Object.fromEntries(([...statuses, 413, 415, 503] as const).map(status => [status, { ...error, description: reasons[status] }]))
}

/** `LineItems` from "Line items". */
function pascal (name: string): string {
  return name.split(/[^A-Za-z0-9]+/).map(capital).join('')
}

function capital (word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** In the middle of a sentence; an acronym stays. */
function uncapital (words: string): string {
  return /^[A-Z](?![A-Z])/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words
}
