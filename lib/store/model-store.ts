import type { Model } from '../model/registry.js'
import { dialectOf } from '../sql/dialects.js'
import type { LinkTable } from '../sql/port/statement-parts.js'
import type { BulkReport } from './core/report.js'
import { contextOf, type IsolatedOptions, type TransactOptions, type WriteMode } from './session.js'
import type { WriteContext, InputRow } from './core/write-context.js'
import { deleteRows } from './delete/delete.js'
import { purgeRows, type PurgeOptions } from './delete/purge.js'
import { restoreRows } from './delete/restore.js'
import { softDeleteRows } from './delete/soft-delete.js'
import { writeLinks, type Link } from './read/related.js'
import { StoreReader } from './store-reader.js'
import { createRows, type CreateOptions } from './write/create.js'
import { mayBeExplained } from './write/explain-constraint.js'
import type { UpsertOptions } from './write/prepare-upsert.js'
import { retried } from './write/retried.js'
import { withRollback } from './write/rollback.js'
import { updateRows, type UpdateItem, type UpdateOptions } from './write/update.js'
import { upsertRows } from './write/upsert.js'
import type { DeleteOptions } from './write/keyed-job.js'

/** The reads and writes of the models of one database, on a client or in the transaction that it is bound to. */
export class ModelStore extends StoreReader {
  /** Creates all rows, or none; with `skipDuplicates` those whose unique values no row has. */
  create (model: Model, rows: readonly InputRow[], options: CreateOptions): Promise<BulkReport> {
    return createRows(this.#stamped(model), rows, options)
  }

  /** Creates the rows that are not there by the unique constraint `on`, and updates the others. */
  upsert (model: Model, rows: readonly InputRow[], options: UpsertOptions): Promise<BulkReport> {
    return upsertRows(this.#stamped(model), rows, options)
  }

  update (model: Model, items: readonly UpdateItem[], options: UpdateOptions): Promise<BulkReport> {
    return updateRows(this.#stamped(model), items, options)
  }

  /** On models with soft deletion rows are soft-deleted; those that are already are `missing`. */
  delete (model: Model, selectors: readonly InputRow[], options: DeleteOptions): Promise<BulkReport> {
    return deleteRows(this.#stamped(model), selectors, options)
  }

  /** Rows that are soft-deleted already keep their first stamp and count as `unchanged`. */
  softDelete (model: Model, selectors: readonly InputRow[], options: DeleteOptions): Promise<BulkReport> {
    return softDeleteRows(this.#stamped(model), selectors, options)
  }

  /** `restored` in the report counts the rows; those that are not soft-deleted are `unchanged`. */
  restore (model: Model, selectors: readonly InputRow[], options: DeleteOptions): Promise<BulkReport> {
    return restoreRows(this.#stamped(model), selectors, options)
  }

  /** Removes soft-deleted rows for good. */
  purge (model: Model, options: PurgeOptions): Promise<BulkReport> {
    return purgeRows(this.unstamped(model), options)
  }

  /** Takes pairs out of a join table and puts others in; one that is there already stays. One statement. */
  link (table: LinkTable, removed: readonly Link[], added: readonly Link[]): Promise<void> {
    return writeLinks(this.unstamped(table.own.model), table, removed, added)
  }

  /** The same store, whose writes are not retried once nobody waits for them. */
  until (isAbandoned: () => boolean): ModelStore {
    return new ModelStore(this.session, { ...this.mode, isAbandoned })
  }

  /**
   * Runs `work` in one transaction, and again when other transactions get in its way. When the database refuses a write
   * without telling which items it is about, all is undone and `work` is run once more, in a way that tells.
   *
   * @param model as in `IsolatedOptions`
   */
  async transaction<T>(work: (store: ModelStore) => Promise<T>, model?: Model): Promise<T> {
    const { isolates = false } = this.mode
    try {
      return await this.#transact(work, isolates, { model })
    } catch (error) {
      if (isolates || !mayBeExplained(error)) throw error
      return await this.#transact(work, true, { model })
    }
  }

  /**
   * Runs `work` in a transaction that outlives every failure of an operation in it: each stands in a savepoint.
   * Inside a transaction it is a savepoint of that one, which is undone when `work` fails. Run again as a transaction
   * is.
   */
  async isolated<T>(work: (store: ModelStore) => Promise<T>, options: IsolatedOptions<T> = {}): Promise<T> {
    const { rollback = false } = options
    if (rollback === false) return await this.#transact(work, true, options)
    return await withRollback(
      async settle => await this.#transact(async store => settle(await work(store)), true, options),
      rollback === true ? () => true : rollback
    )
  }

  /**
   * Gives `work` a way to find out what would succeed now, in this store's transaction: each attempt is undone. It
   * comes to null when it succeeded, else to its error. Two statements an attempt, those of its own left out.
   */
  async trial<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const { runner } = this.session
    const { savepoint } = dialectOf(this.registry.metadata.provider)
    await runner.query(savepoint.begin)
    const result = await work(async attempt => {
      const error = await this.#errorOf(attempt, false)
      return mayBeExplained(error) ? await this.#errorOf(attempt, true) : error
    })
    await runner.query(savepoint.end)
    return result
  }

  /** Checks now what the database would check at the end of this store's transaction. */
  async checkDeferred (): Promise<void> {
    await this.session.runner.query(dialectOf(this.registry.metadata.provider).checkDeferred)
  }

  async #transact<T>(
    work: (store: ModelStore) => Promise<T>,
    isolates: boolean,
    { once = false, timeout, model }: TransactOptions
  ): Promise<T> {
    const { runner, settings } = this.session
    return await retried(
      once ? null : settings.retryTimeout,
      async isContended =>
        await this.session.transaction(
          async inner => await work(new ModelStore(inner, this.#modeOf(isolates, isContended))),
          timeout
        ),
      runner.inTransaction || model === undefined ? null : model,
      this.mode.isAbandoned
    )
  }

  /** Runs one attempt of a trial and undoes it; null when it succeeded. */
  async #errorOf (attempt: (store: ModelStore) => Promise<unknown>, isolates: boolean): Promise<unknown> {
    const { runner, settings } = this.session
    const { savepoint } = dialectOf(this.registry.metadata.provider)
    try {
      await retried(
        settings.retryTimeout,
        async isContended => {
          try {
            await attempt(new ModelStore(this.session, this.#modeOf(isolates, isContended)))
          } finally {
            await runner.query(savepoint.undo)
          }
        },
        null,
        this.mode.isAbandoned
      )
      return null
    } catch (error) {
      return error
    }
  }

  #modeOf (isolates: boolean, isContended: boolean): WriteMode {
    return { ...this.mode, isolates, isContended: isContended || this.mode.isContended === true }
  }

  /** The context of an operation that stamps rows with the actor and the time of its call. */
  #stamped (model: Model): WriteContext {
    return contextOf(this.session, model, undefined, this.mode)
  }
}

/** Runs work on a store and undoes it; comes to null when it succeeded, else to its error. */
export type Attempt = (work: (store: ModelStore) => Promise<unknown>) => Promise<unknown>
