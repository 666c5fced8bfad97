import type { StoreClient } from '../../lib/store/session.js'
import type { OperationRow } from './operation-row.js'

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

/** The same outside of a transaction. */
export interface OperationsBaseClient extends OperationsClient {
  readonly $transaction: <T>(work: (client: OperationsClient) => Promise<T>) => Promise<T>
}

/** The delegates of a client that has them, as that of a transaction. */
export function boundTo (client: StoreClient): OperationsClient {
  return client as unknown as OperationsClient
}

/** @throws TypeError when the schema of the client lacks the models */
export function operationsClient (client: StoreClient): OperationsBaseClient {
  const models = ['operation', 'operationInput', 'operationFailure'] as const
  if (models.every(name => name in client)) return client as unknown as OperationsBaseClient
  throw new TypeError(
    'operations: the schema lacks the models Operation, OperationInput and OperationFailure: ' +
      'copy them from docs/operations.md'
  )
}
