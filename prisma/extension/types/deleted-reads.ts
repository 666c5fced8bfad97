import type { Prisma } from '@prisma/client/extension'
import type { DeletedRows } from '../../../lib/model/meta.js'

/** The argument that says whether soft-deleted rows are read. */
interface Deleted {
  /** `exclude` (default): they are not there; `include`: they are, beside the others; `only`: nothing else is. */
  readonly deleted?: DeletedRows
}

type Reading = 'findMany' | 'count' | 'aggregate' | 'groupBy'

type ReadArgs<T, A, Method extends Reading> = Prisma.Exact<A, Prisma.Args<T, Method> & Deleted>

type ReadResult<T, A, Method extends Reading> = Prisma.PrismaPromise<Prisma.Result<T, A, Method>>

/** Prisma's readings of several rows, on models whose rows can be soft-deleted. */
export type DeletedReads = {
  readonly findMany: FindMany
  readonly count: Count
  readonly aggregate: Aggregate
  readonly groupBy: GroupBy
}

export interface FindMany {
  /**
   * Prisma's `findMany`, with `deleted`.
   *
   * @example
   * await prisma.article.findMany({ deleted: 'only', orderBy: { deletedAt: 'desc' } })
   */
  <T, A>(this: T, args?: ReadArgs<T, A, 'findMany'>): ReadResult<T, A, 'findMany'>
}

export interface Count {
  /** Prisma's `count`, with `deleted`. */
  <T, A>(this: T, args?: ReadArgs<T, A, 'count'>): ReadResult<T, A, 'count'>
}

export interface Aggregate {
  /** Prisma's `aggregate`, with `deleted`. */
  <T, A>(this: T, args: ReadArgs<T, A, 'aggregate'>): ReadResult<T, A, 'aggregate'>
}

export interface GroupBy {
  /** Prisma's `groupBy`, with `deleted`. */
  <T, A>(this: T, args: ReadArgs<T, A, 'groupBy'>): ReadResult<T, A, 'groupBy'>
}
