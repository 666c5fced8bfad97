import { Type } from '@sinclair/typebox'
import { jsonType } from '../../../http/accept.js'
import { clientFields } from '../../../items/shape/ids.js'
import { uncapital } from '../../../text/capital.js'
import { inputSchema } from '../../../values/field-schema.js'
import type { Resource } from '../../definition/resource.js'
import type { RowAction } from '../../definition/row-action.js'
import { bulkOf } from '../../write/bulk-options.js'
import { changingHeaders, conditionErrors } from './condition-schema.js'
import { idempotencyErrors, listModeQuery, multiStatus, writeHeaders } from './mode-schema.js'
import { answerOf, collectionOperation, counted, errorsOf, unionOf, type RouteDescription } from './route-schema.js'

/** The routes of a collection that name rows by their ids. */
export function selectionDescription (
  resource: Resource,
  action: RowAction,
  url: string,
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
  return {
    operationId: collectionOperation(resource, url === '/' ? 'delete' : action.name),
    summary: `${action.verb} ${uncapital(plural)} by their ids`,
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
                  description: 'Name the rows by this unique constraint, in the body'
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
      200: answerOf(
        [Type.Object(summary), counted(['requested_count', 'count', 'missing_count'])],
        action.description
      ),
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
