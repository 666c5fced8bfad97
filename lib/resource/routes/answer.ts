import { describeReply } from '../../envelope/describe.js'
import { entityTagOf } from '../../http/entity-tag.js'
import { appliedHeader } from '../../http/prefer.js'
import type { ActionName } from '../definition/actions.js'
import { currentVersion } from '../write/conditions.js'
import type { Resource } from '../definition/resource.js'

/** What of a request the routes of resources read; Fastify's has it. */
export interface RouteRequest {
  action: ActionName | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly method: string
  readonly socket: { readonly destroyed: boolean }
  /** Path and query. */
  readonly url: string
  readonly query: unknown
  readonly body?: unknown
}

/** What of a reply the routes of resources write; Fastify's has it. */
export interface RouteReply {
  getHeader(name: string): unknown
  header(name: string, value: string | undefined): unknown
  code(status: number): unknown
}

/** What a request is answered with, in whatever envelope. */
export interface Answer {
  readonly status: number
  readonly message: string
  readonly data: unknown
  readonly meta?: Readonly<Record<string, unknown>>
  /** False where some part failed. Default: true. */
  readonly success?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/** True when a resource answers a write with counts where the request does not mind. */
export function isMinimalByDefault ({ returnDataOnCreate, returnDataOnUpdate }: Resource, action: ActionName): boolean {
  return !(action === 'create' || action === 'bulkCreate' ? returnDataOnCreate : returnDataOnUpdate)
}

/** Writes the head of an answer and gives its data; undefined where it has no body. */
export function writeHead (reply: RouteReply, { status, message, data, meta, success, headers = {} }: Answer): unknown {
  reply.code(status)
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
  if (status === 204) return undefined
  describeReply(reply, {
    message,
    ...(meta === undefined ? {} : { meta }),
    ...(success === undefined ? {} : { success })
  })
  return data
}

/** The header that tells which preferences of a request were honoured: only when all is done is that known. */
export function appliedHeaders (
  applied: Iterable<readonly [name: string, value: string]>
): Readonly<Record<string, string>> {
  const value = appliedHeader(applied)
  return value === undefined ? {} : { 'preference-applied': value }
}

/** The header that tells the version of the row in an answer; rows without one have no tag. */
export function tagHeaders (version: number | null): Readonly<Record<string, string>> {
  return version === null ? {} : { etag: entityTagOf(version) }
}

/** Writes the version of the row that an answer is about; rows without one have no tag. */
export function writeTag (reply: RouteReply, version: number | null): void {
  if (version !== null) reply.header('etag', entityTagOf(version))
}

/** Runs a write; the error of a condition tells the version of the row in the header too. */
export async function tagErrors<T> (reply: RouteReply, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    writeTag(reply, currentVersion(error))
    throw error
  }
}

/** What stands in the place of rows with `return=minimal`. */
export function minimalData (
  participle: string,
  counts: { readonly count: number } & Readonly<Record<string, number>>
): object {
  const { count } = counts
  return {
    message: `Successfully ${participle} ${count} ${count === 1 ? 'instance' : 'instances'}`,
    ...counts,
    serialization_skipped: true
  }
}
