import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { envelope } from 'fastify-prisma-commons/envelope'
import { defineResource, importPlugin } from 'fastify-prisma-commons/import'
import type { ResourceOptions } from 'fastify-prisma-commons/import'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import type { Answer, BulkDatabase } from './bulk-app.js'
import type { Lifetime } from './database.js'
import { clock } from './envelope-app.js'

export interface ImportServer {
  readonly app: FastifyInstance
  /** Sends a form with a file; a text is a CSV file. */
  readonly send: (file: string | Buffer, fields?: Readonly<Record<string, string>>, query?: string) => Promise<Answer>
}

/** A server of one resource's import, at `/x`. */
export async function importServer (t: Lifetime, { client }: BulkDatabase, options: ResourceOptions, prepare?: (app: FastifyInstance) => void | PromiseLike<void>): Promise<ImportServer> {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(envelope, { clock })
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await prepare?.(app)
  await app.register(importPlugin, { prefix: '/x', resource: defineResource(options) })
  return {
    app,
    async send (file, fields = { append_data: 'true' }, query = '') {
      const answer = await app.inject({ method: 'POST', url: `/x/import-from-file${query}`, ...form(fields, file) })
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
    }
  }
}

export interface Form {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/** A form with fields and a file behind them. */
export function form (fields: Readonly<Record<string, string>>, file: string | Buffer | null, name = 'file'): Form {
  const boundary = 'commons-boundary'
  const parts = Object.entries(fields).map(([name, value]) => Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`))
  const head = Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="f"\r\ncontent-type: application/octet-stream\r\n\r\n`)
  const whole = file === null ? [] : [head, Buffer.from(file), Buffer.from('\r\n')]
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...parts, ...whole, Buffer.from(`--${boundary}--\r\n`)])
  }
}

/** Lines of CSV. */
export function csv (...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`
}
