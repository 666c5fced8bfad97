import type { FieldMeta } from '../../model/meta.js'
import type { RowCondition } from '../../sql/port/row-condition.js'
import type { Returning, WriteColumn } from '../../sql/port/statement-parts.js'
import type { SqlRow, Statement } from '../../sql/port/runner.js'
import type { Chunk } from '../core/chunk.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import type { ItemErrors } from '../core/item-errors.js'
import type { BulkReport, ReportOptions, RowRequest } from '../core/report.js'
import type { Selection } from '../core/selector.js'
import type { Version } from '../core/versions.js'

/** What may be asked of a deletion or a restoration. */
export interface DeleteOptions extends ReportOptions {
  /** The version each item expects, by its index; undefined takes any. */
  readonly expected?: readonly Version[] | null
  /**
   * `report` (default): items without a row, or with another version, are reported. `error`: they fail the whole batch.
   */
  readonly unmatched?: 'report' | 'error'
}

/** A write of rows that are selected by key. */
export interface KeyedJob {
  readonly context: WriteContext
  readonly selection: Selection
  /** The selectors as the caller gave them. */
  readonly selectors: readonly InputRow[]
  /** The version each item expects, by its index; undefined takes any. */
  readonly expected: readonly Version[] | null
  readonly rows: RowRequest | null
  /** The rows of which an item may be told that they are there, though they were not written. */
  readonly known: RowCondition
  /** What an item is whose row is known, has the version, and was not written. */
  readonly idle: 'unchanged' | 'missing'
  /** What items would write, to tell of conflicts which fields they are about; absent where items name no values. */
  readonly compareOf?: (chunk: Chunk) => readonly WriteColumn[]
  /** The soft-delete stamp that rows get or lose; absent where it stays. */
  readonly mark?: { readonly field: FieldMeta; readonly isSet: boolean }
}

/** What became of the items of a chunk. */
export interface KeyedResult extends Pick<BulkReport, 'missing' | 'conflicts'> {
  /** Indexes of the items whose rows were written. */
  readonly written: readonly number[]
  /** Indexes of the items whose rows held all the values already. */
  readonly unchanged: readonly number[]
  /** The rows that the statement gave back, by the index of their items. */
  readonly answers: ReadonlyMap<number, SqlRow>
  /** The wanted rows: written ones and those that are unchanged. */
  readonly rows: Map<number, unknown>
}

/** How the rows of a job are written. */
export interface KeyedPlan {
  readonly itemErrors: ItemErrors
  readonly chunks: readonly Chunk[]
  /** What the items write, to be looked at when a constraint refuses it. */
  readonly values: readonly InputRow[]
  /** The statement of a chunk; null: its items name nothing to write. */
  readonly statementOf: (chunk: Chunk) => Statement | null
  /** What the statements give back: without fields the items that were not written, otherwise the written rows. */
  readonly returning: Returning
  /** `report`: items without a row, or with another version, are reported. `error`: they fail the whole job. */
  readonly unmatched: 'report' | 'error'
  /** What else belongs to the job, in the same transaction. */
  readonly follow?: ((context: WriteContext, results: readonly KeyedResult[]) => Promise<void>) | null
}
