import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createDatabase } from '../helpers/database.js'
import type { Lifetime } from '../helpers/database.js'

const script = fileURLToPath(import.meta.resolve('../../examples/server.js'))
const { version } = JSON.parse(
  await readFile(new URL(import.meta.resolve('fastify-prisma-commons/package.json')), 'utf8')
) as { version: string }

interface Server {
  child: ChildProcess
  url: string
  line: string
}

/** Starts the server on a free port and waits for the line that tells its address. */
async function startServer (t: Lifetime, env: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: '', COMMONS_DATA: '', HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.after(async () => {
    child.kill('SIGKILL')
  })
  const lines = createInterface({ input: child.stdout })
  return await new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The server ended with ${code} before it listened`)))
    lines.on('line', text => {
      const { msg: line } = JSON.parse(text) as { msg: string }
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
      if (url !== undefined) resolve({ child, url, line })
    })
  })
}

async function stopServer ({ child }: Server): Promise<unknown[]> {
  child.kill('SIGTERM')
  return await once(child, 'exit')
}

/** The answer of a server that is well; its time is anybody's guess. */
function healthy (database: string): object {
  return { success: true, timestamp: 'now', message: 'The server is up', data: { status: 'ok', database, version } }
}

function withoutTime (body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'timestamp' in body ? { ...body, timestamp: 'now' } : body
}

async function get (url: string): Promise<{ status: number; cacheControl: string | null; body: unknown }> {
  const response = await fetch(url)
  return {
    status: response.status,
    cacheControl: response.headers.get('cache-control'),
    body: withoutTime(await response.json())
  }
}

/** A way to the database that tests can block, cut and restore. */
class Gate extends EventEmitter {
  readonly #blocked: Array<() => void> = []
  readonly #sockets = new Set<Socket>()
  readonly #target: URL
  readonly #server = createServer(near => this.#join(near))
  #open = true
  #port = 0

  constructor (connectionString: string) {
    super()
    this.#target = new URL(connectionString)
  }

  async listen (): Promise<string> {
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return Object.assign(new URL(this.#target), { hostname: '127.0.0.1', port: String(this.#port) }).href
  }

  /** Holds back what clients send; `blocked` is emitted when something is. */
  block (): void {
    this.#open = false
  }

  unblock (): void {
    this.#open = true
    for (const send of this.#blocked.splice(0)) send()
  }

  /** Drops all connections and refuses new ones until `listen`. */
  async cut (): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #join (near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname)
    far.pipe(near)
    near.on('data', chunk => {
      if (this.#open) {
        far.write(chunk)
      } else {
        this.#blocked.push(() => far.write(chunk))
        this.emit('blocked')
      }
    })
    for (const [socket, other] of [
      [near, far],
      [far, near]
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }
}

/** Waits until nobody listens at the address any more. */
async function listenerGone (url: string): Promise<void> {
  for (;;) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    try {
      await once(socket, 'connect')
    } catch {
      return
    }
    socket.destroy()
  }
}

await t.test('without settings but memory it serves health and documentation, and ends on SIGTERM', async t => {
  const server = await startServer(t, { COMMONS_DATA: 'memory' })
  const { url, line } = server
  t.strictSame(
    line,
    `The example is at ${url}, its API at ${url}/docs, its health at ${url}/health (database: pglite)`
  )
  t.strictSame(await get(`${url}/health`), { status: 200, cacheControl: 'no-store', body: healthy('pglite') })

  const { status, cacheControl, body } = await get(`${url}/docs/json`)
  const { openapi, info, paths } = body as { openapi: string; info: unknown; paths: Record<string, unknown> }
  t.strictSame(
    { status, cacheControl, openapi, info, health: Object.keys(paths).includes('/health') },
    {
      status: 200,
      cacheControl: 'private, no-cache',
      openapi: '3.1.0',
      info: { title: 'fastify-prisma-commons example', version },
      health: true
    }
  )

  const page = await fetch(`${url}/docs`)
  t.strictSame(
    { status: page.status, type: page.headers.get('content-type') },
    { status: 200, type: 'text/html; charset=utf-8' }
  )
  t.match(await page.text(), /swagger-ui/)
  t.strictSame((await get(`${url}/nothing`)).cacheControl, 'no-store', 'errors are not cached')

  const second = startServer(t, { COMMONS_DATA: 'memory', PORT: new URL(url).port })
  await t.rejects(second, { message: 'The server ended with 1 before it listened' }, 'a port in use is an error')
  t.strictSame(await stopServer(server), [0, null])
})

await t.test('on the server of DATABASE_URL', async t => {
  const database = await createDatabase(t)
  const gate = new Gate(database.connectionString)
  const server = await startServer(t, { DATABASE_URL: await gate.listen() })
  const { url } = server
  const up = { status: 200, cacheControl: 'no-store', body: healthy('postgresql') }

  t.strictSame(await database.prisma.article.count(), 25, 'the database is seeded')

  await gate.cut()
  t.match(await get(`${url}/health`), {
    status: 503,
    cacheControl: 'no-store',
    body: { success: false, code: 'database_unavailable', data: null }
  })
  await gate.listen()
  t.strictSame(await get(`${url}/health`), up, 'it comes back with the database')

  gate.block()
  const blocked = once(gate, 'blocked')
  const answer = get(`${url}/health`)
  await blocked
  const stopped = stopServer(server)
  await listenerGone(url)
  gate.unblock()
  t.strictSame(await answer, up, 'a request that runs at SIGTERM gets its answer')
  t.strictSame(await stopped, [0, null])
  await gate.cut()
})
