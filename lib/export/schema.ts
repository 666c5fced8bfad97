import { exportOf } from './resource-export.js'
import { Type, type TSchema } from '@sinclair/typebox'
import { listDescription, queryDescription } from '../resource/routes/schema/list-schema.js'
import { pagingParameters } from '../resource/list/paging.js'
import type { Resource } from '../resource/definition/resource.js'
import { uncapital } from '../text/capital.js'
import { collectionOperation, errorsOf, type RouteDescription } from '../resource/routes/schema/route-schema.js'
import { formats } from '../tabular/formats.js'
import { exportLimits } from './limits.js'

/** The route whose query says what the file holds. */
export function exportQueryDescription (resource: Resource, error: object): RouteDescription {
  const { querystring, tags } = listDescription(resource, error)
  return {
    operationId: collectionOperation(resource, 'download'),
    summary: `Download ${uncapital(resource.plural)} as a file`,
    tags,
    querystring: Type.Object(
      {
        file_type: Type.Optional(formatSchema(resource)),
        includes: Type.Optional(Type.String({ description: `${columnsText(resource)}, separated by commas` })),
        ...withoutPaging(querystring)
      },
      { additionalProperties: false }
    ),
    response: responses(resource, error, [400, 403, 413])
  }
}

/** The route whose body says what the file holds, and how it looks. */
export function exportBodyDescription (resource: Resource, error: object): RouteDescription {
  const { body, tags } = queryDescription(resource, error)
  const { querystring } = listDescription(resource, error)
  const looks = Type.Object(
    {
      label: Type.Optional(
        Type.String({ minLength: 1, maxLength: exportLimits.textLength, description: 'The header' })
      ),
      align: Type.Optional(Type.Unsafe({ type: 'string', enum: ['left', 'center', 'right'] })),
      width: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, maximum: exportLimits.width, description: 'In characters' })
      ),
      can_be_common: Type.Optional(Type.Boolean({ description: 'Put a value that all rows share above the table' }))
    },
    { additionalProperties: false }
  )
  return {
    operationId: collectionOperation(resource, 'export'),
    summary: `Export ${uncapital(resource.plural)} as a file`,
    tags,
    querystring: Type.Object(withoutPaging(querystring), {
      additionalProperties: false,
      description: 'Which rows are meant, unless the body says so'
    }),
    body: Type.Object(
      {
        file_type: Type.Optional(formatSchema(resource)),
        includes: Type.Optional(
          Type.Array(Type.String(), {
            minItems: 1,
            maxItems: exportLimits.columns,
            description: columnsText(resource)
          })
        ),
        column_config: Type.Optional(
          Type.Unsafe<unknown>({
            type: 'object',
            additionalProperties: looks,
            description: 'How columns look, by their paths'
          })
        ),
        file_titles: Type.Optional(
          Type.Array(Type.String({ maxLength: exportLimits.textLength }), {
            maxItems: exportLimits.titles,
            description: 'Lines above the table'
          })
        ),
        ...withoutPaging(body as TSchema)
      },
      { additionalProperties: false }
    ),
    response: responses(resource, error, [400, 403, 413, 415])
  }
}

function formatSchema (resource: Resource): TSchema {
  const { formats } = exportOf(resource)
  return Type.Unsafe({ type: 'string', enum: [...formats], default: formats.includes('csv') ? 'csv' : formats[0] })
}

function columnsText (resource: Resource): string {
  return `Columns of the file, in their order: ${[...exportOf(resource).columns.keys()].join(', ')}`
}

/** A file has all rows. */
function withoutPaging ({ properties }: TSchema): Record<string, TSchema> {
  return Object.fromEntries(
    Object.entries(properties as Record<string, TSchema>).filter(([name]) => !pagingParameters.includes(name))
  )
}

function responses (
  resource: Resource,
  error: object,
  statuses: Parameters<typeof errorsOf>[1]
): RouteDescription['response'] {
  const content = Object.fromEntries(
    exportOf(resource).formats.map(name => [
      formats[name].mediaType.split(';')[0]!,
      { schema: { type: 'string', ...(formats[name].isText ? {} : { format: 'binary' }) } }
    ])
  )
  return {
    200: { description: 'The file, with its name in `Content-Disposition`', content },
    ...errorsOf(error, statuses),
    501: { ...error, description: 'Files of this type need a package that the server lacks' }
  }
}
