import t from 'tap'
import { noCounts, ownerOf, type Operation } from '../../../lib/operations/operation.js'
import { plainUsers, snapshotOf } from '../../../lib/operations/request-snapshot.js'
import { retryAfterOf, statusOf } from '../../../lib/operations/status.js'

const start = new Date('2026-01-01T00:00:00Z')
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000)
const operation: Operation = {
  id: '00000000-0000-4000-8000-000000000000',
  kind: 'bulkUpsert',
  handler: 'bulk /tags',
  owner: null,
  state: 'running',
  atomic: false,
  request: {},
  total: 1000,
  counts: { ...noCounts, created: 150, failed: 100 },
  chunks: 10,
  nextChunk: 3,
  error: null,
  sequence: 4,
  createdAt: start,
  startedAt: after(10),
  finishedAt: null,
  expiresAt: after(3600)
}

await t.test('a status tells rate, percentage and estimated end', t => {
  t.match(statusOf(operation, '/operations/1', after(20)), {
    processed: 250,
    unprocessed: 750,
    percentage: 25,
    rate: 25,
    estimated_end: '2026-01-01T00:00:50.000Z',
    links: { self: '/operations/1', results: '/operations/1/results', events: '/operations/1/events' }
  })
  const queued = { ...operation, state: 'queued', startedAt: null, counts: noCounts } as const
  t.match(statusOf(queued, ''), { percentage: 0, rate: null, estimated_end: null, started_at: null })
  const ended = { ...operation, state: 'partial', finishedAt: after(60) } as const
  t.match(statusOf(ended, '', after(900)), { rate: 5, estimated_end: null, finished_at: '2026-01-01T00:01:00.000Z' })
  t.equal(statusOf({ ...ended, total: 0, counts: noCounts }, '').percentage, 100)
  t.end()
})

await t.test('the time to ask again grows with the age of an operation', t => {
  t.equal(retryAfterOf(operation, after(11)), 1)
  t.equal(retryAfterOf(operation, after(50)), 4)
  t.equal(retryAfterOf(operation, after(900)), 10)
  t.equal(retryAfterOf({ ...operation, startedAt: null }, after(30)), 3)
  t.equal(retryAfterOf({ ...operation, state: 'cancelled' }), null)
  t.end()
})

await t.test('of a request the named headers and the user are kept, and nothing else', t => {
  const request = {
    id: 'req-1',
    method: 'POST',
    url: '/tags?x=1',
    headers: { authorization: 'Bearer secret', 'x-tenant': 'a' },
    query: { x: '1' },
    params: {}
  }
  const kept = { names: ['X-Tenant', 'x-absent'], users: plainUsers }
  t.strictSame(snapshotOf(request, { id: 1 }, kept), {
    id: 'req-1',
    method: 'POST',
    url: '/tags?x=1',
    headers: { 'x-tenant': 'a' },
    query: { x: '1' },
    params: {},
    user: { id: 1 }
  })
  t.equal(snapshotOf(request, null, kept).user, null)
  t.equal(snapshotOf(request, { id: 1 }, { ...kept, users: { ...plainUsers, store: () => undefined } }).user, null)
  t.strictSame(plainUsers.load({ id: 1 }), { id: 1 })
  t.strictSame([ownerOf(null), ownerOf({ id: 1 }), ownerOf({ id: '1' })], [null, 'number:1', 'string:1'])
  t.end()
})
