/** One item of a create or upsert, as it comes out of JSON.parse. */
export interface ContractInput {
  readonly contractNumber: string
  readonly year: number
  readonly externalRef: string | null
  /** Two decimals, as the database writes it. */
  readonly amount: string
  readonly status: 'draft' | 'active' | 'closed'
  readonly note: string | null
  readonly customerId: number | null
}

/** One item of an update: other values for every row. */
export interface ContractChange {
  readonly id: number
  readonly amount: string
  readonly status: ContractInput['status']
  readonly note: string | null
}

export const customerCount = 1_000

const statuses = ['draft', 'active', 'closed'] as const

/** Notes with what an encoder can get wrong; most are plain. */
const notes = [
  'renewed for the second year',
  'Prüfung läuft, Überweisung folgt',
  'says "as agreed", see C:\\contracts\\old',
  'signed {both parties}, NULL pages missing',
  null,
  'first line\nsecond line\twith a tab'
]

/** The contract at `index`: the same in every run. 10,000 of them are about 1.5 MB of JSON. */
export function contractAt (index: number): ContractInput {
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0
  const note = notes[index % notes.length] ?? null
  return {
    contractNumber: `C-${String(index).padStart(7, '0')}`,
    year: 2000 + (index % 25),
    externalRef: index % 4 === 0 ? `${mixed.toString(16).padStart(8, '0')}-${index}` : null,
    amount: ((mixed % 10_000_000) / 100).toFixed(2),
    status: statuses[mixed % 3]!,
    note: note === null ? null : `${note} ${mixed % 1000}`,
    customerId: 1 + (index % customerCount)
  }
}

export function contracts (rows: number): ContractInput[] {
  return Array.from({ length: rows }, (_, index) => contractAt(index))
}

/**
 * What an upsert of `contracts(rows)` finds: every second contract exists, each tenth of these just as it will be sent
 * and the others with an older amount, status and note.
 */
export function existingContracts (rows: number): ContractInput[] {
  return contracts(rows)
    .filter((_, index) => index % 2 === 0)
    .map((contract, index) => (index % 10 === 9 ? contract : olderVersion(contract)))
}

/** Changes for the rows with the ids 1 … rows, which hold `contracts(rows)`: no value stays. */
export function contractChanges (rows: number): ContractChange[] {
  return contracts(rows).map((contract, index) => {
    const { amount, status, note } = olderVersion(contract)
    return { id: index + 1, amount, status, note }
  })
}

function olderVersion (contract: ContractInput): ContractInput {
  return {
    ...contract,
    amount: (Number(contract.amount) + 1).toFixed(2),
    status: contract.status === 'draft' ? 'active' : 'draft',
    note: contract.note === null ? 'to be settled' : `${contract.note}, to be settled`
  }
}

export function inChunks<T> (items: readonly T[], size: number): (readonly T[])[] {
  const chunks = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}
