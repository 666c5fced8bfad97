import { capital } from '../../../text/capital.js'
import { Type, type TSchema } from '@sinclair/typebox'
import type { Resource } from '../../definition/resource.js'

/** What OpenAPI tells of one route. What a request holds is checked in code, which names every fault. */
export interface RouteDescription {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly consumes?: readonly string[]
  readonly params?: TSchema
  readonly headers?: TSchema
  readonly querystring: TSchema
  /** The JSON Schema of a body, or those of its media types. */
  readonly body?: TSchema | { readonly content: Readonly<Record<string, { readonly schema: object | undefined }>> }
  readonly response: Readonly<Record<string, object>>
}

export const preferHeader = Type.Optional(
  Type.String({
    description: 'RFC 7240: `return=minimal` answers with counts instead of rows'
  })
)

/** The counts that stand in the place of rows. */
export function counted (counts: readonly string[]): TSchema {
  return Type.Object(
    {
      message: Type.String(),
      ...Object.fromEntries(counts.map(count => [count, Type.Integer()])),
      serialization_skipped: Type.Literal(true)
    },
    { description: 'With `Prefer: return=minimal`' }
  )
}

export const writeCounts = counted(['count', 'created', 'updated', 'unchanged'])

/** The header that tells the version of the row in an answer. */
export const tagHeader = {
  ETag: { type: 'string', description: 'The version of the row in quotes; only where the answer is one row' }
}

export function unionOf (schemas: readonly TSchema[]): TSchema {
  return schemas.length === 1 ? schemas[0]! : Type.Union([...schemas])
}

export function answerOf (schemas: readonly TSchema[], description: string): TSchema {
  return { ...unionOf(schemas), description }
}

/** An answer that may be one row; on models without a version it has no tag. */
export function taggedOf ({ version }: Pick<Resource, 'version'>, schema: TSchema): object {
  return version === null ? schema : { ...schema, headers: tagHeader }
}

const reasons = {
  400: 'Some item, parameter, header or the body is not valid; nothing was written',
  401: 'Nobody is asking; the rows belong to somebody',
  403: 'Not allowed',
  404: 'Some id has no row; nothing was written',
  409: 'A unique value is taken, a version is stale, or other rows refer to one; nothing was written',
  412: 'The row is not what a condition of the request asks for; nothing was written',
  413: 'Too many items, or too many bytes',
  415: 'The body is not JSON',
  422: 'The `Idempotency-Key` came with another request before; nothing was written',
  428: 'The request needs the header `If-Match`; nothing was written',
  429: 'The actor has as many keys in `Idempotency-Key` as it may have; nothing was written',
  503: 'The database is away: send the request again after `Retry-After` seconds'
} as const

/** @param error the body of errors */
export function errorsOf (error: object, statuses: readonly (keyof typeof reasons)[]): Record<string, object> {
  return Object.fromEntries(
    [...statuses, 503 as const].map(status => [status, { ...error, description: reasons[status] }])
  )
}

/** A description with the errors of the rules that a resource has. */
export function withRuleErrors ({ rules }: Pick<Resource, 'rules'>, description: RouteDescription): RouteDescription {
  const statuses = [
    ...(rules.scope === undefined ? [] : [401 as const]),
    ...(rules.authorize === undefined ? [] : [403 as const])
  ]
  // Every route can find the database away, so that the body of errors is there.
  return statuses.length === 0
    ? description
    : { ...description, response: { ...errorsOf(description.response['503']!, statuses), ...description.response } }
}

/** The name of a route of the collection: `updateLineItems`. */
export function collectionOperation ({ plural }: Pick<Resource, 'plural'>, verb: string): string {
  return verb + pascal(plural)
}

/** The name of a route of one row: `updateLineItem`; `updateOneSeries` where the collection has the same name. */
export function rowOperation ({ singular, plural }: Pick<Resource, 'singular' | 'plural'>, verb: string): string {
  const name = pascal(singular)
  return name === pascal(plural) ? `${verb}One${name}` : verb + name
}

/** `LineItems` from "Line items", in any script. */
function pascal (name: string): string {
  return name
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map(capital)
    .join('')
}
