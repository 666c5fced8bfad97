import { describeReply } from '../envelope/describe.js'
import { entityTagOf } from '../http/entity-tag.js'
import { appliedHeader, parsePrefer } from '../http/prefer.js'
import type { ResourceAction } from './actions.js'
import type { Resource } from './resource.js'

/** What of a request the routes of resources read; Fastify's has it. */
export interface RouteRequest {
  action: ResourceAction | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What of a reply the routes of resources write; Fastify's has it. */
export interface RouteReply {
  getHeader (name: string): unknown
  header (name: string, value: string | undefined): unknown
  code (status: number): unknown
}

/** What a request is answered with, in whatever envelope. */
export interface Answer {
  readonly status: number
  readonly message: string
  readonly data: unknown
  readonly meta?: Readonly<Record<string, unknown>>
}

/** The preference of a request for rows or for counts. */
export function returnPreference ({ headers }: Pick<RouteRequest, 'headers'>): string | undefined {
  return parsePrefer(headers['prefer']).get('return')
}

/** True when a write is answered with counts: the request prefers it, or the resource does and the request does not mind. */
export function isMinimalAnswer ({ returnDataOnCreate, returnDataOnUpdate }: Resource, action: ResourceAction, preference: string | undefined): boolean {
  if (preference === 'minimal' || preference === 'representation') return preference === 'minimal'
  return !(action === 'create' || action === 'bulkCreate' ? returnDataOnCreate : returnDataOnUpdate)
}

/** Tells of a preference that was honoured. Only when all is done is that known: an error says nothing of it. */
export function applyPreference (reply: RouteReply, preference: string | undefined, isMinimal: boolean): void {
  const given = isMinimal ? 'minimal' : 'representation'
  if (preference === given) reply.header('preference-applied', appliedHeader([['return', given]]))
}

/** Writes the head of an answer and gives its data. */
export function writeHead (reply: RouteReply, { status, message, data, meta }: Answer): unknown {
  reply.code(status)
  describeReply(reply, meta === undefined ? { message } : { message, meta })
  return data
}

/** Writes the version of the row that an answer is about; rows without one have no tag. */
export function writeTag (reply: RouteReply, version: number | null): void {
  if (version !== null) reply.header('etag', entityTagOf(version))
}

/** What stands in the place of rows with `return=minimal`. */
export function minimalData (participle: string, counts: { readonly count: number } & Readonly<Record<string, number>>): object {
  const { count } = counts
  return { message: `Successfully ${participle} ${count} ${count === 1 ? 'instance' : 'instances'}`, ...counts, serialization_skipped: true }
}
