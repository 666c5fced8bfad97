import { contractChanges, contracts } from '../data.js'
import type { StatementSuite } from './statement.js'

/** Three columns with other values for every row. */
export function updateSuites (rows: number): [StatementSuite<'update'>, StatementSuite<'updateRows'>] {
  const before = contracts(rows)
  const items = contractChanges(rows)
  const after = {
    contracts: before.map((contract, index) => ({ ...contract, ...items[index]! })),
    untouched: 0,
    changed: rows
  }
  return [
    { operation: 'update', title: 'update', before, items, after },
    { operation: 'updateRows', title: 'update, rows', before, items, after }
  ]
}
