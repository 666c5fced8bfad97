import type { RowField } from '../fields/computed.js'
import type { FieldMeta, UniqueMeta } from '../model/meta.js'
import type { Model, Registry } from '../model/registry.js'
import { dialectOf } from '../sql/dialects.js'
import type { Filter } from '../sql/port/filter.js'
import type { CellPath } from '../sql/port/read-statements.js'
import type { LinkTable } from '../sql/port/statement-parts.js'
import { reportInvalidValues } from './core/invalid-values.js'
import type { ItemErrors } from './core/item-errors.js'
import { reportRepeatedRows } from './core/keys.js'
import { contextOf, type Session, type StoreClient, type WriteMode } from './session.js'
import type { WriteContext, InputRow } from './core/write-context.js'
import { computedValues, type ComputedValue } from './read/computed.js'
import { differenceTo, type Difference } from './read/difference.js'
import { findRows, type FindOptions, type Row } from './read/find.js'
import { lookUpRows, type Candidate, type LookUpOptions } from './read/lookup.js'
import { findMissing } from './read/missing.js'
import { pageOf, seekRows, type Page, type PageOptions, type Seek, type SeekOptions } from './read/page.js'
import { relatedRows, type RelatedOptions } from './read/related.js'
import {
  commonTexts,
  countRows,
  textPageOf,
  type ChoiceOptions,
  type TextPage,
  type TextPageOptions
} from './read/text-page.js'

/** The reads of a store, and its checks that need no database. No actor is asked for: they stamp no row. */
export class StoreReader {
  protected readonly session: Session
  protected readonly mode: WriteMode

  constructor (session: Session, mode: WriteMode = {}) {
    this.session = session
    this.mode = mode
  }

  get registry (): Registry {
    return this.session.registry
  }

  /** The client, in a transaction the one that is bound to it. */
  get client (): StoreClient {
    return this.session.client
  }

  /**
   * Reads rows by key, in the order of the request; null where there is none. Soft-deleted rows are left out unless
   * `deleted` says otherwise.
   */
  find (model: Model, selectors: readonly InputRow[], options: FindOptions): Promise<readonly (Row | null)[]> {
    return findRows(this.unstamped(model), selectors, options)
  }

  /**
   * Finds the row of each list of candidates, the first that there is one for; null where there is none. One query.
   */
  lookUp (
    model: Model,
    wanted: readonly (readonly Candidate[])[],
    options: LookUpOptions
  ): Promise<readonly (Row | null)[]> {
    return lookUpRows(this.unstamped(model), wanted, options)
  }

  /**
   * Finds the rows of a model that belong to each of some keys, in the order of their primary keys. Soft-deleted rows
   * are left out. One query.
   */
  related (
    model: Model,
    by: FieldMeta | LinkTable,
    keys: readonly unknown[],
    options: RelatedOptions
  ): Promise<readonly (readonly Row[])[]> {
    return relatedRows(this.unstamped(model), by, keys, options)
  }

  /**
   * Finds the values of a key field that no row of the model has, by their indexes; nulls are no references.
   * `filter`: the rows that may be named. Soft-deleted rows are left out. One query.
   */
  missing (
    model: Model,
    field: string,
    values: readonly unknown[],
    filter: Filter | null
  ): Promise<ReadonlySet<number>> {
    return findMissing(this.unstamped(model), field, values, filter)
  }

  /** Reads some rows in an order, and counts them all. */
  page (model: Model, options: PageOptions): Promise<Page> {
    return pageOf(this.unstamped(model), options)
  }

  /** Reads the rows after a position in an order, without counting; each comes with its own position. */
  seek (model: Model, options: SeekOptions): Promise<Seek> {
    return seekRows(this.unstamped(model), options)
  }

  /** The same as lines of CSV, which the database makes. */
  textPage (model: Model, options: TextPageOptions): Promise<TextPage> {
    return textPageOf(this.unstamped(model), options)
  }

  /** Counts rows, up to the limit. */
  countTo (model: Model, limit: number, options: ChoiceOptions): Promise<number> {
    return countRows(this.unstamped(model), limit, options)
  }

  /** Finds the text that all rows have in each cell; null where they differ, or where it is empty. */
  commonTexts (model: Model, cells: readonly CellPath[], options: ChoiceOptions): Promise<readonly (string | null)[]> {
    return commonTexts(this.unstamped(model), cells, options)
  }

  /**
   * Computes values for rows, which have their primary keys, in their order; null for a row that is gone. One query.
   */
  computed (
    model: Model,
    rows: readonly InputRow[],
    values: readonly ComputedValue[]
  ): Promise<readonly (Row | null)[]> {
    return computedValues(this.unstamped(model), rows, values)
  }

  /** Compares one row to a change, on models with a version: null where there is no row. */
  difference (model: Model, selector: InputRow, change: InputRow): Promise<Difference | null> {
    return differenceTo(this.unstamped(model), selector, change)
  }

  /** Reports the values that their columns cannot hold. */
  reportInvalid (model: Model, rows: readonly InputRow[], itemErrors: Pick<ItemErrors, 'add'>): void {
    reportInvalidValues(this.unstamped(model), rows, itemErrors)
  }

  /** Reports the rows that share their values in one of the unique constraints. */
  reportRepeated (
    model: Model,
    uniques: readonly UniqueMeta[],
    rows: readonly InputRow[],
    itemErrors: ItemErrors
  ): void {
    reportRepeatedRows(this.unstamped(model), uniques, rows, itemErrors)
  }

  /** A text that is equal for values which the database holds for equal; null for an invalid value of the field. */
  keyText (field: FieldMeta, value: unknown): string | null {
    return dialectOf(this.registry.metadata.provider).keyText(field, value)
  }

  /** Makes a decimal, of the client's class, of its digits. */
  decimal (text: string): unknown {
    return this.session.decimal(text)
  }

  /** The fields that the client computes for rows of a model, beside those of its features. */
  resultFields (model: Model): Readonly<Record<string, RowField>> {
    return this.session.resultFields(model)
  }

  /** The context of an operation that stamps no row. */
  protected unstamped (model: Model): WriteContext {
    return contextOf(this.session, model, { now: this.session.settings.clock(), actorId: null }, this.mode)
  }
}
