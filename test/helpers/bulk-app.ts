import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import type { ResourceOptions } from 'fastify-prisma-commons/bulk'
import { crud as crudPlugin } from 'fastify-prisma-commons/crud'
import { envelope } from 'fastify-prisma-commons/envelope'
import { commons } from 'fastify-prisma-commons/extension'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import type { PrismaOptions } from 'fastify-prisma-commons/prisma'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from './database.js'
import type { Lifetime, TestDatabase, TestDatabaseOptions } from './database.js'
import { clock, timestamp } from './envelope-app.js'

export interface BulkDatabase extends TestDatabase {
  /** The client of the server, extended: stamps come from the clock that stands still. */
  readonly client: PrismaOptions['client']
  /** The statements that the bulk engine has run; empty it as you like. */
  readonly statements: string[]
}

function extend (prisma: TestDatabase['prisma'], statements: string[]): PrismaOptions['client'] {
  const counting = prisma.$extends({
    query: {
      async $queryRawUnsafe ({ args, query }) {
        statements.push(String(args[0]))
        return query(args)
      }
    }
  })
  return counting.$extends(commons({ metadata, clock }))
}

export async function bulkDatabase (t: Lifetime, options: TestDatabaseOptions = {}): Promise<BulkDatabase> {
  const database = await createDatabase(t, options)
  const statements: string[] = []
  return { ...database, client: extend(database.prisma, statements), statements }
}

export interface ServeOptions {
  /** Default: true. */
  readonly envelope?: boolean
  /** Serve single rows too, by the plugin `crud`. Default: false. */
  readonly crud?: boolean
  readonly server?: FastifyServerOptions
  /** Runs before the resources are registered, for hooks. */
  readonly prepare?: (app: FastifyInstance) => void | PromiseLike<void>
}

/** A server of resources by their prefixes; the client stays the caller's. */
export async function serve (
  t: Lifetime,
  { client }: BulkDatabase,
  resources: Readonly<Record<string, ResourceOptions>>,
  options: ServeOptions = {}
): Promise<FastifyInstance> {
  const { crud = false } = options
  const app = Fastify(options.server)
  t.after(() => app.close())
  if (options.envelope !== false) await app.register(envelope, { clock })
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await options.prepare?.(app)
  for (const [prefix, options] of Object.entries(resources)) {
    const resource = defineResource(options)
    if (crud) await app.register(crudPlugin, { prefix, resource })
    await app.register(bulk, { prefix, resource })
  }
  return app
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>> & { readonly data?: unknown }
}

export type Sender = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>
) => Promise<Answer>

/** Sends requests to a server; a text is sent as the JSON it is. */
export function sender (app: FastifyInstance): Sender {
  return async function send (method, url, body, headers = {}) {
    const hasBody = body !== undefined
    const answer = await app.inject({
      method,
      url,
      headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(hasBody ? { payload: typeof body === 'string' ? body : JSON.stringify(body) } : {})
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? {} : answer.json() }
  }
}

/** A contract as answers show it; what is not said is what a new one gets. */
export function contract (fields: Readonly<Record<string, unknown>>): object {
  return {
    id: 1,
    contractNumber: 'N-1',
    year: 2026,
    externalRef: null,
    amount: '10.00',
    status: 'draft',
    note: null,
    customerId: null,
    version: 1,
    createdAt: timestamp,
    updatedAt: timestamp,
    createdById: null,
    updatedById: null,
    ...fields
  }
}

/** The envelope of a bulk answer. */
export function bulkAnswer (message: string, meta: object, data: unknown): object {
  return { success: true, timestamp, message, data, meta }
}

/** The envelope of a bulk answer that `return=minimal` cuts to its counts. */
export function counts (
  message: string,
  participle: string,
  count: number,
  meta: { readonly created: number; readonly updated: number; readonly unchanged: number }
): object {
  const data = {
    message: `Successfully ${participle} ${count} ${count === 1 ? 'instance' : 'instances'}`,
    count,
    ...meta,
    serialization_skipped: true
  }
  return bulkAnswer(message, meta, data)
}

export interface Finding {
  readonly code: string
  readonly message: string
  readonly index?: number
  readonly field?: string
  readonly params?: object
  /** Default: what index and field say. */
  readonly pointer?: string
}

/** The envelope of an error about items, from its findings. */
export function refused (code: string, message: string, findings: readonly Finding[]): object {
  const errors: Record<string, Record<string, unknown>> = {}
  for (const { index, field = 'non_field_errors', message } of findings) {
    const map = index === undefined ? errors : (errors[index] ??= {})
    const messages = (map[field] ??= []) as string[]
    messages.push(message)
  }
  const details = findings.map(({ code, message, index, field, params, pointer }) => ({
    code,
    pointer:
      pointer ??
      [index, field]
        .filter(step => step !== undefined)
        .map(step => `/${step}`)
        .join(''),
    message,
    ...(index === undefined ? {} : { index }),
    ...(params === undefined ? {} : { params })
  }))
  return { success: false, timestamp, message, code, errors, details, data: null }
}
