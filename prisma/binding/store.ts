import type { BulkContext, SlugSources } from '../../lib/store/core/write-context.js'
import { computedValues } from '../../lib/store/read/computed.js'
import { createRows } from '../../lib/store/write/create.js'
import { rowCursor } from '../../lib/store/read/cursor.js'
import { deleteRows } from '../../lib/store/delete/delete.js'
import { mayBeExplained } from '../../lib/store/write/explain-constraint.js'
import { differenceTo } from '../../lib/store/read/difference.js'
import { findRows } from '../../lib/store/read/find.js'
import { reportRepeatedRows } from '../../lib/store/core/keys.js'
import { lookUpRows } from '../../lib/store/read/lookup.js'
import { findMissing } from '../../lib/store/read/missing.js'
import { pageOf, seekRows } from '../../lib/store/read/page.js'
import { purgeRows } from '../../lib/store/delete/purge.js'
import { relatedRows, writeLinks } from '../../lib/store/read/related.js'
import { restoreRows } from '../../lib/store/delete/restore.js'
import { retried } from '../../lib/store/write/retried.js'
import { softDeleteRows } from '../../lib/store/delete/soft-delete.js'
import type { BulkStore, StoreClient } from '../../lib/store/model-store.js'
import { commonTexts, countRows, textPageOf } from '../../lib/store/read/text-page.js'
import { reportUnfitValues } from '../../lib/store/core/invalid-values.js'
import { updateRows } from '../../lib/store/write/update.js'
import { upsertRows } from '../../lib/store/write/upsert.js'
import type { Model, Registry } from '../../lib/model/registry.js'
import { dialectOf } from '../../lib/sql/dialects.js'
import { actingReader, type Acting, type ReadActing } from './acting.js'
import { createRunner, transaction } from './bind.js'
import { generateDefault } from './client-defaults.js'
import type { ClientLike, TransactionOptions } from './client-like.js'
import { makeDecimal } from './decimal.js'
import { resultFields } from './result-fields.js'
import { transliterate } from './transliterate.js'

/** Resolved settings of the extension. */
export interface StoreConfig {
  /** Rows a statement, at most. */
  readonly chunkRows: number
  /** Refuse decimals that their column would round. Resources check what they read themselves. */
  readonly exactDecimals: boolean
  /** Milliseconds for which a write is retried after a deadlock or a lost race. */
  readonly retryTimeout: number
  /** For operations of several statements. */
  readonly transaction: TransactionOptions
  readonly acting: ReadActing
  readonly clock: () => Date
  readonly slugSources: SlugSources
}

export const storeDefaults: StoreConfig = {
  chunkRows: 10_000,
  exactDecimals: false,
  retryTimeout: 5_000,
  transaction: { maxWait: 5_000, timeout: 120_000 },
  acting: actingReader('warn', () => new Date()),
  clock: () => new Date(),
  slugSources: new Map()
}

/** What the extension leaves on a client for those who work through it. */
export interface CommonsHandle {
  readonly registryOf: (client: ClientLike) => Registry
  readonly config: StoreConfig
}

/** The store of an extended client. */
export function storeOf (client: object): BulkStore {
  const { $commons: handle } = client as { readonly $commons?: CommonsHandle }
  if (handle === undefined) {
    throw new Error('The Prisma client is not extended: use new PrismaClient(…).$extends(commons({ metadata }))')
  }
  return createStore(client as ClientLike, handle.registryOf(client as ClientLike), handle.config)
}

