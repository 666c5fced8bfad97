import { bulkOf } from '../../write/bulk-options.js'
import { Type, type TSchema } from '@sinclair/typebox'
import { jsonType } from '../../../http/accept.js'
import type { Resource } from '../../definition/resource.js'
import type { RouteDescription } from './route-schema.js'

export const csvType = 'text/csv'
export const formType = 'multipart/form-data'

const file = 'A CSV file: the first row has the names of the fields, each further row is an item'

const fileSchema = (description: string): TSchema =>
  Type.Unsafe<string>({ type: 'string', contentMediaType: csvType, description })

/**
 * The description of a route that takes lists of items, with the CSV files that it takes in their place; as it is where
 * the resource takes none.
 *
 * @param isUpsert forms may name a unique constraint
 */
export function withCsvBodies (resource: Resource, description: RouteDescription, isUpsert: boolean): RouteDescription {
  const { idempotency } = resource
  if (!bulkOf(resource).csvBodies) return description
  const form = Type.Object(
    {
      file: fileSchema(file),
      ...(isUpsert
        ? {
            unique_fields: Type.Optional(Type.String({ description: 'As the parameter of this name' })),
            update_fields: Type.Optional(Type.String({ description: 'As the parameter of this name' }))
          }
        : {})
    },
    { additionalProperties: false }
  )
  const { body, response } = description
  const unreadable =
    idempotency === null
      ? 'The file cannot be read'
      : 'The file cannot be read, or the `Idempotency-Key` came with another request before'
  return {
    ...description,
    consumes: [jsonType, csvType, formType],
    body: {
      content: { [jsonType]: { schema: body }, [csvType]: { schema: fileSchema(file) }, [formType]: { schema: form } }
    },
    response: {
      ...response,
      415: { ...response['415'], description: 'The body is neither JSON nor a CSV file' },
      422: { ...response['415'], description: `${unreadable}; nothing was written` }
    }
  }
}
