import { listOf } from '../../list/resource-list.js'
import { Type, type TSchema } from '@sinclair/typebox'
import { rowSchema } from '../../../items/item-schema.js'
import type { Resource } from '../../definition/resource.js'
import { answerOf, errorsOf, type RouteDescription } from './route-schema.js'

/** The answers to lists: a page of rows, or an error. */
export function listResponses (
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

export function resultsSchema (resource: Resource): TSchema {
  const row = rowSchema(resource)
  return Type.Array(
    listOf(resource).appendIndexes === null
      ? row
      : Type.Object({ index: Type.Integer({ description: 'From 1' }), ...row.properties })
  )
}

/** The answer to a request by ids. */
export function foundSchema (results: TSchema, description?: string): TSchema {
  const members = {
    count: Type.Integer(),
    results,
    operation_type: Type.Literal('multi_get'),
    missing_ids: Type.Array(Type.Unknown())
  }
  return Type.Object(members, description === undefined ? {} : { description })
}
