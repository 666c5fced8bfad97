import type { InputRow } from '../core/write-context.js'
import type { Selection } from '../core/selector.js'

export interface WrittenItems {
  /** What each item writes. */
  readonly rows: readonly InputRow[]
  /**
   * The unique constraint and its values by which an item finds its own row, which cannot clash with itself; null for
   * inserts.
   */
  readonly own: Selection | null
  /** True where the write undoes itself when it fails: then its failure does not end the caller's transaction. */
  readonly isUndone?: boolean
  /**
   * True where slugs were generated: a writer who loses one makes another, so inside a transaction the write stands in
   * a savepoint.
   */
  readonly hasGeneratedSlugs?: boolean
}
