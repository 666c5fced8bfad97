import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { envelope } from 'fastify-prisma-commons/envelope'
import { defineResource, importPlugin } from 'fastify-prisma-commons/import'
import type { ImportOptions, ResourceOptions } from 'fastify-prisma-commons/import'
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
export async function importServer (
  t: Lifetime,
  { client }: BulkDatabase,
  options: ResourceOptions,
  prepare?: (app: FastifyInstance) => void | PromiseLike<void>
): Promise<ImportServer> {
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
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
  )
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="f"\r\ncontent-type: ` +
      'application/octet-stream\r\n\r\n'
  )
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

/** What an import answers, of what tests look at. */
export interface ImportOutcome {
  readonly status: number
  readonly message: string
  readonly details: readonly string[]
  readonly created: number | undefined
  /** `row: column message` of each failed row. */
  readonly failed: readonly string[]
  readonly failuresUrl: string | undefined
}

export interface SpecimenServer {
  /** Imports a file. */
  readonly send: (file: string | Buffer, fields?: Readonly<Record<string, string>>) => Promise<ImportOutcome>
  /** The file of the failed rows of an import. */
  readonly failures: (outcome: ImportOutcome) => Promise<Buffer>
  /** The stored values of columns in the order of the codes, as text; the rows are removed. */
  readonly take: (...columns: readonly string[]) => Promise<readonly unknown[][]>
}

/** A server that imports specimens by their codes. */
export async function specimenServer (
  t: Lifetime,
  database: BulkDatabase,
  fields: readonly string[],
  options: ImportOptions = {}
): Promise<SpecimenServer> {
  const { app, send } = await importServer(t, database, {
    model: 'Specimen',
    import: { fields: ['code', ...fields], uniqueFields: ['code'], ...options }
  })
  const outcome = async (
    file: string | Buffer,
    more: Readonly<Record<string, string>> = {}
  ): Promise<ImportOutcome> => {
    const { status, body } = await send(file, { append_data: 'true', ...more })
    const {
      message,
      details = [],
      data
    } = body as unknown as { message: string; details?: { message: string }[]; data?: ImportData }
    return {
      status,
      message,
      details: details.map(({ message }) => message),
      created: data?.import_summary?.created,
      failed:
        data?.failed_rows?.map(
          ({ row_number: row, errors }) =>
            `${row}: ` +
            `${errors.map(({ column, message }) => (column === undefined ? message : `${column} ${message}`)).join('; ')}`
        ) ?? [],
      failuresUrl: data?.failed_rows_url
    }
  }
  return {
    send: outcome,
    failures: async ({ failuresUrl }) => (await app.inject(failuresUrl!)).rawPayload,
    async take (...columns) {
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${columns.map(column => `"${column}"::text AS "${column}"`).join(', ')} FROM specimens ORDER BY specimen_code`
      )
      await database.query('DELETE FROM specimens')
      return rows.map(row => columns.map(column => row[column]))
    }
  }
}

interface ImportData {
  readonly import_summary?: { readonly created: number }
  readonly failed_rows?: readonly {
    readonly row_number: number
    readonly errors: readonly { readonly column?: string; readonly message: string }[]
  }[]
  readonly failed_rows_url?: string
}
