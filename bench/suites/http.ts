import { strict as assert } from 'node:assert'
import { contracts } from '../data.js'
import type { Case, Entry } from '../harness.js'
import { withDatabase } from '../probe.js'
import { startServer, type Server } from '../servers/start.js'
import type { Context } from './context.js'
import type { StatementSuite } from './statement.js'
import { upsertSuites } from './upsert.js'

const sizes = [10_000]
const handWritten = 'hand-written Fastify + pg'

interface Counts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
}

interface Answer {
  readonly success: boolean
  readonly data: (Counts & { readonly count: number }) | readonly { readonly contractNumber: string }[]
  readonly meta?: Counts
}

/** The upsert route from request to response, validation and answer included. */
export async function * httpCases ({ database, fixture, options }: Context): AsyncGenerator<Case> {
  const servers = new Map<string, Server>()
  try {
    servers.set(handWritten, await startServer('hand-written.js', '', database.url))
    servers.set('commons, bulk plugin', await startServer('commons.js', '', database.url))

    for (const rows of options.rows ?? sizes) {
      const [suite] = upsertSuites(rows)
      const body = JSON.stringify(contracts(rows))
      await fixture.preload(suite.before)
      for (const minimal of [true, false]) {
        const entries = [...servers].map(([name, server]): Entry => ({
          name,
          probe: withDatabase(server.probe, database.backendCpu),
          prepare: fixture.reset,
          run: () => send(server.url, body, minimal),
          verify: async answer => {
            checkAnswer(JSON.parse(answer as string) as Answer, suite, minimal)
            await fixture.check(suite.after, false)
          }
        }))
        yield { suite: minimal ? 'http, minimal' : 'http, rows', rows, baseline: handWritten, entries }
      }
    }
  } finally {
    await Promise.all([...servers.values()].map(server => server.close()))
  }
}

async function send (url: string, body: string, minimal: boolean): Promise<string> {
  const response = await fetch(`${url}/contracts?unique_fields=contractNumber,year`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(minimal ? { prefer: 'return=minimal' } : {}) },
    body
  })
  const text = await response.text()
  assert.equal(response.status, 200, text.slice(0, 1000))
  return text
}

function checkAnswer (
  { success, data, meta }: Answer,
  { items, before, after }: StatementSuite<'upsert'>,
  minimal: boolean
): void {
  assert.equal(success, true)
  const { created, updated, unchanged } = minimal ? (data as Counts) : meta!
  assert.deepEqual(
    { created, updated, unchanged },
    {
      created: items.length - before.length,
      updated: after.changed,
      unchanged: after.untouched
    }
  )
  if ('count' in data) assert.equal(data.count, items.length)
  else {
    assert.deepEqual(
      data.map(row => row.contractNumber),
      items.map(item => item.contractNumber)
    )
  }
}
