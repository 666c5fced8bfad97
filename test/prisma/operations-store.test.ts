import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { StoreClient } from '../../lib/store/session.js'
import { noCounts, type OperationFailure } from '../../lib/operations/operation.js'
import type { ChunkResult } from '../../lib/operations/operation-store.js'
import { operationsClient } from '../../prisma/operations/operations-client.js'
import { prismaStore } from '../../prisma/operations/prisma-store.js'
import { createDatabase } from '../helpers/database.js'

const { prisma, query } = await createDatabase(t)
const client = prisma as unknown as StoreClient
const store = prismaStore(operationsClient(client))
const later = (seconds: number): Date => new Date(Date.now() + seconds * 1000)
const failure: OperationFailure = { index: 3, status: 400, errors: [{ code: 'required' }] }
const written: ChunkResult = { chunk: 0, counts: { ...noCounts, created: 2 }, failures: [], until: later(30) }

t.beforeEach(async () => {
  await query('DELETE FROM commons_operations')
})

async function queued (handler = 'test', expiresAt = later(60)): Promise<string> {
  const id = randomUUID()
  await store.create(client, {
    id,
    kind: 'test',
    handler,
    owner: 'string:alice',
    atomic: false,
    request: null,
    total: 4,
    createdAt: new Date(),
    expiresAt,
    inputs: [0, 1].map(chunk => ({ chunk, offset: chunk * 2, items: '[1,2]' }))
  })
  return id
}

async function claim (token: string, until = later(30)): Promise<string | undefined> {
  const claimed = await store.claim({ token, now: new Date(), until, handlers: ['test'], perOwner: 5 })
  return claimed?.id
}

await t.test('a chunk is counted once, however often its commit comes', async t => {
  const id = await queued()
  const token = randomUUID()
  t.equal(await claim(token), id)
  t.equal(await store.commit(client, { id, token }, written), true)
  t.equal(await store.commit(client, { id, token }, written), false)
  t.equal(await store.commit(client, { id, token }, { ...written, chunk: 2 }), false)
  t.match(await store.find([id]), [{ nextChunk: 1, counts: { created: 2 } }])
})

await t.test('without its lease a process neither counts nor ends an operation', async t => {
  const id = await queued()
  const lost = { id, token: randomUUID() }
  await claim(lost.token, later(-1))
  const token = randomUUID()
  t.equal(await claim(token), id, 'another one takes over')
  t.equal(await store.commit(client, lost, written), false)
  t.equal(await store.extend(lost, later(60)), false)
  await store.finish(lost, { state: 'failed', error: null, failures: [failure], now: new Date() })
  t.match(await store.find([id]), [{ state: 'running', counts: noCounts }])
  t.strictSame(await store.failures(id, -1, 10), [])
})

await t.test('an operation ends once, with its failures', async t => {
  const id = await queued()
  const lease = { id, token: randomUUID() }
  await claim(lease.token)
  const ending = { state: 'failed', error: { code: 'required', message: 'x' }, failures: [failure], now: new Date() }
  await store.finish(lease, { ...ending, state: 'failed' })
  await store.finish(lease, { ...ending, state: 'failed' })
  t.match(await store.find([id]), [{ state: 'failed', counts: { failed: 1 }, error: ending.error }])
  t.strictSame(await store.failures(id, -1, 10), [failure])
})

await t.test(
  'a cancelled operation counts no more chunks; one whose chunks are all written has succeeded',
  async t => {
    const [first, second] = [await queued(), await queued()]
    const leases = [first, second].map(id => ({ id, token: randomUUID() }))
    for (const lease of leases) {
      await claim(lease.token)
      await store.cancel(lease.id, new Date())
    }
    t.equal(await store.commit(client, leases[0]!, written), false)
    await store.finish(leases[0]!, { state: 'cancelled', error: null, failures: [], now: new Date() })
    await store.finish(leases[1]!, { state: 'succeeded', error: null, failures: [], now: new Date() })
    t.match(await store.find([first]), [{ state: 'cancelled' }])
    t.match(await store.find([second]), [{ state: 'succeeded' }])
  }
)

await t.test('operations of handlers that a process lacks stay queued until their time is up', async t => {
  const [kept, expired] = [await queued('other'), await queued('other', later(-1))]
  t.equal(await claim(randomUUID()), undefined)
  t.equal(await store.purge(new Date()), 1)
  t.match(await store.find([kept, expired]), [{ id: kept, state: 'queued' }])
})

await t.test('an operation whose time is up is removed with its rows, once no process works on it', async t => {
  const id = await queued()
  await claim(randomUUID())
  t.equal(await store.purge(later(20)), 0)
  await query("UPDATE commons_operations SET lease_until = now() - interval '1 second', expires_at = now()")
  t.equal(await store.purge(later(1)), 1)
  t.strictSame(await query('SELECT * FROM commons_operation_inputs WHERE operation_id = $1', [id]), [])
})
