import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { CommonsError } from '../../../lib/errors.js'
import type { Chunk } from '../../../lib/operations/handler.js'
import { isFinal, noCounts, type Operation } from '../../../lib/operations/operation.js'
import { Operations, type OperationsOptions } from '../../../lib/operations/operations.js'
import { isTransient } from '../../../prisma/operations/is-transient.js'
import { operationsClient } from '../../../prisma/operations/operations-client.js'
import { prismaStore } from '../../../prisma/operations/prisma-store.js'
import { createDatabase } from '../../helpers/database.js'

const { prisma, query } = await createDatabase(t)
const client = operationsClient(prisma)

interface Server {
  readonly operations: Operations
  readonly errors: unknown[]
}

const options = { concurrency: 1, perOwner: 1, leaseSeconds: 1, pollSeconds: 1, attempts: 2 }

function createServer (
  t: Test,
  write: (chunk: Chunk) => Promise<void>,
  settings: Partial<OperationsOptions> = {}
): Server {
  const errors: unknown[] = []
  const operations = new Operations({
    store: prismaStore(client),
    options,
    ttlSeconds: 60,
    isWorker: true,
    isTransient,
    onError: error => errors.push(error),
    ...settings
  })
  operations.handle({ name: 'test', write })
  operations.open()
  t.after(async () => await operations.close())
  return { operations, errors }
}

const start = async ({ operations }: Server, total: number, owner: string | null = null): Promise<Operation> => {
  const items = Array.from({ length: total }, (_, i) => i)
  const given = { kind: 'test', handler: 'test', owner, atomic: false, request: { said: 'this' } }
  const operation = await operations.start(prisma, { ...given, items, chunkItems: 2 })
  operations.wake()
  return operation
}

/** Counts the items of a chunk as created. */
const count = async ({ items, commit }: Chunk): Promise<void> => {
  await commit(prisma, { counts: { ...noCounts, created: items.length }, failures: [] })
}

t.beforeEach(async () => {
  await query('DELETE FROM commons_operations')
})

await t.test('a handler gets the items chunk by chunk, with what was kept of the request', async t => {
  const chunks: unknown[] = []
  const server = createServer(t, async chunk => {
    chunks.push([chunk.offset, chunk.items, chunk.request])
    await count(chunk)
  })
  const { id } = await start(server, 5)
  t.match(await server.operations.settled(id, 20), { state: 'succeeded', counts: { created: 5 }, nextChunk: 3 })
  t.strictSame(chunks, [
    [0, [0, 1], { said: 'this' }],
    [2, [2, 3], { said: 'this' }],
    [4, [4], { said: 'this' }]
  ])
  t.strictSame(server.errors, [])
})

await t.test('a chunk is tried again when the database cannot be reached for a moment', async t => {
  let calls = 0
  const server = createServer(t, async chunk => {
    if (++calls === 1) throw new CommonsError('database_unavailable')
    await count(chunk)
  })
  const { id } = await start(server, 2)
  t.match(await server.operations.settled(id, 20), { state: 'succeeded', counts: { created: 2 } })
  t.equal(calls, 2)
})

await t.test('an operation waits for a database that stays away, and goes on after its lease', async t => {
  let calls = 0
  const server = createServer(t, async chunk => {
    if (++calls <= 2) throw new CommonsError('database_unavailable')
    await count(chunk)
  })
  const { id } = await start(server, 2)
  t.match(await server.operations.settled(id, 20), { state: 'succeeded', counts: { created: 2 } })
  t.match(server.errors, [{ code: 'database_unavailable' }])
})

await t.test('any other error ends the operation; its message is told when it is for clients', async t => {
  const thrown = new Error('secret')
  const errors = [new CommonsError('forbidden'), thrown]
  const server = createServer(t, async chunk => {
    if (chunk.offset === 0) return await count(chunk)
    const error: Error = errors.shift()!
    throw error
  })
  const refused = await start(server, 4)
  t.match(await server.operations.settled(refused.id, 20), {
    state: 'failed',
    counts: { created: 2, failed: 0 },
    error: { code: 'forbidden', message: 'Not allowed' }
  })
  t.strictSame(server.errors, [])
  const broken = await start(server, 4)
  t.match(await server.operations.settled(broken.id, 20), {
    state: 'failed',
    error: { code: 'internal_error', message: 'Internal server error' }
  })
  t.strictSame(server.errors, [thrown])
})

await t.test('a chunk that was written while its operation was cancelled does not count', async t => {
  const interrupted: string[] = []
  const server = createServer(t, async chunk => {
    if (chunk.offset === 2) await server.operations.cancel(operation.id)
    await count(chunk).catch((error: Error) => {
      interrupted.push(error.name)
      throw error
    })
  })
  const operation = await start(server, 6)
  t.match(await server.operations.settled(operation.id, 20), { state: 'cancelled', counts: { created: 2 } })
  t.strictSame(interrupted, ['OperationInterrupted'])
})

await t.test('a lease is prolonged while a chunk takes long', async t => {
  const servers: Server[] = []
  let calls = 0
  const slow = async (chunk: Chunk): Promise<void> => {
    calls++
    await sleep(2500)
    await count(chunk)
  }
  servers.push(createServer(t, slow), createServer(t, slow))
  const { id } = await start(servers[0]!, 2)
  servers[1]!.operations.wake()
  t.match(await servers[1]!.operations.settled(id, 20), { state: 'succeeded', counts: { created: 2 } })
  t.equal(calls, 1)
})

await t.test('an owner has as many operations at a time as is allowed; others come first', async t => {
  const order: number[] = []
  let running = 0
  const server = createServer(
    t,
    async chunk => {
      order.push(chunk.items.length)
      t.ok(++running <= 2)
      await sleep(100)
      running--
      await count(chunk)
    },
    { options: { ...options, concurrency: 3 } }
  )
  const ids = [await start(server, 1, 'a'), await start(server, 1, 'a'), await start(server, 2, 'b')].map(
    ({ id }) => id
  )
  for (const id of ids) t.equal((await server.operations.settled(id, 20))!.state, 'succeeded')
  t.equal(order.length, 3)
})

await t.test('a process that closes gives back what it has begun', async t => {
  const first = createServer(t, async chunk => {
    await sleep(50)
    await count(chunk)
  })
  const { id } = await start(first, 200)
  while ((await first.operations.get(id))!.nextChunk === 0) await sleep(10)
  await first.operations.close()
  const stopped = (await first.operations.get(id))!
  t.notOk(isFinal(stopped.state))
  const second = createServer(t, count)
  t.match(await second.operations.settled(id, 20), { state: 'succeeded', counts: { created: 200 } })
})

await t.test('an operation whose time is up is removed, with its items', async t => {
  const server = createServer(t, count, { ttlSeconds: 0, isWorker: false })
  const { id } = await start(server, 2)
  await sleep(10)
  t.equal(await server.operations.store.purge(new Date()), 1)
  t.equal(await server.operations.get(id), null)
  t.strictSame(await query('SELECT * FROM commons_operation_inputs WHERE operation_id = $1', [id]), [])
  t.equal(await server.operations.settled(id, 1), null)
  await server.operations.cancel('not an id')
})

await t.test('two handlers of one name are refused', t => {
  const { operations } = createServer(t, count)
  t.throws(() => operations.handle({ name: 'test', write: count }), /Two handlers of operations are named "test"/)
  t.end()
})

await t.test('a client whose schema lacks the models is refused', t => {
  t.throws(() => operationsClient({} as never), { name: 'TypeError', message: /lacks the models Operation, OperationInput/ })
  t.end()
})
