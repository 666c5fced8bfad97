import { bulkOf } from '../../write/bulk-options.js'
import { Type, type TProperties, type TSchema } from '@sinclair/typebox'
import { inputSchema } from '../../../values/field-schema.js'
import type { Resource } from '../../definition/resource.js'
import { answerOf, preferHeader } from './route-schema.js'

const dryRun = Type.Optional(
  Type.Boolean({
    default: false,
    description:
      'Do everything, answer, and undo it. Rows that would be new come without the ids that would be generated'
  })
)
const partialSuccess = (isDefault: boolean): TSchema =>
  Type.Optional(
    Type.Boolean({
      default: isDefault,
      description:
        'Write the items that can be written, and answer 207 with what became of each; as `Prefer: handling=lenient`'
    })
  )

/** The query parameters of every write, and below those of a route that takes lists. */
export const modeQuery: TProperties = { dry_run: dryRun }
export function listModeQuery (resource: Resource): TProperties {
  return { partial_success: partialSuccess(bulkOf(resource).partialSuccess), dry_run: dryRun }
}

const lenientPrefer = Type.Optional(
  Type.String({
    description:
      'RFC 7240: `return=minimal` answers with counts instead of rows, `handling=lenient` writes the items that ' +
      'can be written'
  })
)

/** The headers of a write; `isList` where it takes lists. */
export function writeHeaders ({ idempotency }: Resource, isList: boolean, others: TProperties = {}): TSchema {
  const key = Type.String({
    minLength: 1,
    maxLength: 255,
    description:
      "A text of the client's own: a request that comes again with it is not done again, but answered as before"
  })
  return Type.Object({
    prefer: isList ? lenientPrefer : preferHeader,
    ...others,
    ...(idempotency === null ? {} : { 'idempotency-key': idempotency.required ? key : Type.Optional(key) })
  })
}

/** Errors that only resources have which remember their answers. */
export function idempotencyErrors ({ idempotency }: Resource): readonly (422 | 429)[] {
  return idempotency === null ? [] : [422, 429]
}

const detail = Type.Object({
  code: Type.String(),
  pointer: Type.String({ description: 'JSON Pointer into the request body' }),
  message: Type.String(),
  index: Type.Optional(Type.Integer()),
  params: Type.Optional(Type.Object({}, { additionalProperties: true }))
})

/** The answer that tells what became of each item. `row`: what it shows of a row; null where it shows none. */
export function multiStatus (resource: Resource, row: TSchema | null): TSchema {
  const { model } = resource
  const keys = model.primaryKey.fields.map(name => model.ownField(name))
  const id =
    keys.length === 1
      ? inputSchema(model, keys[0]!)
      : Type.Object(Object.fromEntries(keys.map(field => [field.name, inputSchema(model, field)])))
  const count = Type.Integer({ minimum: 0 })
  return answerOf(
    [
      Type.Object({
        results: Type.Array(
          Type.Object({
            index: count,
            status: Type.Integer({ description: 'The status that a request about this item alone would have' }),
            result: Type.String({
              enum: ['created', 'updated', 'unchanged', 'deleted', 'restored', 'skipped', 'failed']
            }),
            id: Type.Optional(row === null ? ({} as TSchema) : id),
            ...(row === null ? {} : { data: Type.Optional(row) }),
            errors: Type.Optional(Type.Array(detail))
          }),
          { description: 'In the order of the request; with `return=minimal` the failed items alone' }
        ),
        summary: Type.Object({
          total: count,
          created: count,
          updated: count,
          unchanged: count,
          deleted: count,
          restored: Type.Optional(count),
          skipped: Type.Optional(count),
          failed: count
        })
      })
    ],
    'With `partial_success=true` or `Prefer: handling=lenient`: what became of each item'
  )
}
