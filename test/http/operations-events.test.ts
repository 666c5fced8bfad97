import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { OperationsPluginOptions, OperationStatus } from 'fastify-prisma-commons/operations'
import t, { type Test } from 'tap'
import { Random } from '../fuzz/random.js'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import { operationsServer, statusIn } from '../helpers/operations-app.js'
import { requestsTo, until, untilClientsAreGone } from '../helpers/until.js'

const database = await bulkDatabase(t)
const tags = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ slug: `t${i}`, name: `Tag ${i}` }))

t.beforeEach(async () => {
  await database.query('DELETE FROM commons_operations')
  await database.query('DELETE FROM tags')
})

interface Served {
  readonly app: FastifyInstance
  readonly url: string
}

/** A server on a socket; a chunk of ten items takes `chunkMilliseconds`. */
async function listening (t: Test, chunkMilliseconds: number, options: OperationsPluginOptions = {}): Promise<Served> {
  const slow = async (): Promise<void> => await sleep(chunkMilliseconds)
  const tags = { model: 'Tag', async: { chunkItems: 10 }, after: { bulkCreate: slow } }
  const app = await operationsServer(t, database, { '/tags': tags }, options)
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) }
}

async function start ({ app }: Served, count: number, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const accepted = await sender(app)('POST', '/tags?partial_success=true', tags(count), {
    prefer: 'respond-async',
    ...headers
  })
  return statusIn(accepted).id
}

interface Event {
  readonly id: number
  readonly name: string
  readonly data: OperationStatus
}

/** A stream of events, read as a browser does. */
class Stream {
  readonly response: IncomingMessage
  text = ''
  isEnded = false

  private constructor (response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8').on('data', (text: string) => (this.text += text))
    response.on('error', () => {}).on('close', () => (this.isEnded = true))
  }

  static async open ({ url }: Served, id: string, headers: Readonly<Record<string, string>> = {}): Promise<Stream> {
    const sent = request(`${url}/operations/${id}/events`, { headers, agent: false }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return new Stream(response)
  }

  get events (): Event[] {
    const blocks = this.text.split('\n\n').slice(0, -1)
    return blocks.flatMap(block => {
      const match = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block)
      if (match === null) return []
      return [{ id: Number(match[1]), name: match[2]!, data: JSON.parse(match[3]!) as OperationStatus }]
    })
  }

  async end (): Promise<readonly Event[]> {
    await until('the end of the stream', () => this.isEnded)
    return this.events
  }
}

await t.test('a stream tells each state once, with rising ids, and ends with done', async t => {
  const served = await listening(t, 20)
  const id = await start(served, 50)
  const stream = await Stream.open(served, id)
  t.match(stream.response.headers, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no'
  })
  const events = await stream.end()
  t.ok(stream.text.startsWith('retry: 2000\n\n'))
  const ids = events.map(event => event.id)
  t.strictSame(
    ids,
    [...new Set(ids)].sort((a, b) => a - b)
  )
  t.ok(events.length > 2, 'progress is seen while the operation runs')
  t.match(events.at(-1), { name: 'done', data: { id, state: 'succeeded', created: 50, unprocessed: 0 } })
  t.ok(events.slice(0, -1).every(({ name }) => name === 'status'))
})

await t.test('a client that comes back gets no older state again, and the final one in any case', async t => {
  const served = await listening(t, 30)
  const id = await start(served, 50)
  const first = await Stream.open(served, id)
  await until('two events', () => first.events.length > 1)
  const seen = first.events.at(-1)!.id
  first.response.destroy()
  const second = await (await Stream.open(served, id, { 'last-event-id': String(seen) })).end()
  t.ok(second.every(event => event.id > seen))
  const last = second.at(-1)!
  t.equal(last.name, 'done')
  for (const known of [String(last.id), '9999999999', 'no number', '-1']) {
    const events = await (await Stream.open(served, id, { 'last-event-id': known })).end()
    t.strictSame(events, [last], known)
  }
})

