import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import pg from 'pg'
import { buildApp } from '../../examples/app.js'
import type { Route } from './requests.js'

/** What the server tells of itself when it is asked. */
export interface ServerState {
  /** The longest stop of its event loop since it was asked last, in milliseconds. */
  readonly stop: number
  /** Bytes of live objects. */
  readonly heap: number
}

export interface ServerStart {
  readonly url: string
  readonly routes: readonly Route[]
}

const routes: Route[] = []
const kind = process.env['FUZZ_DATABASE'] as 'postgresql' | 'pglite'
const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL']!,
  max: kind === 'pglite' ? 1 : 10,
  options: '-c TimeZone=UTC'
})
const app = await buildApp({
  database: { kind, pool, maxWait: 60_000 },
  onRoute: ({ method, url }) => {
    if (url.startsWith('/api')) routes.push(...[method].flat().map(method => ({ method, url })))
  }
})
await app.listen({ port: 0, host: '127.0.0.1' })

const resolution = 10
const delay = monitorEventLoopDelay({ resolution })
delay.enable()
process.on('message', (asked: 'state' | 'collect') => {
  if (asked === 'collect') globalThis.gc?.()
  const state: ServerState = { stop: Math.max(0, delay.max / 1e6 - resolution), heap: process.memoryUsage().heapUsed }
  delay.reset()
  process.send!(state)
})
process.on('disconnect', () => {
  process.exit()
})
process.send!({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, routes } satisfies ServerStart)
