import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Lifetime, TestDatabase } from '../helpers/database.js'
import { Random } from './random.js'
import { requestTo, type FuzzRequest } from './requests.js'
import type { ServerStart, ServerState } from './server.js'

export interface FuzzOptions {
  readonly requests: number
  readonly seed: number
}

/** What went wrong, and the request that it went wrong with. */
export interface Finding {
  readonly problem: string
  readonly number: number
  readonly request: FuzzRequest
}

export interface FuzzResult {
  readonly findings: readonly Finding[]
  readonly statuses: ReadonlyMap<number, number>
  /** Milliseconds, of all requests. */
  readonly longestStop: number
  /** Bytes by which live objects have grown from the tenth part of the requests to the last. */
  readonly growth: number
}

/** Requests that are sent together, and after which the server is asked how it is. */
const batch = 20
/** Milliseconds that no request may stop the event loop. */
const longestStop = 300
/** How often a request that seems to stop the loop has to do so: a busy machine stops it too. */
const attempts = 3

/** Sends random requests to the example's server in a process of its own. */
export async function fuzz (
  t: Lifetime,
  { connectionString, kind }: Pick<TestDatabase, 'connectionString' | 'kind'>,
  { requests, seed }: FuzzOptions
): Promise<FuzzResult> {
  const child = fork(fileURLToPath(new URL('server.js', import.meta.url)), {
    execArgv: ['--expose-gc'],
    env: { ...process.env, DATABASE_URL: connectionString, FUZZ_DATABASE: kind }
  })
  t.after(async () => {
    child.kill('SIGKILL')
  })
  const [{ url, routes }] = (await once(child, 'message')) as [ServerStart]
  const ask = async (what: 'state' | 'collect'): Promise<ServerState> => {
    child.send(what)
    const [state] = (await once(child, 'message')) as [ServerState]
    return state
  }
  const random = new Random(seed)
  const findings: Finding[] = []
  const statuses = new Map<number, number>()
  let longest = 0
  let early = 0
  for (let start = 0; start < requests && child.exitCode === null; start += batch) {
    const sent: FuzzRequest[] = []
    for (let i = 0; i < Math.min(batch, requests - start); i++) sent.push(await requestTo(random, routes))
    await ask('state')
    await Promise.all(
      sent.map(async (request, i) => {
        const problem = await send(url, request, status => statuses.set(status, (statuses.get(status) ?? 0) + 1))
        if (problem !== null) findings.push({ problem, number: start + i, request })
      })
    )
    const { stop } = await ask('state')
    longest = Math.max(longest, stop)
    if (stop > longestStop) findings.push(...(await culprits(url, sent, start, ask)))
    if (early === 0 && start >= requests / 10) early = (await ask('collect')).heap
  }
  const { heap } = await ask('collect')
  return { findings, statuses, longestStop: longest, growth: heap - early }
}

/** The requests of a batch that stop the loop alone, each time that they are sent. */
async function culprits (
  url: string,
  sent: readonly FuzzRequest[],
  start: number,
  ask: (what: 'state') => Promise<ServerState>
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  for (const [i, request] of sent.entries()) {
    let shortest = Infinity
    for (let attempt = 0; attempt < attempts && shortest > longestStop; attempt++) {
      await ask('state')
      await send(url, request, () => {})
      shortest = Math.min(shortest, (await ask('state')).stop)
    }
    if (shortest > longestStop) {
      found.push({ problem: `the event loop stopped for ${Math.round(shortest)} ms`, number: start + i, request })
    }
  }
  return found
}

/** Sends one request; gives what is wrong with the answer. */
async function send (
  url: string,
  { method, path, headers, body }: FuzzRequest,
  count: (status: number) => void
): Promise<string | null> {
  return await new Promise(resolve => {
    const sent = request(
      url + path,
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
        agent: false,
        timeout: 30_000
      },
      answer => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
        })
        answer.on('error', () => {
          resolve('the answer was cut off')
        })
        answer.on('end', () => {
          count(answer.statusCode!)
          resolve(
            problemOf(
              answer.statusCode!,
              String(answer.headers['content-type'] ?? ''),
              Buffer.concat(chunks).toString()
            )
          )
        })
      }
    )
    sent.on('timeout', () => {
      sent.destroy(new Error('no answer within 30 s'))
    })
    // A server that refuses a body may close the connection before all of it is sent.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EPIPE' || error.code === 'ECONNRESET' ? null : error.message)
    })
    sent.end(body)
  })
}

/** Words of SQL, of stacks and of libraries stand in no answer to a client. */
const internals = /node_modules|\.[jt]s:\d+|\bat [\w.]+ \(|\$queryRaw|PrismaClient|SELECT .* FROM |Invalid `/

function problemOf (status: number, type: string, text: string): string | null {
  if (status >= 500) return `${status}: ${text.slice(0, 300)}`
  if (type.includes('json') && !type.includes('ndjson') && text !== '') {
    try {
      JSON.parse(text)
    } catch {
      return `${status} with a body that is no JSON: ${text.slice(0, 200)}`
    }
  }
  return status >= 400 && internals.test(text) ? `${status} tells internals: ${text.slice(0, 300)}` : null
}