/** A connection of a driver, as `pg` has it. */
export interface DriverConnection {
  query: (text: string, values?: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>
}

/**
 * The store of an extended client, for reading by another connection, on which a transaction is open: lists come by one
 * cursor.
 */
export function storeOn (client: object, connection: DriverConnection): BulkStore {
  const { registry } = storeOf(client)
  const driver: ClientLike = {
    $queryRawUnsafe: async (text, ...values) => (await connection.query(text, values)).rows
  }
  const context = (model: Model): BulkContext =>
    bulkContext(driver, registry, storeDefaults, model, { now: new Date(), actorId: null })
  return {
    ...createStore(driver, registry),
    seek: (model, options) => rowCursor.rows(context(model), options),
    textPage: (model, options) => rowCursor.text(context(model), options)
  }
}

/**
 * What an operation on one model works with, on a client or in the transaction that it is bound to. Made when the
 * operation is called, not when its statement runs: the actor may be another one by then.
 */
export function bulkContext (
  client: ClientLike,
  registry: Registry,
  config: StoreConfig,
  model: Model,
  acting: Acting = config.acting()(model),
  mode: WriteMode = {}
): BulkContext {
  return {
    registry,
    model,
    dialect: dialectOf(registry.metadata.provider),
    runner: createRunner(client, registry, config.transaction),
    factories: { decimal: makeDecimal },
    ...acting,
    generate: generateDefault,
    transliterate,
    slugSources: config.slugSources,
    chunkRows: config.chunkRows,
    exactDecimals: config.exactDecimals,
    retryTimeout: config.retryTimeout,
    isolates: mode.isolates === true,
    isContended: mode.isContended === true,
    isAbandoned: mode.isAbandoned
  }
}

/** How the operations of a store write in the transaction that its client is bound to. */
interface WriteMode {
  /** Each operation stands in a savepoint. Default: false. */
  readonly isolates?: boolean
  /** Writers of the model have met a short while ago: see `retried`. Default: false. */
  readonly isContended?: boolean
  /** True once nobody waits for a write any more: then it is not retried. Default: never. */
  readonly isAbandoned?: (() => boolean) | undefined
}

/** The bulk operations over a Prisma client, in whatever transaction that client is bound to. */
export function createStore (
  client: ClientLike,
  registry: Registry,
  config: StoreConfig = storeDefaults,
  mode: WriteMode = {}
): BulkStore {
  const { retryTimeout } = config
  const contextOf = (model: Model): BulkContext => bulkContext(client, registry, config, model, undefined, mode)
  // Of these nobody is told: they stamp no row.
  const unstamped = (model: Model): BulkContext =>
    bulkContext(client, registry, config, model, { now: config.clock(), actorId: null }, mode)
  const transact = async <T>(
    work: (store: BulkStore) => Promise<T>,
    { isolates, isContended }: Required<Omit<WriteMode, 'isAbandoned'>>,
    timeout?: number
  ): Promise<T> => {
    const inner = { ...mode, isolates, isContended: isContended || mode.isContended === true }
    const options = timeout === undefined ? config.transaction : { ...config.transaction, timeout }
    return await transaction(
      client,
      registry,
      options,
      async bound => await work(createStore(bound, registry, config, inner))
    )
  }
  const { inTransaction } = createRunner(client, registry, config.transaction)
  const contendedModel = (model: Model | undefined): Model | null =>
    inTransaction || model === undefined ? null : model
  return {
    registry,
    client: client as StoreClient,
    until: isAbandoned => createStore(client, registry, config, { ...mode, isAbandoned }),
    async transaction (work, model) {
      const attempt = async (isolates: boolean): Promise<Awaited<ReturnType<typeof work>>> =>
        await retried(
          retryTimeout,
          async isContended => await transact(work, { isolates, isContended }),
          contendedModel(model),
          mode.isAbandoned
        )
      try {
        return await attempt(mode.isolates === true)
      } catch (error) {
        if (mode.isolates === true || !mayBeExplained(error)) throw error
        return await attempt(true)
      }
    },
    isolated: async (work, { once = false, timeout, model } = {}) =>
      await retried(
        once ? null : retryTimeout,
        async isContended => await transact(work, { isolates: true, isContended }, timeout),
        contendedModel(model),
        mode.isAbandoned
      ),
    async trial (work) {
      const runner = createRunner(client, registry, config.transaction)
      const { savepoint } = dialectOf(registry.metadata.provider)
      const attempt = async (work: (store: BulkStore) => Promise<unknown>, isolates: boolean): Promise<unknown> =>
        await retried(
          retryTimeout,
          async isContended => {
            try {
              await work(
                createStore(client, registry, config, {
                  ...mode,
                  isolates,
                  isContended: isContended || mode.isContended === true
                })
              )
            } finally {
              await runner.query(savepoint.undo)
            }
          },
          null,
          mode.isAbandoned
        ).then(
          () => null,
          (error: unknown) => error
        )
      await runner.query(savepoint.begin)
      const result = await work(async work => {
        const error = await attempt(work, false)
        return mayBeExplained(error) ? await attempt(work, true) : error
      })
      await runner.query(savepoint.end)
      return result
    },
    async checkDeferred () {
      await createRunner(client, registry, config.transaction).query(
        dialectOf(registry.metadata.provider).checkDeferred
      )
    },
    create: (model, rows, { skipDuplicates = false, ...options }) =>
      createRows(contextOf(model), rows, { skipDuplicates, ...options }),
    upsert: (model, rows, options) => upsertRows(contextOf(model), rows, options),
    update: (model, items, options) => updateRows(contextOf(model), items, options),
    delete: (model, selectors, options) => deleteRows(contextOf(model), selectors, options),
    softDelete: (model, selectors, options) => softDeleteRows(contextOf(model), selectors, options),
    restore: (model, selectors, options) => restoreRows(contextOf(model), selectors, options),
    purge: (model, options) => purgeRows(unstamped(model), options),
    find: (model, selectors, options) => findRows(unstamped(model), selectors, options),
    page: (model, options) => pageOf(unstamped(model), options),
    computed: (model, rows, values) => computedValues(unstamped(model), rows, values),
    resultFields: model => resultFields(client, model.name),
    decimal: makeDecimal,
    difference: (model, selector, change) => differenceTo(unstamped(model), selector, change),
    seek: (model, options) => seekRows(unstamped(model), options),
    textPage: (model, options) => textPageOf(unstamped(model), options),
    countTo: (model, limit, options) => countRows(unstamped(model), limit, options),
    commonTexts: (model, cells, options) => commonTexts(unstamped(model), cells, options),
    reportUnfit: (model, rows, faults) => reportUnfitValues(unstamped(model), rows, faults),
    reportRepeated: (model, uniques, rows, faults) => reportRepeatedRows(unstamped(model), uniques, rows, faults),
    missing: (model, field, values, filter) => findMissing(unstamped(model), field, values, filter),
    lookUp: (model, wanted, options) => lookUpRows(unstamped(model), wanted, options),
    related: (model, by, keys, options) => relatedRows(unstamped(model), by, keys, options),
    link: (table, removed, added) => writeLinks(unstamped(table.own.model), table, removed, added),
    keyText: (field, value) => dialectOf(registry.metadata.provider).keyText(field, value)
  }
}
