import { Type, type TSchema } from '@sinclair/typebox'
import { jsonType, mergePatchType } from '../../../http/accept.js'
import { inputSchema } from '../../../values/field-schema.js'
import { itemSchema, rowSchema } from '../../../items/item-schema.js'
import { deletedParameter, forbidden } from './list-schema.js'
import { idempotencyErrors, modeQuery, writeHeaders } from './mode-schema.js'
import type { Resource } from '../../definition/resource.js'
import { capital, uncapital } from '../../../text/capital.js'
import {
  answerOf,
  counted,
  errorsOf,
  rowOperation,
  taggedOf,
  writeCounts,
  type RouteDescription
} from './route-schema.js'

const ifMatch = 'Entity tags of the versions that the row may have, e.g. `"3"`; `*` takes any'
const tagText = Type.String({ examples: ['"3"'] })

/** The route that reads one row. */
export function retrieveDescription (resource: Resource, error: object): RouteDescription {
  const { singular, version } = resource
  return {
    ...rowDescription(resource, 'retrieve', `Read one ${uncapital(singular)}`),
    querystring: Type.Object(deletedParameter(resource), { additionalProperties: false }),
    ...(version === null
      ? {}
      : {
          headers: Type.Object({
            'if-none-match': Type.Optional({
              ...tagText,
              description: 'Entity tags of versions that are known: 304 if the row has one of them'
            }),
            'if-match': Type.Optional({ ...tagText, description: ifMatch })
          })
        }),
    response: {
      200: taggedOf(resource, answerOf([rowSchema(resource)], 'The row')),
      ...(version === null
        ? {}
        : { 304: taggedOf(resource, Type.Null({ description: 'The row has a version that is known' })) }),
      ...errorsOf(error, [400, ...forbidden(resource), 404, ...failed(resource, [412])])
    }
  }
}

/** The routes that write one row. */
export function updateDescription (resource: Resource, mode: 'update' | 'replace', error: object): RouteDescription {
  return {
    ...rowDescription(resource, mode, `${capital(mode)} one ${uncapital(resource.singular)}`),
    ...writing(resource),
    consumes: mode === 'update' ? [jsonType, mergePatchType] : [jsonType],
    body: bodySchema(resource, mode),
    response: {
      200: taggedOf(resource, answerOf([rowSchema(resource), writeCounts], 'Written, or unchanged')),
      ...errorsOf(error, [400, 404, 409, ...failed(resource, [412, 428]), 413, 415, ...idempotencyErrors(resource)])
    }
  }
}

/** The route that deletes one row. */
export function destroyDescription (resource: Resource, error: object): RouteDescription {
  return {
    ...rowDescription(resource, 'destroy', `Delete one ${uncapital(resource.singular)}`),
    ...writing(resource),
    response: {
      200: answerOf([Type.Null()], 'Deleted'),
      204: Type.Null({ description: 'Deleted, with `Prefer: return=minimal`' }),
      ...errorsOf(error, [400, 404, 409, ...failed(resource, [412, 428]), ...idempotencyErrors(resource)])
    }
  }
}

/** The route that takes the mark of a deleted row away. */
export function restoreDescription (resource: Resource, error: object): RouteDescription {
  return {
    ...rowDescription(resource, 'restore', `Restore one deleted ${uncapital(resource.singular)}`),
    ...writing(resource),
    response: {
      200: taggedOf(
        resource,
        answerOf([rowSchema(resource), counted(['count', 'restored', 'unchanged'])], 'Restored, or not deleted at all')
      ),
      ...errorsOf(error, [400, 404, 409, ...failed(resource, [412, 428]), ...idempotencyErrors(resource)])
    }
  }
}

function rowDescription (
  resource: Resource,
  verb: string,
  summary: string
): Pick<RouteDescription, 'operationId' | 'summary' | 'tags' | 'params'> {
  const { model, plural } = resource
  const fields = model.primaryKey.fields.map(name => model.ownField(name))
  return {
    operationId: rowOperation(resource, verb),
    summary,
    tags: [plural],
    params: Type.Object(
      Object.fromEntries(fields.map(field => [fields.length === 1 ? 'id' : field.name, inputSchema(model, field)]))
    )
  }
}

function writing (resource: Resource): Pick<RouteDescription, 'headers' | 'querystring'> {
  const { requireIfMatch, version } = resource
  const tags = { ...tagText, description: ifMatch }
  return {
    querystring: Type.Object(modeQuery, { additionalProperties: false }),
    headers: writeHeaders(
      resource,
      false,
      version === null ? {} : { 'if-match': requireIfMatch ? tags : Type.Optional(tags) }
    )
  }
}

/** What a body may hold: the fields of an item, of which the path says the key. */
function bodySchema (resource: Resource, mode: 'update' | 'replace'): TSchema {
  const { required = [], ...schema } = itemSchema(resource, mode, [])
  return { ...schema, required: required.filter(name => !resource.model.primaryKey.fields.includes(name)) }
}

/** Errors of conditions; 428 only where one is asked for. */
function failed ({ requireIfMatch }: Resource, statuses: readonly (412 | 428)[]): readonly (412 | 428)[] {
  return statuses.filter(status => status === 412 || requireIfMatch)
}
