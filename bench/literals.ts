import type { ContractInput } from './data.js'

/** The columns of an item, with the database type each one is sent as. */
export const inputColumns = [
  { field: 'contractNumber', name: 'contract_number', type: 'text' },
  { field: 'year', name: 'year', type: 'int' },
  { field: 'externalRef', name: 'external_ref', type: 'text' },
  { field: 'amount', name: 'amount', type: 'numeric' },
  { field: 'status', name: 'status', type: 'contract_status' },
  { field: 'note', name: 'note', type: 'text' },
  { field: 'customerId', name: 'customer_id', type: 'int' }
] as const satisfies readonly { field: keyof ContractInput; name: string; type: string }[]

/** One PostgreSQL array literal a column: what unnest takes at the lowest cost on both sides. */
export function columnLiterals (contracts: readonly ContractInput[]): string[] {
  return inputColumns.map(({ field }) => arrayLiteral(contracts, contract => contract[field]))
}

export function arrayLiteral<T> (items: readonly T[], pick: (item: T) => string | number | null): string {
  let literal = ''
  for (const item of items) {
    const value = pick(item)
    literal +=
      value === null ? ',NULL' : typeof value === 'number' ? `,${value}` : `,"${value.replace(/["\\]/g, '\\$&')}"`
  }
  return `{${literal.slice(1)}}`
}
