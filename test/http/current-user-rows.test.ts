import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { currentActor } from 'fastify-prisma-commons/actor'
import type { Actor } from 'fastify-prisma-commons/actor'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { CommonsError } from 'fastify-prisma-commons/errors'
import type { PrismaClient } from '../../prisma/generated/client/client.js'
import { bulkDatabase, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { prisma, query } = database

const users = new Map<string, Actor>([
  ['Bearer alice', { id: 1 }],
  ['Bearer bob', { id: 2 }]
])

async function authenticate ({ headers: { authorization } }: FastifyRequest): Promise<Actor | null> {
  // As a look-up would: other requests get in between.
  await prisma.$queryRaw`SELECT 1`
  if (authorization === undefined) return null
  const user = users.get(authorization)
  if (user === undefined) throw new CommonsError('unauthorized')
  return user
}

/** What one request is to do, and what has to come of it. */
interface Task {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly token: string | null
  readonly type?: string
  readonly body?: string
  readonly status: number
}

const boundary = 'x-boundary-x'

function form (fields: Readonly<Record<string, string>>): Pick<Task, 'type' | 'body'> {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  )
  const file =
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: ` +
    `text/plain\r\n\r\n${'x'.repeat(70_000)}\r\n`
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}${file}--${boundary}--\r\n` }
}

const json = (body: unknown): Pick<Task, 'type' | 'body'> => ({
  type: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body)
})

/** The nth request: users take turns with nobody, kinds of requests with each other, errors among them. */
function taskOf (n: number): Task {
  const token = ['alice', 'bob', null][n % 3]!
  const code = `${token ?? 'nobody'}-${n}`
  const row = { code, name: 'x' }
  const kinds: readonly Omit<Task, 'token' | 'name'>[] = [
    { method: 'POST', path: '/customers', ...json(row), status: 201 },
    { method: 'POST', path: '/upload', ...form(row), status: 201 },
    { method: 'POST', path: '/customers', ...json([row, { ...row, code: `${code}-b` }]), status: 201 },
    { method: 'POST', path: '/customers', ...json('{"code": '), status: 400 },
    { method: 'POST', path: '/customers?unique_fields=code', ...json(row), status: 201 },
    { method: 'POST', path: '/upload', ...form({ code }), status: 400 },
    { method: 'PATCH', path: `/customers/${1 + (n % 3)}`, ...json({ name: code }), status: 200 },
    { method: 'GET', path: '/customers/999999', status: 404 },
    { method: 'PUT', path: '/customers?unique_fields=code', ...json([row]), status: 200 },
    { method: 'POST', path: '/nowhere', ...form(row), status: 404 },
    { method: 'POST', path: '/customers', ...json(row), status: 401 }
  ]
  const kind = kinds[n % kinds.length]!
  return { ...kind, name: code, token: kind.status === 401 ? 'mallory' : token }
}

async function send (port: number, agent: Agent, { method, path, token, type, body = '' }: Task): Promise<number> {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(type === undefined ? {} : { 'content-type': type })
  }
  const request = httpRequest({ port, host: '127.0.0.1', agent, method, path, headers })
  request.end(body)
  const [response] = (await once(request, 'response')) as [Readable & { statusCode: number }]
  await response.toArray()
  return response.statusCode
}

await t.test(
  'of two hundred interleaved requests over a few sockets each row is stamped with its own user',
  async t => {
    const app = await serve(
      t,
      database,
      { '/customers': { model: 'Customer' } },
      {
        crud: true,
        prepare: async app => {
          await app.register(currentUser, { resolve: authenticate, hook: 'onRequest' })
          await app.register(async scope => {
            await scope.register(multipart)
            scope.post('/upload', async (request, reply) => {
              const fields: Record<string, unknown> = {}
              for await (const part of request.parts()) {
                if (part.type === 'file') await part.toBuffer()
                else fields[part.fieldname] = part.value
              }
              if (fields['name'] === undefined) throw new CommonsError('validation_failed')
              await (app.prisma as unknown as PrismaClient).customer.create({
                data: fields as { code: string; name: string }
              })
              return reply.code(201).send(currentActor())
            })
          })
        }
      }
    )
    await query('TRUNCATE users, customers, contracts RESTART IDENTITY CASCADE')
    await query("INSERT INTO users (name) VALUES ('alice'), ('bob')")
    await query(
      "INSERT INTO customers (code, name, updated_at) VALUES ('first', 'x', now()), ('second', 'x', now()), " +
        "('third', 'x', now())"
    )
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    t.after(async () => agent.destroy())
    let sockets = 0
    app.server.on('connection', () => {
      sockets++
    })

    const tasks = Array.from({ length: 220 }, (_, n) => taskOf(n))
    const statuses = await Promise.all(tasks.map(task => send(port, agent, task)))
    t.strictSame(
      statuses,
      tasks.map(({ status }) => status)
    )
    t.ok(sockets >= 2 && sockets < 100, `${sockets} sockets were used again and again`)

    const ids: Record<string, number | null> = { alice: 1, bob: 2, nobody: null }
    const rows = await query<{ code: string; created: number | null; updated: number | null }>(
      'SELECT code, created_by_id AS created, updated_by_id AS updated FROM customers WHERE id > 3 ORDER BY code'
    )
    const expected = rows.map(({ code }) => ({
      code,
      created: ids[code.split('-')[0]!],
      updated: ids[code.split('-')[0]!]
    }))
    t.strictSame(rows, expected)
    t.strictSame(
      rows.length,
      tasks.filter(({ status, method }) => status < 300 && method !== 'PATCH').length +
        tasks.filter(({ body }) => body?.startsWith('[') && body.includes('-b')).length
    )

    const patched = await query<{ name: string; created: number | null; updated: number | null }>(
      'SELECT name, created_by_id AS created, updated_by_id AS updated FROM customers WHERE id <= 3 ORDER BY id'
    )
    // The first writes by alice, the second by bob, the third by nobody: a third of the requests has a third of the
    // rows.
    t.strictSame(
      patched.map(({ name, created, updated }) => [name.split('-')[0], created, updated]),
      [
        ['alice', null, 1],
        ['bob', null, 2],
        ['nobody', null, null]
      ]
    )
  }
)
