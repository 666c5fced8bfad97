import type { ErrorDetail } from '../../errors.js'
import type { FieldMeta } from '../../model/meta.js'
import type { RowForm } from '../../sql/port/dialect.js'
import type { InputRow } from './write-context.js'

/** What a bulk operation did. `count` is the number of items that found or made their row. */
export interface BulkReport<Row = unknown> {
  readonly count: number
  readonly created: number
  readonly updated: number
  /** Items whose row held all the values already: it was not written, its version and updatedAt stand. */
  readonly unchanged: number
  /** Rows that are gone; on models with soft deletion, rows that were soft-deleted. */
  readonly deleted: number
  /** Rows that were restored; only in reports of a restoration. */
  readonly restored?: number
  /** Items whose key has no row. */
  readonly missing: readonly MissingItem[]
  /** Items whose row has another version than the one they expect. */
  readonly conflicts: readonly ConflictItem[]
  /** The rows as the database holds them, in request order; only when they were asked for. */
  readonly rows?: readonly Row[]
  /**
   * What became of each item, by its index; only when that was asked for. Items that have no row, or were left out,
   * have none.
   */
  readonly outcomes?: ReadonlyMap<number, ItemOutcome>
  /** What is wrong with the items that were not written, by their indexes; only of writes that may leave some out. */
  readonly failures?: ReadonlyMap<number, readonly ErrorDetail[]>
}

/** What a write did to the row of an item. */
export type ItemOutcome = 'created' | 'updated' | 'unchanged' | 'deleted' | 'restored'

/** What a report is to tell besides its counts. */
export interface ReportOptions {
  readonly rows: RowRequest | null
  /** Tell what became of each item. Default: false. */
  readonly outcomes?: boolean
}

export interface MissingItem {
  /** 0-based place in the request. */
  readonly index: number
  readonly where: InputRow
}

export interface ConflictItem extends MissingItem {
  readonly expected: number
  readonly current: number
  /** The fields that the item would change; absent in deletes, which change none. */
  readonly fields?: readonly string[]
}

/** Which fields of the rows are wanted, and in which form. */
export interface RowRequest {
  readonly fields: readonly FieldMeta[]
  readonly form: RowForm
}

/** Sums up chunk by chunk. */
export class ReportBuilder {
  created = 0
  updated = 0
  unchanged = 0
  deleted = 0
  restored: number | undefined
  readonly missing: MissingItem[] = []
  readonly conflicts: ConflictItem[] = []
  readonly #rows: unknown[] | null
  readonly #outcomes: Map<number, ItemOutcome> | null

  constructor ({ rows, outcomes = false }: ReportOptions) {
    this.#rows = rows === null ? null : []
    this.#outcomes = outcomes ? new Map() : null
  }

  /** Counts items of one outcome. */
  count (outcome: ItemOutcome, indexes: readonly number[]): void {
    this[outcome] = (this[outcome] ?? 0) + indexes.length
    if (this.#outcomes !== null) for (const index of indexes) this.#outcomes.set(index, outcome)
  }

  /** Keeps what became of an item that is counted already. */
  tell (index: number, outcome: ItemOutcome): void {
    this.#outcomes?.set(index, outcome)
  }

  /** Keeps the row of the item at `index`. */
  place (index: number, row: unknown): void {
    if (this.#rows !== null) this.#rows[index] = row
  }

  report<Row>(): BulkReport<Row> {
    const { created, updated, unchanged, deleted, restored } = this
    return {
      count: created + updated + unchanged + deleted + (restored ?? 0),
      created,
      updated,
      unchanged,
      deleted,
      ...(restored === undefined ? {} : { restored }),
      missing: this.missing.sort((a, b) => a.index - b.index),
      conflicts: this.conflicts.sort((a, b) => a.index - b.index),
      // Items without a row left a hole.
      ...(this.#rows === null ? {} : { rows: this.#rows.filter(row => row !== undefined) as Row[] }),
      ...(this.#outcomes === null ? {} : { outcomes: this.#outcomes })
    }
  }
}
