import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { envelope } from 'fastify-prisma-commons/envelope'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { resource, type ResourceDefinition } from 'fastify-prisma-commons/resource'
import type { BulkDatabase } from './bulk-app.js'
import type { Lifetime } from './database.js'
import { clock } from './envelope-app.js'

export interface FileServerOptions {
  /** Default: true. */
  readonly envelope?: boolean
  readonly server?: FastifyServerOptions
  /** Runs before the resources are registered, for hooks. */
  readonly prepare?: (app: FastifyInstance) => void | PromiseLike<void>
}

/** A server of resources by their prefixes, with all of their routes. */
export async function fileServer (
  t: Lifetime,
  { client }: BulkDatabase,
  resources: Readonly<Record<string, ResourceDefinition>>,
  options: FileServerOptions = {}
): Promise<FastifyInstance> {
  const app = Fastify(options.server)
  t.after(() => app.close())
  if (options.envelope !== false) await app.register(envelope, { clock })
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await options.prepare?.(app)
  for (const [prefix, definition] of Object.entries(resources)) {
    await app.register(resource, { prefix, resource: definition })
  }
  return app
}

export interface Download {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly bytes: Buffer
  readonly text: string
}

export type Downloader = (url: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Download>

/** Asks for files: by GET, with a body by POST. */
export function downloader (app: FastifyInstance): Downloader {
  return async (url, body, headers = {}) => {
    const answer = await app.inject({
      method: body === undefined ? 'GET' : 'POST',
      url,
      headers,
      ...(body === undefined ? {} : { payload: body as object })
    })
    return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload, text: answer.body }
  }
}

/** Status, code and message of a file that is refused. */
export async function refusedFile (download: Downloader, url: string, body?: unknown): Promise<readonly unknown[]> {
  const { status, text } = await download(url, body)
  const { code, message } = JSON.parse(text) as { readonly code: unknown; readonly message: unknown }
  return [status, code, message]
}
