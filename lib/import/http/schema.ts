import { Type, type TSchema } from '@sinclair/typebox'
import { formats as fileFormats } from '../../tabular/formats.js'
import { uncapital } from '../../text/capital.js'
import { collectionOperation, errorsOf, type RouteDescription } from '../../resource/routes/schema/route-schema.js'
import type { Resource } from '../../resource/definition/resource.js'
import { importFormats, type ImportFormat } from '../plan/options.js'
import type { ImportPlan } from '../plan/plan.js'
import { templateOrders } from '../template/template-columns.js'

const count = (description: string): TSchema => Type.Integer({ minimum: 0, description })

const finding = Type.Object({
  code: Type.String(),
  column: Type.Optional(Type.String()),
  message: Type.String(),
  params: Type.Optional(Type.Object({}, { additionalProperties: true }))
})

const counts = { created: Type.Integer(), updated: Type.Integer(), unchanged: Type.Integer() }

const summary = Type.Object({
  import_summary: Type.Object({
    total_rows: count('Rows below the header, blank ones left out'),
    ...counts,
    failed: Type.Integer(),
    models: Type.Optional(
      Type.Record(Type.String(), Type.Object(counts), {
        description: 'The same by models, where rows make rows of several'
      })
    )
  }),
  operation: Type.Union([Type.Literal('append'), Type.Literal('replace')]),
  deleted_count: count('Rows that were deleted first'),
  failed_rows: Type.Array(
    Type.Object({
      row_number: Type.Integer({ description: 'As a spreadsheet shows it: the header is row 1' }),
      status: Type.Literal('failed'),
      errors: Type.Array(finding)
    })
  ),
  additional_failures: Type.Optional(count('Failed rows that are not listed')),
  failed_rows_url: Type.Optional(Type.String({ description: 'Where all failed rows can be downloaded for an hour' })),
  ignored_columns: Type.Optional(Type.Array(Type.String())),
  template_url: Type.Optional(Type.String())
})

const preview = Type.Object({
  columns: Type.Array(
    Type.Object({
      header: Type.String(),
      column: Type.Union([Type.String(), Type.Null()]),
      match: Type.Union([
        Type.Literal('exact'),
        Type.Literal('spelling'),
        Type.Literal('guess'),
        Type.Literal('ignored'),
        Type.Null()
      ])
    })
  ),
  missing: Type.Array(Type.String()),
  rows: Type.Array(Type.Object({ row_number: Type.Integer(), cells: Type.Record(Type.String(), Type.Unknown()) }))
})

const form = Type.Object({
  file: Type.Unsafe<unknown>({
    type: 'string',
    contentMediaType: 'application/octet-stream',
    description: 'A CSV file or an XLSX workbook; its first row is the header'
  }),
  append_data: Type.Optional(Type.Boolean({ description: 'Exactly one of this and `replace_data` is true' })),
  replace_data: Type.Optional(
    Type.Boolean({
      description: 'Delete the rows that are there first; nothing changes unless every row can be stored'
    })
  ),
  mapping: Type.Optional(
    Type.String({ description: 'JSON: header → column, for headers that are not the names of columns' })
  ),
  sheet: Type.Optional(
    Type.String({
      description: 'Name of the sheet of a workbook. Default: the first visible one that has the columns'
    })
  )
})

/** @param error the JSON Schema of its errors */
export function importDescription (
  resource: Resource,
  { columns, formats, limits }: ImportPlan,
  error: object
): RouteDescription {
  const names = columns.map(({ name, required }) => (required ? `**${name}**` : name)).join(', ')
  return {
    operationId: collectionOperation(resource, 'import'),
    summary: `Import ${resource.plural} from a file`,
    description:
      `Takes ${formats.join(' and ')} of at most ${limits.rows} rows. Columns, those that must be there ` +
      `in bold: ${names}.`,
    tags: [resource.plural],
    consumes: ['multipart/form-data'],
    querystring: Type.Object({
      dry_run: Type.Optional(Type.Boolean({ description: 'Tell what would become of the rows, and store nothing' })),
      preview: Type.Optional(
        Type.Boolean({ description: 'Show the first rows and what the columns are taken for, and import nothing' })
      )
    }),
    body: form,
    response: {
      200: { ...Type.Union([summary, preview]), description: 'A dry run, or a preview' },
      201: { ...summary, description: 'All rows are stored' },
      207: { ...summary, description: 'Some rows failed; all others are stored' },
      ...errorsOf(error, [400, 413, 415, 422])
    }
  }
}

/** @param error the JSON Schema of its errors */
export function failuresDescription (resource: Resource, error: object): RouteDescription {
  return {
    operationId: collectionOperation(resource, 'failedImportOf'),
    summary: 'Download the failed rows of an import, with the reasons in a further column',
    tags: [resource.plural],
    params: Type.Object({ name: Type.String() }),
    querystring: Type.Object({}),
    response: {
      200: fileAnswer('The failed rows, in the format of the imported file', importFormats),
      ...errorsOf(error, [404])
    }
  }
}

/** @param error the JSON Schema of its errors */
export function templateDescription (resource: Resource, { formats }: ImportPlan, error: object): RouteDescription {
  return {
    operationId: collectionOperation(resource, 'importTemplateOf'),
    summary: `Download an empty file to fill in with ${uncapital(resource.plural)} and import`,
    description:
      'A workbook has headers in red for what is required, lists of what may be chosen, and a sheet that explains ' +
      'the columns.',
    tags: [resource.plural],
    querystring: Type.Object({
      format: Type.Optional(
        Type.Unsafe({
          type: 'string',
          enum: formats,
          description: 'Default: a workbook where the server can write one'
        })
      ),
      include_examples: Type.Optional(
        Type.Boolean({ default: false, description: 'With three rows of values that can be imported' })
      ),
      order_by: Type.Optional(
        Type.Unsafe({
          type: 'string',
          enum: templateOrders,
          default: templateOrders[0],
          description: 'Order of the columns; `config` is that of the server'
        })
      )
    }),
    response: {
      200: fileAnswer('The template', formats),
      ...errorsOf(error, [400])
    }
  }
}

function fileAnswer (description: string, formats: readonly ImportFormat[]): object {
  const types = formats.map(format => fileFormats[format].mediaType.split(';')[0]!)
  return {
    description,
    content: Object.fromEntries(types.map(type => [type, { schema: { type: 'string', contentMediaType: type } }]))
  }
}
