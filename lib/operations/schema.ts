import { Type, type TSchema } from '@sinclair/typebox'
import { operationStates } from './operation.js'

const count = Type.Integer({ minimum: 0 })
const nullableTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()])

/** An operation in answers. */
export const statusSchema: TSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  kind: Type.String({ description: 'The action, e.g. bulkUpsert' }),
  state: Type.String({ enum: [...operationStates] }),
  atomic: Type.Boolean({ description: 'All items are written, or none' }),
  total: count,
  processed: count,
  unprocessed: count,
  created: count,
  updated: count,
  unchanged: count,
  deleted: count,
  failed: count,
  percentage: Type.Integer({ minimum: 0, maximum: 100 }),
  rate: Type.Union([Type.Number(), Type.Null()], { description: 'Items a second' }),
  estimated_end: nullableTime,
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  created_at: Type.String({ format: 'date-time' }),
  started_at: nullableTime,
  finished_at: nullableTime,
  expires_at: Type.String({ format: 'date-time' }),
  links: Type.Object({ self: Type.String(), results: Type.String(), events: Type.String() })
})

export const operationListSchema: TSchema = Type.Object({
  results: Type.Array(statusSchema),
  next_cursor: Type.Union([Type.String(), Type.Null()])
})

export const failureListSchema: TSchema = Type.Object({
  results: Type.Array(
    Type.Object({
      index: Type.Integer({ description: '0-based place of the item in the request' }),
      status: Type.Integer({ description: 'The status that a request with this item alone would have' }),
      errors: Type.Array(Type.Object({}, { additionalProperties: true }))
    })
  ),
  next_after: Type.Union([Type.Integer(), Type.Null()])
})
