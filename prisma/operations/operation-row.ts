import { parseJsonText } from '../../lib/text/parse-json-text.js'
import type { Operation, OperationError, OperationState } from '../../lib/operations/operation.js'

/** A row of the model `Operation`. */
export interface OperationRow extends Omit<Operation, 'state' | 'counts' | 'error' | 'request'> {
  readonly state: string
  readonly request: string
  readonly error: string | null
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly failed: number
  readonly leaseToken: string | null
  readonly leaseUntil: Date
}

export function operationOf (row: OperationRow): Operation {
  const { created, updated, unchanged, deleted, failed, leaseToken, leaseUntil, ...fields } = row
  return {
    ...fields,
    state: row.state as OperationState,
    request: parseJsonText(row.request),
    error: row.error === null ? null : (JSON.parse(row.error) as OperationError),
    counts: { created, updated, unchanged, deleted, failed }
  }
}
