import { listOf } from '../../list/resource-list.js'
import { Type, type TSchema } from '@sinclair/typebox'
import type { FieldMeta } from '../../../model/meta.js'
import type { Operator } from '../../../sql/port/filter.js'
import { inputSchema } from '../../../values/field-schema.js'
import { rowSchema } from '../../../items/item-schema.js'
import type { Resource } from '../../definition/resource.js'
import { uncapital } from '../../../text/capital.js'
import { answerOf, collectionOperation, errorsOf, type RouteDescription } from './route-schema.js'
import type { FilterField } from '../../definition/field-path.js'
import { listLimits } from '../../definition/list-limits.js'

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
    response: responses(resource, error, [400, ...forbidden(resource), 404, 413])
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
    response: responses(resource, error, [400, ...forbidden(resource), 404, 413, 415])
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

/** One parameter of a query: what it means the operator says. */
function parameterSchema (field: FilterField, operator: Operator): TSchema {
  if (operator === 'in' || operator === 'nin') return Type.String({ description: 'Values, separated by commas' })
  return valueSchema(field, operator)
}

function conditionSchema (field: FilterField): TSchema {
  const operators = Type.Object(
    Object.fromEntries(
      field.operators.map(operator => [
        operator,
        Type.Optional(
          operator === 'in' || operator === 'nin'
            ? Type.Array(valueSchema(field, operator), { minItems: 1, maxItems: listLimits.values })
            : nullable(valueSchema(field, operator), operator)
        )
      ])
    ),
    { additionalProperties: false }
  )
  return field.operators.includes('equals')
    ? Type.Union([nullable(valueSchema(field, 'equals'), 'equals'), operators])
    : operators
}

function nullable (schema: TSchema, operator: Operator): TSchema {
  return operator !== 'equals' && operator !== 'ne'
    ? schema
    : {
        ...schema,
        type: [schema.type, 'null'].flat(),
        ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {})
      }
}

function valueSchema ({ model, element }: FilterField, operator: Operator): TSchema {
  if (operator === 'isnull') return Type.Boolean()
  if (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') return Type.String()
  const field: FieldMeta = { ...element, required: true }
  return inputSchema(model, field)
}

function responses (
  resource: Resource,
  error: object,
  statuses: Parameters<typeof errorsOf>[1]
): RouteDescription['response'] {
  const link = Type.Unsafe<unknown>({
    type: ['string', 'null'],
    description: 'Path and query of that part of the list'
  })
  const results = resultsSchema(resource)
  return {
    200: answerOf(
      [
        Type.Object(
          { count: Type.Integer({ description: 'Rows on all pages' }), next: link, previous: link, results },
          { description: 'A page' }
        ),
        Type.Object({ next: link, previous: link, results }, { description: 'With `cursor`' }),
        foundSchema(results, 'With `ids`')
      ],
      'Some rows'
    ),
    ...errorsOf(error, statuses)
  }
}

function resultsSchema (resource: Resource): TSchema {
  const row = rowSchema(resource)
  return Type.Array(
    listOf(resource).appendIndexes === null
      ? row
      : Type.Object({ index: Type.Integer({ description: 'From 1' }), ...row.properties })
  )
}

/** The answer to a request by ids. */
function foundSchema (results: TSchema, description?: string): TSchema {
  const members = {
    count: Type.Integer(),
    results,
    operation_type: Type.Literal('multi_get'),
    missing_ids: Type.Array(Type.Unknown())
  }
  return Type.Object(members, description === undefined ? {} : { description })
}