await t.test('a quiet stream is kept open by comments', async t => {
  const served = await listening(t, 0, { worker: false, heartbeatSeconds: 1 })
  const stream = await Stream.open(served, await start(served, 10))
  await until('two comments', () => stream.text.split(': still here\n\n').length > 2)
  t.match(stream.events, [{ name: 'status', data: { state: 'queued' } }])
  stream.response.destroy()
  await untilClientsAreGone(served.app.server)
})

await t.test('streams and waiting requests end when the server closes', async t => {
  const served = await listening(t, 0, { worker: false })
  const id = await start(served, 10)
  const requests = requestsTo(served.app.server)
  const stream = await Stream.open(served, id)
  const waiting = request(`${served.url}/operations/${id}?wait=60`, { agent: false }).end()
  await requests.until(2)
  await until('the first event', () => stream.events.length > 0)
  const begun = Date.now()
  const [[response]] = (await Promise.all([once(waiting, 'response'), served.app.close()])) as [
    [IncomingMessage],
    void
  ]
  response.resume()
  t.equal(response.statusCode, 200)
  t.equal((await stream.end()).length, 1)
  t.ok(Date.now() - begun < 5000, `${Date.now() - begun} ms`)
})

await t.test('more streams than the limit are refused, until one has ended', async t => {
  const served = await listening(t, 0, { worker: false, maxStreams: 2 })
  const alice = { 'x-user': 'alice' }
  const id = await start(served, 10, alice)
  const open = [await Stream.open(served, id, alice), await Stream.open(served, id, alice)]
  const refused = await Stream.open(served, id, alice)
  await refused.end()
  t.equal(refused.response.statusCode, 429)
  t.match(JSON.parse(refused.text), { code: 'too_many_streams' })
  open[0]!.response.destroy()
  await until('a free place', async () => {
    const again = await Stream.open(served, id, alice)
    open.push(again)
    return again.response.statusCode === 200
  })
  for (const { response } of open) response.destroy()
  await untilClientsAreGone(served.app.server)
})

await t.test('streams of others do not exist, and are not counted', async t => {
  const served = await listening(t, 0, { worker: false, maxStreams: 1 })
  const id = await start(served, 10, { 'x-user': 'alice' })
  for (let i = 0; i < 3; i++) {
    const stream = await Stream.open(served, id, { 'x-user': 'bob' })
    await stream.end()
    t.equal(stream.response.statusCode, 404)
  }
})

await t.test('headers of hooks stay on a stream', async t => {
  const app = await operationsServer(t, database, { '/tags': { model: 'Tag', async: {} } })
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', 'https://example.com')
  })
  const served = { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) }
  const stream = await Stream.open(served, await start(served, 10))
  t.equal(stream.response.headers['access-control-allow-origin'], 'https://example.com')
  t.equal((await stream.end()).at(-1)!.name, 'done')
})

await t.test('twenty clients that are cut off at random all see the final state, and no socket is left', async t => {
  const served = await listening(t, 20, { maxStreams: 100 })
  const id = await start(served, 400)
  const random = new Random(1)
  const watch = async (): Promise<{ readonly events: readonly Event[]; readonly cuts: number }> => {
    let known = '-1'
    const events: Event[] = []
    for (let cuts = 0; ; cuts++) {
      const stream = await Stream.open(served, id, { 'last-event-id': known })
      await Promise.race([stream.end(), sleep(20 + random.below(200))])
      events.push(...stream.events)
      known = String(events.at(-1)?.id ?? -1)
      if (events.at(-1)?.name === 'done') return { events, cuts }
      stream.response.destroy()
    }
  }
  const seen = await Promise.all(Array.from({ length: 20 }, watch))
  for (const { events } of seen) {
    t.match(events.at(-1)!.data, { state: 'succeeded', created: 400 })
    const ids = events.map(event => event.id)
    t.strictSame(
      ids,
      [...new Set(ids)].sort((a, b) => a - b)
    )
  }
  t.ok(seen.some(({ cuts }) => cuts > 2))
  await untilClientsAreGone(served.app.server)
})
