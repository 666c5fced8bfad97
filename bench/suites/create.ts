import { contracts } from '../data.js'
import type { StatementSuite } from './statement.js'

/** Into an empty table. */
export function createSuites (rows: number): [StatementSuite<'create'>, StatementSuite<'createRows'>] {
  const items = contracts(rows)
  const after = { contracts: items, untouched: 0, changed: 0 }
  return [
    { operation: 'create', title: 'create', before: [], items, after },
    { operation: 'createRows', title: 'create, rows', before: [], items, after }
  ]
}
