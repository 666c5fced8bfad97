import type { ContractChange, ContractInput } from './data.js'

/** What is measured, with the item each one takes. `…Rows` gives the written rows back, the others only count them. */
export interface Items {
  upsert: ContractInput
  upsertRows: ContractInput
  create: ContractInput
  createRows: ContractInput
  update: ContractChange
  updateRows: ContractChange
  delete: number
}

export type Operation = keyof Items

export interface Outcome {
  readonly count: number
  /** The split of an upsert, where the contender can tell. */
  readonly created?: number
  readonly updated?: number
  readonly unchanged?: number
  /** In the order of the items, with the names of the Prisma fields. */
  readonly rows?: readonly { readonly contractNumber: string }[]
}

export interface Method<Item> {
  readonly name: string
  run: (items: readonly Item[]) => Promise<Outcome>
  /** The most rows this way is measured with; absent for no limit. */
  readonly upTo?: number
  /** The limit with `--full`. */
  readonly fullUpTo?: number
  /** It cannot leave equal rows alone: it writes them again, with a new version. */
  readonly touchesUnchanged?: boolean
}

/** A way to write many rows: a driver, a library, or the package itself. */
export interface Contender {
  readonly methods: { readonly [O in Operation]?: readonly Method<Items[O]>[] }
  close: () => Promise<void>
}

/** Loops of one statement a row are slow by nature: their ratio shows long before 100,000 rows. */
export const loopLimits = { upTo: 1_000, fullUpTo: 10_000 } as const

/** Rows that the row-by-row libraries send in one statement. */
export const statementRows = 1_000

/** The outcome of an upsert whose statement gives back one `created` for every row it wrote. */
export function splitOutcome (items: readonly unknown[], written: readonly { readonly created: boolean }[]): Outcome {
  const created = written.filter(row => row.created).length
  return { count: items.length, created, updated: written.length - created, unchanged: items.length - written.length }
}

export function rowsOutcome (chunks: readonly (readonly { readonly contractNumber: string }[])[]): Outcome {
  const rows = chunks.flat()
  return { count: rows.length, rows }
}
