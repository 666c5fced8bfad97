/**
 * The part of a Prisma client that the suite uses, by structure: the generated client is never imported, so one
 * build of this package serves every client.
 */
export interface ClientLike {
  $queryRawUnsafe: (query: string, ...values: unknown[]) => PromiseLike<unknown>
  /** Absent on clients inside the transactions of old minor versions. */
  $transaction?: <T>(work: (client: ClientLike) => Promise<T>, options?: TransactionOptions) => Promise<T>
  /** Absent on a client that is bound to a transaction. */
  $connect?: unknown
}

/** Times in milliseconds, as Prisma's `$transaction` takes them. */
export interface TransactionOptions {
  readonly maxWait?: number
  readonly timeout?: number
}
