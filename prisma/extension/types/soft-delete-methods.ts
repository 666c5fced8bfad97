import type {
  BulkCounts,
  BulkResult,
  SelectedRow,
  SelectOf,
  Selecting,
  UniqueSelector,
  Unmatched
} from './report-types.js'

/** Methods of models whose rows can be marked as deleted. */
export type SoftDeleteMethods = {
  readonly softDelete: SoftDelete
  readonly bulkSoftDelete: BulkSoftDelete
  readonly restore: Restore
  readonly bulkRestore: BulkRestore
  readonly purge: Purge
}

/** The row of one item: what the arguments `A` select, else all of its columns. */
type RowResult<T, A> = SelectedRow<
  T,
  A extends { readonly select: infer Select extends object | boolean } ? Select : true
>

export interface SoftDelete {
  /**
   * Marks a row as deleted, and along with it the rows that go with it by relations with `onDelete: Cascade`. A row
   * that is marked already keeps its first stamp and comes back as it is.
   *
   * @param args.select fields to give back; default: all columns
   * @throws CommonsError `object_not_found`; `foreign_key_restricted` when live rows refer to it by `onDelete:
   * Restrict`
   * @example
   * const { deletedAt } = await prisma.article.softDelete({ where: { id } })
   */
  <T, A>(this: T, args: { readonly where: UniqueSelector<T> } & Selecting<A, SelectOf<T>>): Promise<RowResult<T, A>>
}

export interface BulkSoftDelete {
  /**
   * Marks rows as deleted, by one statement a chunk. Rows that are marked already keep their first stamp and count as
   * `unchanged`.
   *
   * @param args.where unique selectors (one unique set a call); one that stands twice counts once
   * @returns counts with `deleted` and `missing`
   * @throws BulkError `foreign_key_restricted` naming the items whose rows live rows refer to; then nothing is marked
   * @example
   * const { deleted, unchanged, missing } = await prisma.article.bulkSoftDelete({ where: [{ id: a }, { id: b }] })
   */
  <T, A>(
    this: T,
    args: { readonly where: readonly UniqueSelector<T>[] } & Unmatched & Selecting<A, SelectOf<T>>
  ): Promise<BulkResult<T, A>>
}

export interface Restore {
  /**
   * Takes the mark of a row away, and of all that went with it in the same deletion. A live row comes back as it is.
   *
   * @param args.where a selector of a unique set that holds for deleted rows as well
   * @throws CommonsError `object_not_found`; `unique_violation` when another row has taken a unique value meanwhile
   * @example
   * await prisma.article.restore({ where: { id } })
   */
  <T, A>(this: T, args: { readonly where: UniqueSelector<T> } & Selecting<A, SelectOf<T>>): Promise<RowResult<T, A>>
}

export interface BulkRestore {
  /**
   * Takes the marks of rows away, and of all that went with them in the same deletions, by one statement a chunk.
   *
   * @param args.where unique selectors of sets that hold for deleted rows as well
   * @returns counts with `restored`; live rows are `unchanged`
   * @throws BulkError `unique_violation` naming the items whose unique values are taken; then nothing is restored
   * @example
   * const { restored, missing } = await prisma.article.bulkRestore({ where: [{ id: a }, { id: b }] })
   */
  <T, A>(
    this: T,
    args: { readonly where: readonly UniqueSelector<T>[] } & Unmatched & Selecting<A, SelectOf<T>>
  ): Promise<BulkResult<T, A> & { readonly restored: number }>
}

export interface Purge {
  /**
   * Removes rows for good that were marked as deleted long enough ago, the oldest first. What the foreign keys of the
   * database cascade to goes as well, marked or not.
   *
   * @param args.olderThan rows marked before this instant, or this many milliseconds ago
   * @param args.limit rows to remove, at most; default: all
   * @returns counts with `deleted`
   * @throws CommonsError `foreign_key_restricted` when the database keeps one of them; then nothing is removed
   * @example
   * await prisma.article.purge({ olderThan: 30 * 24 * 60 * 60 * 1000 })
   */
  (args: { readonly olderThan: Date | number; readonly limit?: number }): Promise<BulkCounts>
}
