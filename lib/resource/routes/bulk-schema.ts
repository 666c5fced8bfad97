import { bulkOf } from '../write/bulk-options.js'
import { Type, type TProperties, type TSchema } from '@sinclair/typebox'
import { jsonType } from '../../http/accept.js'
import type { BulkAction, SelectAction } from '../definition/actions.js'
import type { WriteMethod } from './bulk-request.js'
import { withCsvBodies } from './csv-schema.js'
import { inputSchema } from '../../values/field-schema.js'
import { clientFields } from '../../items/shape/ids.js'
import { itemSchema, rowSchema } from '../../items/item-schema.js'
import type { ItemMode } from '../../items/shape/item-mode.js'
import { idempotencyErrors, listModeQuery, modeQuery, multiStatus, writeHeaders } from './mode-schema.js'
import type { Resource } from '../definition/resource.js'
import {
  answerOf,
  capital,
  collectionOperation,
  counted,
  errorsOf,
  taggedOf,
  uncapital,
  unionOf,
  writeCounts,
  type RouteDescription
} from './route-schema.js'

/** Of routes that may create rows. */
const creatingHeaders = {
  'if-none-match': Type.Optional(Type.String({ enum: ['*'], description: '412 if one of the rows is there already' }))
}

/** Of routes that change rows which have versions. */
function changingHeaders ({ version }: Resource): TProperties {
  return version === null
    ? {}
    : {
        'if-match': Type.Optional(
          Type.String({ description: '412 unless the one row of the request has this version; with several rows 400' })
        )
      }
}

/** Errors of conditions. */
function conditionErrors (
  { requireIfMatch, version }: Resource,
  mayCreate: boolean,
  mayChange: boolean
): readonly (412 | 428)[] {
  return [
    ...(mayCreate || (mayChange && version !== null) ? [412 as const] : []),
    ...(mayChange && requireIfMatch ? [428 as const] : [])
  ]
}

const includeResults = Type.Optional(
  Type.Boolean({ description: '`false` asks for what `Prefer: return=minimal` asks for', default: true })
)

const verbs: {
  readonly [method in WriteMethod]: {
    readonly verb: string
    readonly mode: 'create' | 'replace' | 'update'
    readonly upsert: ItemMode
    readonly many: BulkAction
  }
} = {
  POST: { verb: 'create', mode: 'create', upsert: 'upsert', many: 'bulkCreate' },
  PUT: { verb: 'replace', mode: 'replace', upsert: 'upsertWhole', many: 'bulkReplace' },
  PATCH: { verb: 'update', mode: 'update', upsert: 'upsert', many: 'bulkUpdate' }
}

/**
 * The writing routes of a collection, by HTTP method.
 *
 * @param error the body of errors
 */
export function writeDescription (resource: Resource, method: WriteMethod, error: object): RouteDescription {
  const { plural, actions } = resource
  const { allowSingular } = bulkOf(resource)
  const { verb, mode, upsert, many } = verbs[method]
  const uniques = actions.has('bulkUpsert') ? resource.uniques : []
  const row = rowSchema(resource)
  const list = Type.Array(row, { description: 'In the order of the request' })
  const legal = uniques.map(unique => clientFields(resource, unique).join(','))
  // Which fields of an upsert are required depends on unique_fields; a single set is known beforehand.
  const keys = uniques.length === 1 ? clientFields(resource, uniques[0]!) : []
  const single = itemSchema(resource, upsert, keys)
  const upserts =
    uniques.length === 0
      ? []
      : [
          itemsSchema(resource, single, 'With `unique_fields`: upsert'),
          ...(allowSingular ? [{ ...single, description: 'With `unique_fields`: upsert one' }] : [])
        ]
  const items = actions.has(many) ? [itemsSchema(resource, itemSchema(resource, mode, idsOf(resource, mode)))] : []
  const mayCreate = method === 'POST' || upserts.length > 0
  const mayChange = method !== 'POST' || upserts.length > 0
  const creations =
    method === 'POST' && allowSingular && actions.has('create')
      ? [{ ...itemSchema(resource, 'create', []), description: 'Create one' }]
      : []
  const takesLists = items.length + upserts.length > 0
  const description: RouteDescription = {
    operationId: collectionOperation(resource, verb),
    summary:
      `${capital(verb)} ` + `${uncapital(plural)}${uniques.length === 0 ? '' : ', or upsert them with unique_fields'}`,
    tags: [plural],
    consumes: [jsonType],
    headers: writeHeaders(resource, true, {
      ...(mayCreate ? creatingHeaders : {}),
      ...(mayChange ? changingHeaders(resource) : {})
    }),
    querystring: Type.Object(
      {
        ...(legal.length === 0
          ? {}
          : {
              unique_fields: Type.Optional(Type.String({ enum: legal, description: 'Upsert by this unique set' })),
              update_fields: Type.Optional(
                Type.String({
                  description: 'Fields to write on rows that exist, comma-separated; default: all that an item names'
                })
              )
            }),
        include_results: includeResults,
        ...(takesLists ? listModeQuery(resource) : modeQuery)
      },
      { additionalProperties: false }
    ),
    body: unionOf([...creations, ...items, ...upserts]),
    response: {
      ...(method === 'POST' ? { 201: taggedOf(resource, answerOf([row, list, writeCounts], 'Created')) } : {}),
      ...(method === 'POST' && upserts.length === 0
        ? {}
        : {
            200:
              upserts.length === 0
                ? answerOf([list, writeCounts], 'Written')
                : taggedOf(resource, answerOf([list, row, writeCounts], 'Written'))
          }),
      ...(method !== 'POST' && upserts.length > 0
        ? { 201: taggedOf(resource, answerOf([row, writeCounts], 'Created by the upsert of one')) }
        : {}),
      ...(takesLists ? { 207: multiStatus(resource, row) } : {}),
      ...errorsOf(error, [
        400,
        404,
        409,
        ...conditionErrors(resource, mayCreate, mayChange),
        413,
        415,
        ...idempotencyErrors(resource)
      ])
    }
  }
  return takesLists ? withCsvBodies(resource, description, upserts.length > 0) : description
}

