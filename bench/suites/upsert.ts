import { contracts, existingContracts } from '../data.js'
import type { StatementSuite } from './statement.js'

/** Half of the rows are new; of the others one in ten is as it was sent. */
export function upsertSuites (rows: number): [StatementSuite<'upsert'>, StatementSuite<'upsertRows'>] {
  const items = contracts(rows)
  const before = existingContracts(rows)
  const untouched = before.filter(
    contract => JSON.stringify(contract) === JSON.stringify(items[Number(contract.contractNumber.slice(2))])
  ).length
  const after = { contracts: items, untouched, changed: before.length - untouched }
  return [
    { operation: 'upsert', title: 'upsert', before, items, after },
    { operation: 'upsertRows', title: 'upsert, rows', before, items, after }
  ]
}
