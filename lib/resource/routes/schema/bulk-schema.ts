import { bulkOf } from '../../write/bulk-options.js'
import { Type, type TSchema } from '@sinclair/typebox'
import { jsonType } from '../../../http/accept.js'
import type { BulkAction, WriteMethod } from '../../definition/actions.js'
import { changingHeaders, conditionErrors, creatingHeaders } from './condition-schema.js'
import { withCsvBodies } from './csv-schema.js'
import { clientFields } from '../../../items/shape/ids.js'
import { itemSchema, rowSchema } from '../../../items/item-schema.js'
import type { ItemMode } from '../../../items/shape/item-mode.js'
import { idempotencyErrors, listModeQuery, modeQuery, multiStatus, writeHeaders } from './mode-schema.js'
import type { Resource } from '../../definition/resource.js'
import { capital, uncapital } from '../../../text/capital.js'
import {
  answerOf,
  collectionOperation,
  errorsOf,
  taggedOf,
  unionOf,
  writeCounts,
  type RouteDescription
} from './route-schema.js'

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
              unique_fields: Type.Optional(
                Type.String({ enum: legal, description: 'Upsert by this unique constraint' })
              ),
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