/** The route of one writing action of a collection. Replacing has two: `PUT /bulk-update` and `PUT /bulk-replace`. */
export function namedDescription (
  resource: Resource,
  { method, url }: { readonly method: WriteMethod; readonly url: string },
  action: BulkAction,
  error: object
): RouteDescription {
  const { plural } = resource
  const { verb, mode } = verbs[method]
  const list = Type.Array(rowSchema(resource), { description: 'In the order of the request' })
  return withCsvBodies(
    resource,
    {
      operationId: collectionOperation(resource, url === '/bulk-replace' ? 'replaceMany' : action),
      summary: `${capital(verb)} many ${uncapital(plural)}`,
      tags: [plural],
      consumes: [jsonType],
      headers: writeHeaders(resource, true, method === 'POST' ? creatingHeaders : changingHeaders(resource)),
      querystring: Type.Object(
        { include_results: includeResults, ...listModeQuery(resource) },
        { additionalProperties: false }
      ),
      body: itemsSchema(resource, itemSchema(resource, mode, idsOf(resource, mode))),
      response: {
        [method === 'POST' ? 201 : 200]: answerOf([list, writeCounts], method === 'POST' ? 'Created' : 'Written'),
        207: multiStatus(resource, rowSchema(resource)),
        ...errorsOf(error, [
          400,
          404,
          409,
          ...conditionErrors(resource, method === 'POST', method !== 'POST'),
          413,
          415,
          ...idempotencyErrors(resource)
        ])
      }
    },
    false
  )
}

const selecting: { readonly [action in SelectAction]: { readonly verb: string; readonly done: string } } = {
  bulkDelete: { verb: 'Delete', done: 'Deleted, those that existed' },
  bulkSoftDelete: {
    verb: 'Mark as deleted',
    done: 'Marked, those that existed; those that were marked before keep their stamp'
  },
  bulkRestore: { verb: 'Restore deleted', done: 'Restored, those that existed' }
}

/** The routes of a collection that name rows by their ids. `isNamed`: the route has the name of its action. */
export function selectionDescription (
  resource: Resource,
  action: SelectAction,
  isNamed: boolean,
  error: object
): RouteDescription {
  const { model, plural, uniques } = resource
  const { maxItems } = bulkOf(resource)
  const fields = model.primaryKey.fields.map(name => model.ownField(name))
  const [only] = fields
  const id =
    fields.length === 1
      ? inputSchema(model, only!)
      : Type.Object(Object.fromEntries(fields.map(field => [field.name, inputSchema(model, field)])), {
        additionalProperties: false
      })
  const ids = Type.Array(id, { maxItems })
  const sets = uniques.map(unique => clientFields(resource, unique))
  const keys = sets.map(names =>
    Type.Object(Object.fromEntries(names.map(name => [name, inputSchema(model, model.ownField(name))])), {
      additionalProperties: false
    })
  )
  const summary = {
    requested_count: Type.Integer(),
    count: Type.Integer(),
    missing_ids: Type.Array(unionOf([id, ...keys])),
    missing_count: Type.Integer()
  }
  const { verb, done } = selecting[action]
  return {
    operationId: collectionOperation(resource, isNamed ? action : 'delete'),
    summary: `${verb} ${uncapital(plural)} by their ids`,
    tags: [plural],
    consumes: [jsonType],
    headers: writeHeaders(resource, true, changingHeaders(resource)),
    querystring: Type.Object(
      {
        ids: Type.Optional(Type.String({ description: 'Comma-separated, instead of a body' })),
        ...(sets.length === 0
          ? {}
          : {
              unique_fields: Type.Optional(
                Type.String({
                  enum: sets.map(names => names.join(',')),
                  description: 'Name the rows by this unique set, in the body'
                })
              )
            }),
        ...listModeQuery(resource)
      },
      { additionalProperties: false }
    ),
    body: unionOf([
      ids,
      Type.Object({ ids }, { additionalProperties: false }),
      ...keys.map(key => Type.Array(key, { maxItems, description: 'With `unique_fields`' }))
    ]),
    response: {
      200: answerOf([Type.Object(summary), counted(['requested_count', 'count', 'missing_count'])], done),
      207: multiStatus(resource, null),
      ...errorsOf(error, [
        400,
        409,
        ...conditionErrors(resource, false, true),
        413,
        415,
        ...idempotencyErrors(resource)
      ])
    }
  }
}

function idsOf ({ model }: Resource, mode: ItemMode): readonly string[] {
  return mode === 'create' ? [] : model.primaryKey.fields
}

function itemsSchema (resource: Resource, item: TSchema, description?: string): TSchema {
  const { maxItems, allowEmpty } = bulkOf(resource)
  return Type.Array(item, {
    minItems: allowEmpty ? 0 : 1,
    maxItems,
    ...(description === undefined ? {} : { description })
  })
}
