import type {
  BulkCounts,
  BulkResult,
  SelectedRow,
  SelectOf,
  Selecting,
  UniqueSelector,
  Unmatched
} from './report-types.js'

/** Methods of models whose rows can be soft-deleted. */
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
   * Soft-deletes a row, and the rows that refer to it by relations with `onDelete: Cascade`. A row that is soft-deleted
   * already keeps its first stamp and comes back as it is.
   *
   * @param args.select fields to give back; default: all columns
   * @throws CommonsError `object_not_found`; `foreign_key_restricted` when other rows refer to it by
   * `onDelete: Restrict`
   * @example
   * const { deletedAt } = await prisma.article.softDelete({ where: { id } })
   */
  <T, A>(this: T, args: { readonly where: UniqueSelector<T> } & Selecting<A, SelectOf<T>>): Promise<RowResult<T, A>>
}

export interface BulkSoftDelete {
  /**
   * Soft-deletes rows, by one statement a chunk. Rows that are soft-deleted already keep their first stamp and count as
   * `unchanged`.
   *
   * @param args.where selectors by one unique constraint; a repeated one counts once
   * @returns counts with `deleted` and `missing`
   * @throws BulkError `foreign_key_restricted` naming the items whose rows other rows refer to; then nothing is
   * soft-deleted
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
   * Restores a row, and all rows of the same deletion. A row that is not soft-deleted comes back as it is.
   *
   * @param args.where a selector by a unique constraint that holds for soft-deleted rows too
   * @throws CommonsError `object_not_found`; `unique_violation` when another row has taken a unique value meanwhile
   * @example
   * await prisma.article.restore({ where: { id } })
   */
  <T, A>(this: T, args: { readonly where: UniqueSelector<T> } & Selecting<A, SelectOf<T>>): Promise<RowResult<T, A>>
}

export interface BulkRestore {
  /**
   * Restores rows, and all rows of the same deletions, by one statement a chunk.
   *
   * @param args.where selectors by a unique constraint that holds for soft-deleted rows too
   * @returns counts with `restored`; other rows are `unchanged`
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
   * Removes rows for good that were soft-deleted long enough ago, the oldest first. Rows that
   * the foreign keys of the database cascade to are removed too, soft-deleted or not.
   *
   * @param args.olderThan rows soft-deleted before this instant, or this many milliseconds ago
   * @param args.limit rows to remove, at most; default: all
   * @returns counts with `deleted`
   * @throws CommonsError `foreign_key_restricted` when the database keeps one of them; then nothing is removed
   * @example
   * await prisma.article.purge({ olderThan: 30 * 24 * 60 * 60 * 1000 })
   */
  (args: { readonly olderThan: Date | number; readonly limit?: number }): Promise<BulkCounts>
}
