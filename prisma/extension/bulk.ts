import { Prisma } from '@prisma/client/extension'
import type { InputRow } from '../../lib/bulk/context.js'
import type { BulkReport } from '../../lib/bulk/report.js'
import { uniqueNamed } from '../../lib/bulk/selector.js'
import type { BulkStore } from '../../lib/bulk/store.js'
import type { UpdateItem, UpdateOptions } from '../../lib/bulk/update.js'
import { CommonsError } from '../../lib/errors.js'
import type { Metadata } from '../../lib/model/meta.js'
import type { Model, Registry } from '../../lib/model/registry.js'
import type { ClientLike } from '../client-like.js'
import { createStore, type StoreConfig } from '../store.js'
import { checkArguments } from './arguments.js'
import { planRows, type ReadPlan, type Reader } from './rows.js'
import type { BulkResult, ConflictKey, ReplaceItemOf, Row, SelectOf, UniqueSelector, UpdateItemOf, UpsertRow } from './types.js'

/** What a call works with: the caller's client (or transaction), and the model it was made on. */
interface Call {
  readonly model: Model
  readonly store: BulkStore
  readonly reader: Reader
}

interface UpdateArguments {
  readonly data: readonly UpdateItem[]
  readonly select?: unknown
}

/**
 * The bulk methods of every model. Each takes part in the transaction of the client it is called on; a call that
 * needs one statement opens none, several chunks share one of their own.
 */
