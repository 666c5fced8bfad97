import type { StoreClient } from '../../lib/store/session.js'
import type { OperationFailure } from '../../lib/operations/operation.js'
import type { Ending, Lease, NewOperation, OperationStore } from '../../lib/operations/operation-store.js'
import { claimOperation } from './claim-operation.js'
import { operationOf } from './operation-row.js'
import { boundTo, type OperationsBaseClient, type OperationsClient } from './operations-client.js'

const changed = { sequence: { increment: 1 } }

/**
 * Keeps operations in the models `Operation`, `OperationInput` and `OperationFailure` of the schema. Every change is
 * one conditional update, so that any number of processes may share the work.
 */
export function prismaStore (base: OperationsBaseClient): OperationStore {
  return {
    transaction: async work => await base.$transaction(async client => await work(client as unknown as StoreClient)),

    create: async (client, operation) => await createOperation(boundTo(client), operation),

    find: async ids => {
      const rows = await base.operation.findMany({ where: { id: { in: ids } } })
      return rows.map(operationOf)
    },

    list: async ({ owner, states, kinds, limit, after }) => {
      const behind = after && {
        OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }]
      }
      const rows = await base.operation.findMany({
        where: { owner, state: states && { in: states }, kind: kinds && { in: kinds }, ...behind },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit
      })
      return rows.map(operationOf)
    },

    claim: async options => await claimOperation(base, options),

    extend: async (lease, leaseUntil) => {
      const where = { id: lease.id, leaseToken: lease.token }
      return (await base.operation.updateMany({ where, data: { leaseUntil } })).count === 1
    },

    release: async ({ id, token }) => {
      await base.operation.updateMany({
        where: { id, leaseToken: token },
        data: { leaseToken: null, leaseUntil: new Date(0) }
      })
    },

    input: async (operationId, chunk) => {
      const [row] = await base.operationInput.findMany({ where: { operationId, chunk } })
      return row ?? null
    },

    commit: async (client, lease, { chunk, counts, failures, until }) => {
      const bound = boundTo(client)
      if (failures.length > 0) await bound.operationFailure.createMany({ data: failureRows(lease.id, failures) })
      const added = Object.entries(counts).map(([name, count]) => [name, { increment: count }] as const)
      const data = { nextChunk: chunk + 1, leaseUntil: until, ...Object.fromEntries(added) }
      return await change(bound, lease, { state: 'running', nextChunk: chunk }, data)
    },

    finish: async (lease, ending) => await finish(base, lease, ending),

    cancel: async (id, now) => {
      const ended = { state: 'cancelled', finishedAt: now, leaseToken: null, ...changed }
      const { count } = await base.operation.updateMany({ where: { id, state: 'queued' }, data: ended })
      if (count > 0) return
      await base.operation.updateMany({ where: { id, state: 'running' }, data: { state: 'cancelling', ...changed } })
    },

    failures: async (operationId, after, limit) => {
      const rows = await base.operationFailure.findMany({
        where: { operationId, index: { gt: after } },
        orderBy: { index: 'asc' },
        take: limit
      })
      return rows.map(({ index, status, errors }) => ({ index, status, errors: JSON.parse(errors) as object[] }))
    },

    purge: async now => {
      // One that a process works on is left until it has ended.
      const isIdle = [{ state: { notIn: ['running', 'cancelling'] } }, { leaseUntil: { lt: now } }]
      const { count } = await base.operation.deleteMany({ where: { expiresAt: { lt: now }, OR: isIdle } })
      return count
    }
  }
}

async function createOperation (client: OperationsClient, operation: NewOperation): Promise<void> {
  const { inputs, request, ...fields } = operation
  await client.operation.create({
    data: {
      ...fields,
      request: JSON.stringify(request),
      state: 'queued',
      chunks: inputs.length,
      leaseUntil: new Date(0)
    }
  })
  // A statement a chunk: each may be large.
  for (const input of inputs) await client.operationInput.create({ data: { operationId: operation.id, ...input } })
}

async function finish (
  client: OperationsBaseClient,
  lease: Lease,
  { state, error, failures, now }: Ending
): Promise<void> {
  const ended = { state, finishedAt: now, leaseToken: null, error: error === null ? null : JSON.stringify(error) }
  // Where all was written, or nothing more can be, a cancellation comes too late.
  const states = state === 'cancelled' ? ['cancelling'] : ['running', 'cancelling']
  const data = { ...ended, failed: { increment: failures.length } }
  const end = async (client: OperationsClient): Promise<boolean> =>
    await change(client, lease, { state: { in: states } }, data)
  await client.$transaction(async client => {
    if (!(await end(client))) return
    if (failures.length > 0) await client.operationFailure.createMany({ data: failureRows(lease.id, failures) })
    // Nobody needs them again, and they may hold secrets.
    if (state === 'succeeded') await client.operationInput.deleteMany({ where: { operationId: lease.id } })
  })
}

/** Changes an operation as long as its lease is held and a condition holds. */
async function change (
  client: OperationsClient,
  { id, token }: Lease,
  condition: object,
  data: object
): Promise<boolean> {
  const where = { id, leaseToken: token, ...condition }
  return (await client.operation.updateMany({ where, data: { ...data, ...changed } })).count === 1
}

function failureRows (operationId: string, failures: readonly OperationFailure[]): readonly object[] {
  return failures.map(({ index, status, errors }) => ({ operationId, index, status, errors: JSON.stringify(errors) }))
}
