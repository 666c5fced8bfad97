import { contracts } from '../data.js'
import type { StatementSuite } from './statement.js'

/** Every row, by id. */
export function deleteSuites (rows: number): [StatementSuite<'delete'>] {
  const before = contracts(rows)
  return [
    {
      operation: 'delete',
      title: 'delete',
      before,
      items: before.map((_, index) => index + 1),
      after: { contracts: [], untouched: 0, changed: 0 }
    }
  ]
}
