import { strict as assert } from 'node:assert'
import autocannon from 'autocannon'
import { contracts } from '../data.js'
import type { Database } from '../database.js'
import type { Case, Entry } from '../harness.js'
import { withDatabase } from '../probe.js'
import { startServer, type Server } from '../servers/start.js'
import type { Context } from './context.js'

const byHand = 'hand-written Fastify + Prisma'
const connections = 10
/**
 * autocannon looks at each tick (milliseconds) whether all requests are answered; its default of 1000 would be the wall
 * time.
 */
const tick = 10
const rows = 500

/** One route of a resource under load. */
interface Load {
  readonly suite: string
  readonly path: string
  readonly requests: number
  /** Absent for GET. `[<id>]` in it is another text in each request. */
  readonly body?: string
}

/** The routes of resources against the same routes written by hand: the whole request, answers included. */
export async function * resourceCases ({ database, fixture, options }: Context): AsyncGenerator<Case> {
  const servers = new Map<string, Server>()
  const calls = (number: number): number => (options.smoke ? 20 : number)
  try {
    servers.set(byHand, await startServer('resources-by-hand.js', '', database.url))
    servers.set('commons, resource', await startServer('resources.js', '', database.url))
    await fixture.preload(contracts(rows))
    await database.pool.query("insert into users (id, name) values (1, 'Owner') on conflict do nothing")

    const { contractNumber, externalRef, ...others } = contracts(1)[0]!
    const loads: readonly Load[] = [
      { suite: 'list of 100', path: '/contracts?page_size=100', requests: calls(500) },
      { suite: 'list of 100, with customers', path: '/owned-contracts?page_size=100', requests: calls(500) },
      { suite: 'retrieve', path: '/contracts/7', requests: calls(3_000) },
      {
        suite: 'create',
        path: '/contracts',
        requests: calls(1_500),
        body: JSON.stringify({ ...others, contractNumber: `${contractNumber}-[<id>]` })
      }
    ]
    for (const load of loads) {
      const entries = [...servers].map(([name, server]): Entry => ({
        name,
        probe: withDatabase(server.probe, database.backendCpu),
        prepare: fixture.reset,
        run: () => sendMany(server, load),
        verify: async result => {
          await checkAnswers(servers, load, result as autocannon.Result)
        }
      }))
      yield { suite: load.suite, rows: load.requests, baseline: byHand, entries }
    }
    for (const parents of options.smoke ? [20] : [1, 1_000]) {
      yield nestedCase(database, servers, parents, options.smoke ? 1 : 4)
    }
  } finally {
    await Promise.all([...servers.values()].map(server => server.close()))
  }
}

async function sendMany (server: Server, { path, requests, body }: Load): Promise<autocannon.Result> {
  const options = { url: server.url + path, connections, amount: requests, sampleInt: tick }
  if (body === undefined) return await autocannon(options)
  return await autocannon({
    ...options,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    idReplacement: true
  })
}

/** All servers give the same data. */
async function checkAnswers (
  servers: ReadonlyMap<string, Server>,
  { path, requests, body }: Load,
  result: autocannon.Result
): Promise<void> {
  assert.equal(result['2xx'], requests)
  if (body !== undefined) return
  const answers = await Promise.all(
    [...servers.values()].map(async ({ url }) => {
      const { data } = (await (await fetch(url + path)).json()) as { readonly data: object }
      return data
    })
  )
  for (const answer of answers) assert.deepEqual(answer, answers[0])
}

/**
 * Parents with children. Several requests a run: one is short beside what a sweep of the heap takes, which begins each
 * run.
 */
function nestedCase (
  database: Database,
  servers: ReadonlyMap<string, Server>,
  parents: number,
  requests: number
): Case {
  const bodies = Array.from({ length: requests }, (_, request) => JSON.stringify(invoices(parents, request)))
  const ways = [
    ...[...servers].map(([name, server]) => ({ name, server, path: '/invoices' })),
    { name: `${byHand}, no transaction`, server: servers.get(byHand)!, path: '/invoices?transaction=false' }
  ]
  const entries = ways.map(({ name, server, path }): Entry => ({
    name,
    probe: withDatabase(server.probe, database.backendCpu),
    prepare: async () => {
      await database.pool.query('truncate invoices restart identity cascade')
    },
    run: async () => {
      const answers = []
      for (const body of bodies) answers.push(await sendInvoices(server.url + path, body))
      return answers
    },
    verify: async answers => {
      ;(answers as unknown[]).forEach((answer, request) => {
        checkInvoices(answer, parents, request)
      })
    }
  }))
  return { suite: `${requests} × invoices with 3 lines`, rows: parents, baseline: byHand, entries }
}

function invoices (count: number, request: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    ownerId: 1,
    number: `I-${request}-${index}`,
    issuedOn: '2026-03-04',
    lineItems: [1, 2, 3].map(line => ({
      description: `line ${line} of invoice ${index}`,
      quantity: line,
      unitPrice: `${line}.50`
    }))
  }))
}

async function sendInvoices (url: string, body: string): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const text = await response.text()
  assert.equal(response.status, 201, text.slice(0, 1000))
  return JSON.parse(text)
}

function checkInvoices (answer: unknown, parents: number, request: number): void {
  const { data } = answer as {
    readonly data: readonly {
      readonly number: string
      readonly lineItems: readonly { readonly unitPrice: string }[]
    }[]
  }
  assert.equal(data.length, parents)
  data.forEach((invoice, index) => {
    assert.equal(invoice.number, `I-${request}-${index}`)
    assert.deepEqual(
      invoice.lineItems.map(line => line.unitPrice),
      ['1.50', '2.50', '3.50']
    )
  })
}
