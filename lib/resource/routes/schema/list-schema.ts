import { listOf } from '../../list/resource-list.js'
import { Type, type TSchema } from '@sinclair/typebox'
import type { Resource } from '../../definition/resource.js'
import { uncapital } from '../../../text/capital.js'
import { answerOf, collectionOperation, errorsOf, type RouteDescription } from './route-schema.js'
import { listLimits } from '../../definition/list-limits.js'
import { parameterSchema, conditionSchema } from './filter-schema.js'
import { listResponses, resultsSchema, foundSchema } from './list-results-schema.js'

/** The route of the list. */
export function listDescription (resource: Resource, error: object): RouteDescription {
  const { plural } = resource
  const { filters } = listOf(resource)
  return {
    operationId: collectionOperation(resource, 'list'),
    summary: `List ${uncapital(plural)} page by page`,
    tags: [plural],
    querystring: Type.Object(
      {
        ...pagingSchema(resource),
        ...orderSchema(resource, Type.String({ description: `${orderText(resource)}, separated by commas` })),
        ...searchSchema(resource),
        ids: Type.Optional(
          Type.String({
            description:
              `${idsText(resource)}, separated by commas or as a JSON list. Goes with no other ` +
              'parameter but `deleted`'
          })
        ),
        ...deletedParameter(resource),
        ...Object.fromEntries(
          [...filters.values()].flatMap(field =>
            field.operators.map(operator => [
              operator === 'equals' ? field.name : `${field.name}[${operator}]`,
              Type.Optional(parameterSchema(field, operator))
            ])
          )
        )
      },
      { additionalProperties: false }
    ),
    response: listResponses(resource, error, [400, ...forbidden(resource), 404, 413])
  }
}

/** The route of the list whose filters stand in a body. */
export function queryDescription (resource: Resource, error: object): RouteDescription {
  const { plural } = resource
  const groups = {
    and: Type.Optional(Type.Array(nested, { minItems: 1 })),
    or: Type.Optional(Type.Array(nested, { minItems: 1 })),
    not: Type.Optional(nested)
  }
  const fields = Object.fromEntries(
    [...listOf(resource).filters.values()].map(field => [field.name, Type.Optional(conditionSchema(field))])
  )
  return {
    operationId: collectionOperation(resource, 'query'),
    summary: `List ${uncapital(plural)} by filters in the body`,
    tags: [plural],
    querystring: Type.Object(pagingSchema(resource), {
      additionalProperties: false,
      description: 'As in the body, which it goes before'
    }),
    body: Type.Object(
      {
        filters: Type.Optional(
          Type.Object(
            { ...fields, ...groups },
            { additionalProperties: false, description: `At most ${listLimits.terms} comparisons` }
          )
        ),
        ...orderSchema(
          resource,
          Type.Array(Type.String(), { maxItems: listLimits.ordering, description: orderText(resource) })
        ),
        ...searchSchema(resource),
        ids: Type.Optional(
          Type.Array(Type.Unknown(), {
            maxItems: listOf(resource).maxIds,
            description: `${idsText(resource)}. Goes with no other member but \`deleted\``
          })
        ),
        ...deletedParameter(resource),
        ...pagingSchema(resource)
      },
      { additionalProperties: false }
    ),
    response: listResponses(resource, error, [400, ...forbidden(resource), 404, 413, 415])
  }
}

/** The routes that give rows by their ids; the ids of one by GET have to fit an address. */
export function getManyDescription (resource: Resource, method: 'GET' | 'POST', error: object): RouteDescription {
  const ids = Type.Array(Type.Unknown(), {
    minItems: 1,
    maxItems: listOf(resource).maxIds,
    description: idsText(resource)
  })
  const text = Type.String({ description: `${idsText(resource)}, separated by commas or as a JSON list` })
  return {
    operationId: collectionOperation(resource, method === 'GET' ? 'getMany' : 'postGetMany'),
    summary: `Get many ${uncapital(resource.plural)} by their ids`,
    tags: [resource.plural],
    ...(method === 'GET'
      ? { querystring: Type.Object({ ids: text, ...deletedParameter(resource) }, { additionalProperties: false }) }
      : {
          querystring: Type.Object({}, { additionalProperties: false }),
          body: Type.Union([ids, Type.Object({ ids, ...deletedParameter(resource) }, { additionalProperties: false })])
        }),
    response: {
      200: answerOf([foundSchema(resultsSchema(resource))], 'The rows of the ids'),
      ...errorsOf(error, [400, ...forbidden(resource), 413, ...(method === 'POST' ? [415 as const] : [])])
    }
  }
}

/** A schema that holds itself would need a name in the whole document. */
const nested = Type.Unsafe<unknown>({
  type: 'object',
  description: `Filters as in \`filters\`, at most ${listLimits.depth} levels deep`
})

function pagingSchema (resource: Resource): Record<string, TSchema> {
  const { pageSize, maxPageSize, maxOffset, unpaginated } = listOf(resource)
  const most = `At most ${maxPageSize}; a larger number is taken for that`
  return {
    page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
    page_size: Type.Optional(Type.Integer({ minimum: 1, default: pageSize, description: most })),
    // Without `default`: Swagger UI would send them together with a page, which is refused.
    limit: Type.Optional(
      Type.Integer({ minimum: 1, description: `Instead of a page. Without it: ${pageSize} rows. ${most}` })
    ),
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxOffset,
        description: 'Instead of a page. Without it: from the first row'
      })
    ),
    cursor: Type.Optional(
      Type.String({
        description:
          'In the place of a page: empty for the start of the list, then what `next` and `previous` say. The ' +
          'answer has no count'
      })
    ),
    ...(unpaginated === null
      ? {}
      : {
          paginated: Type.Optional(
            Type.Boolean({
              default: true,
              description: `False: all rows at once, 413 if they are more than ${unpaginated}`
            })
          )
        })
  }
}

function orderSchema (resource: Resource, schema: TSchema): Record<string, TSchema> {
  const { orderings } = listOf(resource)
  return orderings.size === 0 ? {} : { ordering: Type.Optional(schema) }
}

function orderText (resource: Resource): string {
  const { orderings } = listOf(resource)
  return `What to order by, with a minus for descending: ${[...orderings.keys()].join(', ')}`
}

function searchSchema (resource: Resource): Record<string, TSchema> {
  const { search } = listOf(resource)
  if (search.length === 0) return {}
  return {
    search: Type.Optional(
      Type.String({
        maxLength: listLimits.searchLength,
        description: `Words, all of which must stand in ${search.map(({ name }) => name).join(' or ')}`
      })
    )
  }
}

function idsText (resource: Resource): string {
  const { fields } = resource.model.primaryKey
  const { maxIds } = listOf(resource)
  return (
    `Ids of the rows that are wanted${fields.length === 1 ? '' : ` (objects of ${fields.join(', ')})`}, at ` +
    `most ${maxIds}, in the order of the answer`
  )
}

export function deletedParameter ({ isSoftDelete }: Resource): Record<string, TSchema> {
  if (!isSoftDelete) return {}
  return {
    deleted: Type.Optional(
      Type.Unsafe({
        type: 'string',
        enum: ['exclude', 'include', 'only'],
        default: 'exclude',
        description: 'Whether rows that are marked as deleted are shown, to those who may see them'
      })
    )
  }
}

export function forbidden ({ isSoftDelete }: Resource): readonly 403[] {
  return isSoftDelete ? [403] : []
}
