import type { Operation } from '../../lib/operations/operation.js'
import type { ClaimOptions } from '../../lib/operations/operation-store.js'
import { operationOf } from './operation-row.js'
import type { OperationsClient } from './operations-client.js'

/** Candidates that one look for work reads. */
const candidates = 50

/** Operations of which one look counts who has how many. */
const runningRows = 1000

/** Takes the oldest operation, one of an owner with few running ones first. */
export async function claimOperation (
  client: OperationsClient,
  { token, now, until, handlers, perOwner }: ClaimOptions
): Promise<Operation | null> {
  const free = await client.operation.findMany({
    where: {
      state: { in: ['queued', 'running', 'cancelling'] },
      leaseUntil: { lt: now },
      handler: { in: handlers },
      expiresAt: { gt: now }
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: candidates
  })
  if (free.length === 0) return null
  const running = await client.operation.findMany({
    where: { state: { in: ['running', 'cancelling'] }, leaseUntil: { gte: now } },
    select: { owner: true },
    take: runningRows
  })
  const ofOwner = (owner: string | null): number => running.filter(row => row.owner === owner).length
  const order = free
    .map(row => ({ row, running: row.owner === null ? 0 : ofOwner(row.owner) }))
    .filter(({ running }) => running < perOwner)
    .sort((a, b) => a.running - b.running)
  for (const { row } of order) {
    const where = { id: row.id, leaseUntil: row.leaseUntil, leaseToken: row.leaseToken, sequence: row.sequence }
    const state = row.state === 'cancelling' ? 'cancelling' : 'running'
    const data = { state, leaseToken: token, leaseUntil: until, startedAt: row.startedAt ?? now }
    const { count } = await client.operation.updateMany({ where, data: { ...data, sequence: { increment: 1 } } })
    if (count === 1) return { ...operationOf(row), state, startedAt: data.startedAt, sequence: row.sequence + 1 }
  }
  return null
}
