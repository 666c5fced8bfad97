import type {
  BulkResult,
  ConflictKey,
  DecimalRule,
  NewRow,
  ReplaceItemOf,
  Row,
  ScalarSelectOf,
  SchemaFacts,
  Selecting,
  SelectOf,
  UniqueSelector,
  UpdateItemOf,
  Unmatched,
  UpsertRow
} from './report-types.js'

// Each method is an interface of its own: a declaration file then names it, where it would repeat a function type in
// full for every model of a client.

/** What the extension adds to every model. Not an interface, which Prisma's record types refuse. */
export type BulkMethods<F extends SchemaFacts> = {
  readonly bulkCreate: BulkCreate<F>
  readonly bulkUpsert: BulkUpsert<F>
  readonly bulkUpdate: BulkUpdate<F>
  readonly bulkReplace: BulkReplace<F>
  readonly bulkDelete: BulkDelete
}

export interface BulkCreate<F extends SchemaFacts> {
  /**
   * Inserts rows by one statement a chunk, all or none. Slugs that rows do not name are generated, by one query for
   * all.
   *
   * @param args.data rows of scalar fields; relations are written by their key fields
   * @param args.skipDuplicates leave out rows that hit a unique constraint instead of failing; default false
   * @param args.decimals `round` decimals to the scale of their column instead of refusing them; default `exact`
   * @param args.select fields to give back (`true`: all scalar ones); default: counts only
   * @returns counts, and `rows` in request order when `select` is given
   * @throws BulkError naming every faulty item: missing or mistyped values, keys that stand twice, broken constraints
   * @example
   * const { created, rows } = await prisma.contract.bulkCreate({ data, select: { id: true } })
   */
  <T, A>(
    this: T,
    args: { readonly data: readonly NewRow<T, F>[]; readonly skipDuplicates?: boolean } & DecimalRule &
      Selecting<A, SelectOf<T>>
  ): Promise<BulkResult<T, A>>
}

export interface BulkUpsert<F extends SchemaFacts> {
  /**
   * Inserts rows whose key is new and updates the others, by INSERT … ON CONFLICT. Rows that hold all the values
   * already are not written: their version and updatedAt stand, and they count as `unchanged`. New rows that name no
   * slug get one, rows that exist keep theirs.
   *
   * @param args.on the unique constraint that tells whether a row exists, by name; partial ones included
   * @param args.update fields to write on rows that exist; default: all that the rows name, without keys
   * @param args.onDuplicate what to do with rows of the same key: `error` (default), keep the `first`, keep the `last`
   * @throws BulkError as `bulkCreate`
   * @example
   * const { created, updated, unchanged } = await prisma.contract.bulkUpsert({ data, on: 'contractNumber_year' })
   */
  <T, const On extends ConflictKey<T, F>, A>(
    this: T,
    args: {
      readonly data: readonly UpsertRow<T, F, On>[]
      readonly on: On
      readonly update?: readonly (keyof Row<T> & string)[]
      readonly onDuplicate?: 'error' | 'first' | 'last'
    } & DecimalRule &
      Selecting<A, SelectOf<T>>
  ): Promise<BulkResult<T, A>>
}

export interface BulkUpdate<F extends SchemaFacts> {
  /**
   * Updates rows by key, each with values of its own; a field that an item does not name keeps its value.
   *
   * @param args.data items of a unique selector (one unique constraint a call), the values, and on versioned models the
   * version that the row must have
   * @returns counts with `missing` (no such row) and `conflicts` (another version); those items were not written
   * @example
   * const { updated, conflicts } = await prisma.contract.bulkUpdate({ data: [{ where: { id: 1 }, data: { note: 'x' },
   * version: 3 }] })
   */
  <T, A>(
    this: T,
    args: { readonly data: readonly UpdateItemOf<T, F>[] } & Unmatched & DecimalRule & Selecting<A, SelectOf<T>>
  ): Promise<BulkResult<T, A>>
}

export interface BulkReplace<F extends SchemaFacts> {
  /**
   * As `bulkUpdate`, but optional fields that an item does not name go to their declared default or null.
   * Keys, stamps and values that are generated once for a row stay.
   */
  <T, A>(
    this: T,
    args: { readonly data: readonly ReplaceItemOf<T, F>[] } & Unmatched & DecimalRule & Selecting<A, SelectOf<T>>
  ): Promise<BulkResult<T, A>>
}

export interface BulkDelete {
  /**
   * Deletes rows by key, by one statement a chunk. On models with soft deletion they are soft-deleted, and rows that
   * are soft-deleted already are missing.
   *
   * @param args.where unique selectors (one unique constraint a call); one that stands twice counts once
   * @returns counts with `missing`; `rows` are the rows as they were last, scalar fields only
   * @example
   * const { deleted, missing } = await prisma.contract.bulkDelete({ where: [{ id: 1 }, { id: 2 }] })
   */
  <T, A>(
    this: T,
    args: { readonly where: readonly UniqueSelector<T>[] } & Unmatched & Selecting<A, ScalarSelectOf<T>>
  ): Promise<BulkResult<T, A>>
}