export function bulkMethods<M extends Metadata> (registryOf: (client: ClientLike) => Registry, config: StoreConfig) {
  const callOf = (self: unknown): Call => {
    const context = Prisma.getExtensionContext(self) as unknown as Reader & { $name: string, $parent: ClientLike }
    const registry = registryOf(context.$parent)
    return { model: registry.model(context.$name), store: createStore(context.$parent, registry, config), reader: context }
  }
  const rowsOf = (model: Model, args: { readonly select?: unknown }, reader: Reader): Promise<ReadPlan> => planRows(model, args.select, reader, config.chunkRows)

  const update = async (self: unknown, method: string, args: UpdateArguments, mode: UpdateOptions['mode']): Promise<BulkReport> => {
    const { model, store, reader } = callOf(self)
    checkArguments(model, method, args, ['data'])
    const { wanted, finish } = await rowsOf(model, args, reader)
    return finish(await store.update(model, args.data, { mode, unmatched: 'report', rows: wanted }) as BulkReport<InputRow>)
  }

  return {
    /**
     * Inserts rows by one statement a chunk, all or none.
     *
     * @param args.data rows of scalar fields; relations are written by their key fields
     * @param args.skipDuplicates leave out rows that hit a unique set instead of failing; default false
     * @param args.select fields to give back (`true`: all scalar ones); default: counts only
     * @returns counts, and `rows` in request order when `select` is given
     * @throws BulkError naming every faulty item: missing or mistyped values, keys that stand twice, broken constraints
     * @example
     * const { created, rows } = await prisma.contract.bulkCreate({ data, select: { id: true } })
     */
    async bulkCreate<T, S = undefined> (
      this: T,
      args: { readonly data: readonly Row<T>[], readonly skipDuplicates?: boolean, readonly select?: SelectOf<T, S> }
    ): Promise<BulkResult<T, S>> {
      const { model, store, reader } = callOf(this)
      checkArguments(model, 'bulkCreate', args, ['data', 'skipDuplicates'])
      const { wanted, finish } = await rowsOf(model, args, reader)
      const report = await store.create(model, args.data as readonly InputRow[], { skipDuplicates: args.skipDuplicates ?? false, rows: wanted })
      return await finish(report as BulkReport<InputRow>) as BulkResult<T, S>
    },

    /**
     * Inserts rows whose key is new and updates the others, by INSERT … ON CONFLICT. Rows that hold all the values
     * already are not written: their version and updatedAt stand, and they count as `unchanged`.
     *
     * @param args.on the unique set that tells whether a row exists, by name; partial ones included
     * @param args.update fields to write on rows that exist; default: all that the rows name, without keys
     * @param args.onDuplicate what to do with rows of the same key: `error` (default), keep the `first`, keep the `last`
     * @throws BulkError as `bulkCreate`
     * @example
     * const { created, updated, unchanged } = await prisma.contract.bulkUpsert({ data, on: 'contractNumber_year' })
     */
    async bulkUpsert<T, const On extends ConflictKey<T, M>, S = undefined> (
      this: T,
      args: {
        readonly data: readonly UpsertRow<T, M, On>[]
        readonly on: On
        readonly update?: readonly (keyof Row<T> & string)[]
        readonly onDuplicate?: 'error' | 'first' | 'last'
        readonly select?: SelectOf<T, S>
      }
    ): Promise<BulkResult<T, S>> {
      const { model, store, reader } = callOf(this)
      checkArguments(model, 'bulkUpsert', args, ['data', 'on', 'update', 'onDuplicate'])
      const on = uniqueNamed(model, args.on)
      const { wanted, finish } = await rowsOf(model, args, reader)
      const report = await store.upsert(model, args.data as readonly InputRow[], {
        on, update: args.update, onDuplicate: args.onDuplicate ?? 'error', expected: null, rows: wanted
      })
      return await finish(report as BulkReport<InputRow>) as BulkResult<T, S>
    },

    /**
     * Updates rows by key, each with values of its own; a field that an item does not name keeps its value.
     *
     * @param args.data items of a unique selector (one unique set a call), the values, and on versioned models the
     * version that the row must have
     * @returns counts with `missing` (no such row) and `conflicts` (another version); those items were not written
     * @example
     * const { updated, conflicts } = await prisma.contract.bulkUpdate({ data: [{ where: { id: 1 }, data: { note: 'x' }, version: 3 }] })
     */
    async bulkUpdate<T, S = undefined> (
      this: T,
      args: { readonly data: readonly UpdateItemOf<T, M>[], readonly select?: SelectOf<T, S> }
    ): Promise<BulkResult<T, S>> {
      return await update(this, 'bulkUpdate', args as UpdateArguments, 'sparse') as BulkResult<T, S>
    },

    /**
     * As `bulkUpdate`, but optional fields that an item does not name go to their declared default or null.
     * Keys, stamps and values that are generated once for a row stay.
     */
    async bulkReplace<T, S = undefined> (
      this: T,
      args: { readonly data: readonly ReplaceItemOf<T, M>[], readonly select?: SelectOf<T, S> }
    ): Promise<BulkResult<T, S>> {
      return await update(this, 'bulkReplace', args as UpdateArguments, 'replace') as BulkResult<T, S>
    },

    /**
     * Deletes rows by key, by one statement a chunk.
     *
     * @param args.where unique selectors (one unique set a call); one that stands twice counts once
     * @returns counts with `missing`; `rows` are the rows as they were, scalar fields only
     * @example
     * const { deleted, missing } = await prisma.contract.bulkDelete({ where: [{ id: 1 }, { id: 2 }] })
     */
    async bulkDelete<T, S = undefined> (
      this: T,
      args: { readonly where: readonly UniqueSelector<T>[], readonly select?: SelectOf<T, S> }
    ): Promise<BulkResult<T, S>> {
      const { model, store } = callOf(this)
      checkArguments(model, 'bulkDelete', args, ['where'])
      const { wanted, finish } = await rowsOf(model, args, goneReader)
      const report = await store.delete(model, args.where as readonly InputRow[], { rows: wanted })
      return await finish(report as BulkReport<InputRow>) as BulkResult<T, S>
    }
  }
}

/** Deleted rows cannot be read again. */
const goneReader: Reader = {
  findMany: async () => {
    throw new CommonsError('validation_failed', { message: 'select of bulkDelete takes scalar fields only' })
  }
}
