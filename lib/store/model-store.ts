import type { FieldMeta, UniqueMeta } from '../model/meta.js'
import type { Model, Registry } from '../model/registry.js'
import type { CellPath } from '../sql/port/read-statements.js'
import type { LinkTable } from '../sql/port/statement-parts.js'
import type { Filter } from '../sql/port/filter.js'
import type { RowField } from '../fields/computed.js'
import type { ComputedValue } from './read/computed.js'
import type { InputRow } from './core/write-context.js'
import type { Difference } from './read/difference.js'
import type { DeleteOptions } from './write/write-by-key.js'
import type { Faults } from './core/item-errors.js'
import type { FindOptions, Row } from './read/find.js'
import type { Candidate, LookUpOptions } from './read/lookup.js'
import type { Page, PageOptions, Seek, SeekOptions } from './read/page.js'
import type { PurgeOptions } from './delete/purge.js'
import type { Link, RelatedOptions } from './read/related.js'
import type { BulkReport, ReportOptions } from './core/report.js'
import type { ChoiceOptions, TextPage, TextPageOptions } from './read/text-page.js'
import type { UpdateItem, UpdateOptions } from './write/update.js'
import type { UpsertOptions } from './write/prepare-upsert.js'

/** The client that a store works on; the binding makes it Prisma's. */
export interface StoreClient {}

export type Attempt = (work: (store: BulkStore) => Promise<unknown>) => Promise<unknown>

export interface IsolatedOptions {
  /**
   * Do not run the work again when other transactions get in its way, since it can be done only once. Default: false.
   */
  readonly once?: boolean
  /** Milliseconds that the transaction may take. Default: what the store was made with. */
  readonly timeout?: number
  /** The model whose rows are written: for a while after lost races its writers lock their rows in one order first. */
  readonly model?: Model
}

/** The bulk operations on one database, as those need them who know no Prisma. */
export interface BulkStore {
  readonly registry: Registry
  /** The client, in a transaction the one that is bound to it. */
  readonly client: StoreClient
  /** The same store, whose writes are not retried once nobody waits for them. */
  until: (isAbandoned: () => boolean) => BulkStore
  /**
   * Runs `work` in one transaction, and again when other transactions get in its way. When the database refuses a write
   * without telling which items it is about, all is undone and `work` is run once more, in a way that tells.
   */
  transaction: <T>(work: (store: BulkStore) => Promise<T>, model?: Model) => Promise<T>
  /**
   * Runs `work` in a transaction that outlives every failure of an operation in it: each stands in a savepoint.
   * Inside a transaction it is a savepoint of that one, which is undone when `work` fails. Run again as a transaction
   * is.
   */
  isolated: <T>(work: (store: BulkStore) => Promise<T>, options?: IsolatedOptions) => Promise<T>
  /**
   * Gives `work` a way to find out what would succeed now, in this store's transaction: each attempt is undone. It
   * comes to null when it succeeded, else to its error. Two statements an attempt, those of its own left out.
   */
  trial: <T>(work: (attempt: Attempt) => Promise<T>) => Promise<T>
  /** Checks now what the database would check at the end of this store's transaction. */
  checkDeferred: () => Promise<void>
  create: (
    model: Model,
    rows: readonly InputRow[],
    options: ReportOptions & { readonly skipDuplicates?: boolean }
  ) => Promise<BulkReport>
  upsert: (model: Model, rows: readonly InputRow[], options: UpsertOptions) => Promise<BulkReport>
  update: (model: Model, items: readonly UpdateItem[], options: UpdateOptions) => Promise<BulkReport>
  /** On models with soft deletion rows are marked; those that are marked already are `missing`. */
  delete: (model: Model, selectors: readonly InputRow[], options: DeleteOptions) => Promise<BulkReport>
  /** Rows that are marked already keep their first stamp and count as `unchanged`. */
  softDelete: (model: Model, selectors: readonly InputRow[], options: DeleteOptions) => Promise<BulkReport>
  /** `restored` in the report counts the rows; live ones are `unchanged`. */
  restore: (model: Model, selectors: readonly InputRow[], options: DeleteOptions) => Promise<BulkReport>
  /** Removes marked rows for good. */
  purge: (model: Model, options: PurgeOptions) => Promise<BulkReport>
  /**
   * Reads rows by key, in the order of the request; null where there is none. Marked ones are left out unless `deleted`
   * says otherwise.
   */
  find: (model: Model, selectors: readonly InputRow[], options: FindOptions) => Promise<readonly (Row | null)[]>
  /** Reads some rows in an order, and counts them all. */
  page: (model: Model, options: PageOptions) => Promise<Page>
  /**
   * Computes values for rows, which have their primary keys, in their order; null for a row that is gone. One query.
   */
  computed: (
    model: Model,
    rows: readonly InputRow[],
    values: readonly ComputedValue[]
  ) => Promise<readonly (Row | null)[]>
  /** The fields that the client computes for rows of a model, beside those of its features. */
  resultFields: (model: Model) => Readonly<Record<string, RowField>>
  /** Makes a decimal, of the client's class, of its digits. */
  decimal: (text: string) => unknown
  /** Compares one row to a change, on models with a version: null where there is no row. */
  difference: (model: Model, selector: InputRow, change: InputRow) => Promise<Difference | null>
  /** Reads the rows behind a position in an order, without counting; each comes with its own position. */
  seek: (model: Model, options: SeekOptions) => Promise<Seek>
  /** The same as lines of CSV, which the database makes. */
  textPage: (model: Model, options: TextPageOptions) => Promise<TextPage>
  /** Counts rows, no further than to the limit. */
  countTo: (model: Model, limit: number, options: ChoiceOptions) => Promise<number>
  /** The text that all rows have in each cell; null where it is not the same in all, or empty. */
  commonTexts: (
    model: Model,
    cells: readonly CellPath[],
    options: ChoiceOptions
  ) => Promise<readonly (string | null)[]>
  /** Reports the values that their columns cannot hold. */
  reportUnfit: (model: Model, rows: readonly InputRow[], faults: Pick<Faults, 'add'>) => void
  /** Reports the rows that share their values in one of the unique sets. */
  reportRepeated: (model: Model, uniques: readonly UniqueMeta[], rows: readonly InputRow[], faults: Faults) => void
  /**
   * The places of those values of a key field that no live row of the model has; nulls are no references. `filter`: the
   * rows that may be named. One query.
   */
  missing: (
    model: Model,
    field: string,
    values: readonly unknown[],
    filter: Filter | null
  ) => Promise<ReadonlySet<number>>
  /**
   * The row that each list of candidates tells, the first that there is one for; null where there is none. One query.
   */
  lookUp: (
    model: Model,
    wanted: readonly (readonly Candidate[])[],
    options: LookUpOptions
  ) => Promise<readonly (Row | null)[]>
  /** The live rows of a model that belong to each of some keys, by their primary keys. One query. */
  related: (
    model: Model,
    by: FieldMeta | LinkTable,
    keys: readonly unknown[],
    options: RelatedOptions
  ) => Promise<readonly (readonly Row[])[]>
  /** Takes pairs out of a join table and puts others in; one that is there already stays. One statement. */
  link: (table: LinkTable, removed: readonly Link[], added: readonly Link[]) => Promise<void>
  /** A text that is equal for values which the database holds for equal; null for what is no value of the field. */
  keyText: (field: FieldMeta, value: unknown) => string | null
}
