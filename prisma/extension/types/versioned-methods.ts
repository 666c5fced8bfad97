import type { Prisma } from '@prisma/client/extension'

/** Methods of models with a version. */
export type VersionedMethods = {
  readonly updateVersioned: UpdateVersioned
}

interface Notes {
  /** Kept in the column of the feature; absent: what it holds stays. */
  readonly revisionNotes?: string | null
}

/** The version that the row must have; only a write that does not count may do without. */
type Expectation =
  | { readonly expectedVersion: number; readonly skipVersionIncrement?: boolean }
  | { readonly expectedVersion?: number; readonly skipVersionIncrement: true }

export interface UpdateVersioned {
  /**
   * Updates one row if it still has the version that its reader saw; of several such writes one wins.
   *
   * @param args.expectedVersion the version that the row must have
   * @param args.skipVersionIncrement save without counting; default false
   * @returns the row, as Prisma's `update` does
   * @throws VersionConflictError with `current`, `expected` and the `fields` that differ; CommonsError
   * `object_not_found` when there is no such row. What else goes wrong is Prisma's own error, as with `update`.
   * @example
   * await prisma.contract.updateVersioned({ where: { id }, data: { note }, expectedVersion: 3 })
   */
  <T, A>(
    this: T,
    args: Prisma.Exact<A, Prisma.Args<T, 'update'> & Notes & Expectation>
  ): Promise<Prisma.Result<T, A, 'update'>>
}
