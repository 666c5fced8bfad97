import type { StoreClient } from '../../lib/store/session.js'
import type { Operation, OperationFailure } from '../../lib/operations/operation.js'
import type { ClaimOptions, Ending, NewOperation, OperationStore } from '../../lib/operations/operation-store.js'
import { operationOf, type OperationRow } from './operation-row.js'

/** What of a model's delegate is used. */
interface Delegate<Row> {
  readonly create: (args: object) => Promise<Row>
  readonly createMany: (args: object) => Promise<unknown>
  readonly findMany: (args: object) => Promise<Row[]>
  readonly updateMany: (args: object) => Promise<{ readonly count: number }>
  readonly deleteMany: (args: object) => Promise<{ readonly count: number }>
}

interface InputRow {
  readonly chunk: number
  readonly offset: number
  readonly items: string
}

interface FailureRow {
  readonly index: number
  readonly status: number
  readonly errors: string
}

/** The delegates of the models of operations. */
export interface OperationsClient {
  readonly operation: Delegate<OperationRow>
  readonly operationInput: Delegate<InputRow>
  readonly operationFailure: Delegate<FailureRow>
}

/** Candidates that one look for work reads. */
const candidates = 50

/** Operations of which one look counts who has how many. */
const runningRows = 1000

/**
 * Keeps operations in the models `Operation`, `OperationInput` and `OperationFailure` of the schema. Every change is
 * one conditional update, so that any number of processes may share the work.
 */
export function prismaStore (base: OperationsClient): OperationStore {
  const changed = { sequence: { increment: 1 } }

  const held = async (
    client: OperationsClient,
    { id, token }: { readonly id: string; readonly token: string },
    states: readonly string[],
    data: object
  ): Promise<boolean> => {
    const where = { id, leaseToken: token, state: { in: states } }
    const { count } = await client.operation.updateMany({ where, data: { ...data, ...changed } })
    return count === 1
  }

  return {
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

    claim: async options => await claim(base, options),

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

    commit: async (client, lease, { nextChunk, counts, failures, until }) => {
      const bound = client === null ? base : boundTo(client)
      if (failures.length > 0) await bound.operationFailure.createMany({ data: failureRows(lease.id, failures) })
      return await held(bound, lease, ['running'], {
        nextChunk,
        leaseUntil: until,
        ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, { increment: count }]))
      })
    },

    finish: async (lease, ending) => await finish(held, base, lease, ending),

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
      const { count } = await base.operation.deleteMany({
        where: { expiresAt: { lt: now }, state: { in: ['queued', 'cancelled', 'succeeded', 'partial', 'failed'] } }
      })
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

/** Takes the oldest operation, one of an owner with few running ones first. */
async function claim (
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

async function finish (
  held: (
    client: OperationsClient,
    lease: { readonly id: string; readonly token: string },
    states: readonly string[],
    data: object
  ) => Promise<boolean>,
  client: OperationsClient,
  lease: { readonly id: string; readonly token: string },
  { state, error, now }: Ending
): Promise<void> {
  const ended = { finishedAt: now, leaseToken: null, error: error === null ? null : JSON.stringify(error) }
  if (state === 'cancelled') {
    await held(client, lease, ['cancelling'], { ...ended, state })
    return
  }
  // All was written before the cancellation: it came too late.
  await held(client, lease, ['running', 'cancelling'], { ...ended, state })
}

function failureRows (operationId: string, failures: readonly OperationFailure[]): readonly object[] {
  return failures.map(({ index, status, errors }) => ({ operationId, index, status, errors: JSON.stringify(errors) }))
}

/** The delegates of a client that has them, as that of a transaction. */
function boundTo (client: StoreClient): OperationsClient {
  return client as unknown as OperationsClient
}

/** @throws TypeError when the schema of the client lacks the models */
export function operationsClient (client: StoreClient): OperationsClient {
  const models = ['operation', 'operationInput', 'operationFailure'] as const
  if (models.every(name => name in client)) return boundTo(client)
  throw new TypeError(
    'operations: the schema lacks the models Operation, OperationInput and OperationFailure: ' +
      'copy them from docs/operations.md'
  )
}
